/**
 * Whether a port can be listened at.
 *
 * @module
 */

/** Where a server is to listen. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const POLL_MS = 50;

/** The address by which a server that binds `host` is reached from this machine. */
export function reachableHost(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host;
}

/**
 * Whether nobody listens at a port.
 *
 * Both ways are tried: some systems let one bind a single address of a port that another has at all addresses.
 */
export async function isPortFree({ host, port }: ListenAddress): Promise<boolean> {
  try {
    Deno.listen({ hostname: host, port }).close();
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
  try {
    (await Deno.connect({ hostname: reachableHost(host), port })).close();
    return false;
  } catch {
    return true;
  }
}

/** Waits for a port. @returns Whether it was free in time. */
export async function becomesFree(address: ListenAddress, withinMs: number): Promise<boolean> {
  const endMs = performance.now() + withinMs;
  while (!await isPortFree(address)) {
    if (performance.now() >= endMs) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}
