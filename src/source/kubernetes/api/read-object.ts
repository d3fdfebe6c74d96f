/**
 * Reads one object of the API server by its path: what `podkey check` asks about the server and about a pod. The
 * running sidecar never calls it; its Role has no such right.
 */
import { lastValueFrom, reduce } from "rxjs";
import type { ApiClient } from "./api-client.ts";
import type { AnswerPart } from "./api-request.ts";
import { parseJson } from "../failure/parse-json.ts";

/** An object and when the server sent it. */
export interface ReadObject {
  /** Parsed JSON, of whatever shape. */
  readonly object: unknown;
  /** The server's clock in milliseconds since 1970, to the second; undefined when it did not say. */
  readonly serverWallMs: number | undefined;
}

/** Names and labels of a list without any data; no fallback to plain JSON, rather an error than the values. */
export const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/**
 * @param path from `/api`, `/apis` or `/version` on.
 * @param what the request is to do, for the message of an error: "read pod web-0".
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
