/**
 * Reads one object of the API server by its path: the version and the pod for `podkey check`. `serve` never calls it;
 * its Role has no such right.
 */
import { lastValueFrom, reduce } from "rxjs";
import type { ApiClient } from "./api-client.ts";
import type { AnswerPart } from "./api-request.ts";
import { parseJson } from "../failure/parse-json.ts";

/** An object and the time at which the server sent it. */
export interface ReadObject {
  /** Parsed JSON, not validated. */
  readonly object: unknown;
  /** The server's clock in milliseconds since 1970, to the second; undefined if it sent no date. */
  readonly serverWallMs: number | undefined;
}

/** Lists names and labels without data. No fallback to plain JSON: an error is better than the values. */
export const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/**
 * @param path starts with `/api`, `/apis` or `/version`.
 * @param what for the message of an error: "read pod web-0".
 * Rejects with a SyncError.
 */
export async function readObject(
  client: ApiClient,
  path: string,
  what: string,
  accept = "application/json",
): Promise<ReadObject> {
  const parts$ = client.request({
    verb: "get",
    method: "GET",
    path,
    accept,
    long: false,
    asked: { what, initialEvents: false },
  });
  const { chunks, date } = await lastValueFrom(parts$.pipe(reduce(collect, NOTHING)), {
    defaultValue: NOTHING,
  });
  const wallMs = Date.parse(date ?? "");
  return {
    object: parseJson(Buffer.concat(chunks), "an object"),
    serverWallMs: Number.isNaN(wallMs) ? undefined : wallMs,
  };
}

interface Collected {
  readonly chunks: readonly Buffer[];
  readonly date: string | undefined;
}

const NOTHING: Collected = { chunks: [], date: undefined };

function collect(before: Collected, part: AnswerPart): Collected {
  if (part.kind === "data") return { ...before, chunks: [...before.chunks, part.chunk] };
  return part.kind === "head" ? { ...before, date: part.date } : before;
}
