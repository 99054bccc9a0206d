/**
 * The default transport: node:http(s) with connections kept alive. It hands bytes on as they are read, without a
 * promise or a copy per read.
 *
 * @module
 */
import http from "node:http";
import https from "node:https";

import type { Clock, Transport, TransportError } from "../../types.ts";

/**
 * Makes the transport.
 *
 * @param clock Stamps every event.
 */
export function nodeTransport(clock: Clock): Transport {
  const options = { keepAlive: true, maxSockets: Infinity, maxFreeSockets: Infinity };
  const agents = { "http:": new http.Agent(options), "https:": new https.Agent(options) };
  return {
    name: "node",
    send(request, sink) {
      const url = new URL(request.url);
      const { request: open, agent } = url.protocol === "https:"
        ? { request: https.request, agent: agents["https:"] }
        : { request: http.request, agent: agents["http:"] };
      let phase: "waiting" | "streaming" | "over" = "waiting";
      let aborted = false;
      const fail = (error: TransportError) => {
        if (phase === "over") return;
        phase = "over";
        sink.onError(aborted ? { kind: "aborted", message: "aborted" } : error, clock.now());
      };
      const lost = (error?: NodeJS.ErrnoException) =>
        fail({
          kind: "disconnected",
          message: error?.message ?? "the server closed the connection",
          code: error?.code,
        });

      const outgoing = open(url, {
        agent,
        method: request.method,
        headers: { ...request.headers, "content-length": String(request.body.length) },
      });
      outgoing.on("socket", (socket) => {
        if (!socket.connecting) sink.onConnect?.(clock.now(), false);
        else socket.once("connect", () => sink.onConnect?.(clock.now(), true));
      });
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        if (isConnectError(error)) fail({ kind: "connect", message: error.message, code: error.code });
        else lost(error);
      });
      outgoing.on("close", () => lost());
      outgoing.on("response", (response) => {
        phase = "streaming";
        sink.onHeaders(response.statusCode ?? 0, flatten(response.headers), clock.now());
        response.on("data", (bytes: Uint8Array) => {
          if (phase === "streaming") sink.onBytes(bytes, clock.now());
        });
        response.on("end", () => {
          if (phase === "over") return;
          phase = "over";
          sink.onEnd(clock.now());
        });
        response.on("error", lost);
        response.on("close", () => lost());
      });
      outgoing.end(request.body);
      return () => {
        aborted = true;
        outgoing.destroy();
        fail({ kind: "aborted", message: "aborted" });
      };
    },
    [Symbol.asyncDispose]() {
      agents["http:"].destroy();
      agents["https:"].destroy();
      return Promise.resolve();
    },
  };
}

function isConnectError(error: NodeJS.ErrnoException): boolean {
  return error.syscall === "connect" || error.syscall === "getaddrinfo" ||
    ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "EAI_AGAIN"].includes(
      error.code ?? "",
    );
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value ?? "")]));
}
