/**
 * Works around the 24.8-day limit: grpc-js keeps a call's timeout in 32 bits, so `grpc-timeout: 597H` (a client's "never") is
 * DEADLINE_EXCEEDED at once. Node tells of every server stream before anyone reads its headers; there a longer timeout is
 * cut to what grpc-js can hold. A Watch then ends after 20 days and resumes.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { timeoutMs } from "../request/timeout.ts";

/** Node's channel for new streams of an HTTP/2 server (22.17, 24.2 and later; elsewhere nothing happens). */
const STREAM_CREATED = "http2.server.stream.created";

const HEADER = "grpc-timeout";
const TWENTY_DAYS = "480H";
const TWENTY_DAYS_MS = 480 * 3_600_000;

/** Starts to cut long timeouts, for every HTTP/2 server of the process; returns the way to stop. */
export function clampDeadlines(): () => void {
  subscribe(STREAM_CREATED, onStream);
  return () => void unsubscribe(STREAM_CREATED, onStream);
}

/** The timeout to use instead, if this one is too long. */
export function clampedTimeout(timeout: string): string {
  return timeoutMs(timeout) > TWENTY_DAYS_MS ? TWENTY_DAYS : timeout;
}

function onStream(message: unknown): void {
  if (!isRecord(message) || !isRecord(message["headers"])) return;
  const { headers } = message;
  const timeout = headers[HEADER];
  if (typeof timeout === "string") headers[HEADER] = clampedTimeout(timeout);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
