/**
 * Scripts: what the fake API server answers to the next requests that match, instead of or around its own answer.
 * Tests write them; the router asks for one per request, first match first.
 */
import type { RequestRecord } from "./api-request.ts";

/** Which requests a script is for; an absent field matches everything. */
export interface Match {
  readonly verb?: RequestRecord["verb"];
  readonly resource?: RequestRecord["resource"];
  readonly namespace?: string;
  /** Path name of a get, or the name in `fieldSelector=metadata.name=`. */
  readonly name?: string;
  /** Query parameters that have to have these values; "" also matches an absent one. */
  readonly query?: Readonly<Record<string, string>>;
  /** Asked for metadata only (proofs, anti-entropy), or not. */
  readonly metadataOnly?: boolean;
  readonly path?: RegExp;
}

/** How a scripted answer ends. */
export type Ending = "end" | "hang" | "reset-stream" | "reset-connection";

/** What becomes of one line of a watch: its bytes, each chunk in a frame of its own, and perhaps the end of the stream. */
export interface LineFate {
  /** Absent: the line is swallowed. */
  readonly chunks?: readonly (string | Uint8Array)[];
  readonly then?: Ending;
}

/** The server answers by itself, but through this. */
export interface PassThrough {
  readonly kind: "pass";
  /** Waits for this first. */
  readonly until?: Promise<unknown>;
  /** Sends GOAWAY with this code on the connection before it answers. */
  readonly goaway?: number;
  /** Called for each line of a watch; undefined leaves the line as it is. `index` counts from 0. */
  readonly line?: (text: string, index: number) => LineFate | undefined;
}

/** What a script does. */
export type Play =
  | PassThrough
  | {
      readonly kind: "answer";
      readonly status: number;
      /** Default: application/json for objects, text/plain for strings. */
      readonly headers?: Readonly<Record<string, string>>;
      /** Objects become JSON with a newline. */
      readonly body?: object | string;
      readonly until?: Promise<unknown>;
    }
  | {
      /** A body in given chunks, each in a frame of its own. */
      readonly kind: "stream";
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly chunks: readonly (string | Uint8Array)[];
      readonly then: Ending;
    }
  /** Never a byte. */
  | { readonly kind: "hang" }
  | { readonly kind: "reset-stream" }
  | { readonly kind: "reset-connection" };

interface Script {
  readonly match: Match;
  readonly play: Play | ((record: RequestRecord) => Play);
  left: number;
}

/** The scripts that wait for their requests. */
export class Scripts {
  #scripts: Script[] = [];

  /** The next `times` requests that match get this. Scripts are tried in the order they were given. */
  next(match: Match, play: Play | ((record: RequestRecord) => Play), times = 1): void {
    this.#scripts.push({ match, play, left: times });
  }

  /** Removes all scripts. */
  clear(): void {
    this.#scripts = [];
  }

  /** Plays that are still waiting; a test may assert that none is left. */
  get pending(): number {
    return this.#scripts.reduce((sum, script) => sum + script.left, 0);
  }

  /** The play for a request, used up by one. */
  take(record: RequestRecord): Play | undefined {
    const script = this.#scripts.find((one) => matches(one.match, record));
    if (script === undefined) return undefined;
    script.left -= 1;
    if (script.left <= 0) this.#scripts = this.#scripts.filter((one) => one !== script);
    return typeof script.play === "function" ? script.play(record) : script.play;
  }
}

/** Whether a request is one of these. */
export function matches(match: Match, record: RequestRecord): boolean {
  const { verb, resource, namespace, name, query, metadataOnly, path } = match;
  const pinned = /metadata\.name==?([^,]+)/.exec(record.query.get("fieldSelector") ?? "")?.[1];
  return (
    (verb === undefined || verb === record.verb) &&
    (resource === undefined || resource === record.resource) &&
    (namespace === undefined || namespace === record.namespace) &&
    (name === undefined || name === (record.name ?? pinned)) &&
    (path === undefined || path.test(record.path)) &&
    (metadataOnly === undefined || metadataOnly === isMetadataOnly(record)) &&
    Object.entries(query ?? {}).every(([key, value]) => (record.query.get(key) ?? "") === value)
  );
}

function isMetadataOnly(record: RequestRecord): boolean {
  return record.headers["accept"]?.includes("as=PartialObjectMetadata") === true;
}
