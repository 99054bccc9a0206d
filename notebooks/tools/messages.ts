/**
 * Messages between a notebook front end and its kernel, as frames of bytes.
 *
 * {@link https://jupyter-client.readthedocs.io/en/stable/messaging.html}
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Json, JsonObject } from "../../lib/types.ts";

/** What a message says of itself. */
export interface MessageHeader {
  readonly id: string;
  readonly type: string;
}

/** A message that a kernel sent. */
export interface Message extends MessageHeader {
  /** Of the request that it belongs to; `null` for one that belongs to none. */
  readonly parentId: string | null;
  readonly content: JsonObject;
}

/** Who sends. */
export interface Sender {
  /** Of the connection file: messages are signed with it. */
  readonly key: string;
  /** The same in all messages of a front end. */
  readonly session: string;
}

const DELIMITER = "<IDS|MSG>";

/**
 * A request as frames.
 *
 * @param date ISO 8601.
 */
export function encodeMessage(
  { id, type, content, date }: MessageHeader & { readonly content: JsonObject; readonly date: string },
  { key, session }: Sender,
): string[] {
  const header = { msg_id: id, msg_type: type, username: "benchbook", session, date, version: "5.3" };
  const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
  return [DELIMITER, sign(parts, key), ...parts];
}

/**
 * A message out of frames.
 *
 * @returns `null` when the frames are no message, or not signed with the key: something else uses the port.
 */
export function decodeMessage(frames: readonly Uint8Array[], key: string): Message | null {
  const texts = frames.map((frame) => decoder.decode(frame));
  const [signature, ...parts] = texts.slice(texts.indexOf(DELIMITER) + 1);
  const signed = parts.slice(0, 4);
  if (signature === undefined || signed.length < 4 || !isEqual(signature, sign(signed, key))) return null;
  const [header, parent, , content] = signed.map((part) => asObject(JSON.parse(part)));
  if (header === undefined || content === undefined) return null;
  const parentId = parent?.msg_id;
  return {
    id: String(header.msg_id),
    type: String(header.msg_type),
    parentId: typeof parentId === "string" ? parentId : null,
    content,
  };
}

const decoder = new TextDecoder();

function sign(parts: readonly string[], key: string): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(new TextEncoder().encode(a), new TextEncoder().encode(b));
}

/** JSON objects as such, everything else as one without members. */
export function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
