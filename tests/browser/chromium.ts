/**
 * Debian's Chromium, and pages opened in it.
 *
 * @module
 */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** The same as in the permissions of `deno task test`. */
const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where it is; there may be none. */
export const browserPath = candidates.find(isFile);

/** For a test's name: a skipped test says why. */
export const found = browserPath === undefined
  ? "skipped: there is no Chromium in /usr/bin"
  : `in ${browserPath}`;

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Starts it. */
export async function launchBrowser(): Promise<Browser> {
  const { chromium } = await importPlaywright();
  return chromium.launch({
    executablePath: browserPath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
  });
}

/**
 * While it is imported, playwright asks in /proc whether this is WSL, and Deno opens /proc only to programs that may do
 * everything. With this variable it does not ask.
 */
function importPlaywright(): Promise<typeof import("playwright-core")> {
  Deno.env.set("__IS_WSL_TEST__", "1");
  return import("playwright-core");
}

/** A page in a browser. */
export interface Address {
  readonly browser: Browser;
  readonly address: string;
}

/** A page that was opened; it is closed when it goes out of scope. */
export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** Addresses that it asked for. */
  readonly requests: readonly string[];
  /** What it wrote to the console, and errors. */
  readonly complaints: readonly string[];
}

/** How a page is opened. */
export interface OpenOptions extends BrowserContextOptions {
  /** With the leading "#". @default {""} */
  readonly hash?: string;
  /** In CSS pixels. @default {1200} */
  readonly width?: number;
}

/** Opens a report offline and waits until all is drawn; what it asks for and complains of is collected. */
export async function openPage(
  { browser, address }: Address,
  { hash = "", width = 1200, ...options }: OpenOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ offline: true, viewport: { width, height: 900 }, ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(address + hash);
  await page.locator("#colours button").first().waitFor();
  await waitUntilDrawn(page);
  return { page, requests, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Waits until no figure is yet to be drawn. */
export async function waitUntilDrawn(page: Page): Promise<void> {
  await waitUntil(page, '!document.querySelector("[data-waiting]")');
}

const POLL_MS = 20;
/** Only a page that never gets there takes so long. */
const MOST_POLLS = 1500;

/** Waits until an expression is true on the page. Its policy forbids playwright's own way, which evaluates in the page. */
export async function waitUntil(page: Page, expression: string): Promise<void> {
  for (let poll = 0; poll < MOST_POLLS; poll++) {
    if (await page.evaluate(expression) === true) return;
    await page.waitForTimeout(POLL_MS);
  }
  throw new Error(`Cannot go on as the page must come to ${expression}: it did not`);
}

/** Texts of the buttons that are pressed in a group of the bar. */
export function pressed(page: Page, group: string): Promise<string[]> {
  return page.locator(`[role=group][aria-label="${group}"] button[aria-pressed=true]`).allTextContents();
}
