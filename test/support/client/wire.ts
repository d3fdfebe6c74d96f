/**
 * Messages as the client receives them, with defaults for all fields. For tests of src/client and src/cli.
 */
import type { Credential, Freshness } from "../../../src/client/index.ts";
import type { WatchResponse__Output as WatchResponse } from "../../../src/client/generated/podkey/v1/WatchResponse.ts";

/** A timestamp or duration in milliseconds. */
export function wireTime(ms: number): { seconds: string; nanos: number } {
  return { seconds: String(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1e6 };
}

/** A credential with one key `password`, in namespace `shop`. */
export function wireCredential(name: string, fields: Partial<Credential> = {}): Credential {
  return {
    namespace: "shop",
    name,
    type: "Opaque",
    data: { password: Buffer.from("canary") },
    keys: [{ name: "password", sizeBytes: "6" }],
    labels: {},
    annotations: {},
    uid: `uid-${name}`,
    resourceVersion: "1",
    revision: "1",
    createTime: null,
    observeTime: null,
    expireTime: null,
    immutable: false,
    previousUntil: null,
    problems: [],
    ...fields,
  };
}

/** Fresh, two seconds old. */
export function wireFreshness(fields: Partial<Freshness> = {}): Freshness {
  const time = wireTime(Date.UTC(2026, 0, 2));
  return { state: "STATE_FRESH", asOf: time, age: wireTime(2000), reason: "", contactTime: time, ...fields };
}

/** A message of a Watch; without an event it is like an event of a later version. */
export function wireMessage(fields: Partial<WatchResponse>): WatchResponse {
  return { resumeToken: "", revision: null, freshness: null, ...fields };
}

/** The first messages of a stream: reset, items, synced. */
export function firstMessages(
  credentials: readonly Credential[],
  token = "token-1",
): readonly WatchResponse[] {
  return [
    wireMessage({ event: "reset", reset: { reason: "REASON_INITIAL" } }),
    ...credentials.map((item) => wireMessage({ event: "item", item })),
    wireMessage({
      event: "synced",
      synced: {},
      resumeToken: token,
      revision: { epoch: "e", number: "1" },
      freshness: wireFreshness(),
    }),
  ];
}

/** A change, complete unless `more`. */
export function changeMessage(
  changed: readonly Credential[],
  removedNames: readonly string[] = [],
  more = false,
): WatchResponse {
  const removed = removedNames.map((name) => ({ namespace: "shop", name, uid: `uid-${name}` }));
  return wireMessage({
    event: "change",
    change: { changed: [...changed], removed, more },
    ...(more
      ? {}
      : { resumeToken: "token-2", revision: { epoch: "e", number: "2" }, freshness: wireFreshness() }),
  });
}
