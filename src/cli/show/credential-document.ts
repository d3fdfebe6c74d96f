/**
 * A credential as a JSON or YAML document in the shape of a Secret, so that jq paths written for `kubectl -o json` work
 * here too. It has `data` (in base64) only with --show-values.
 */
import type { Credential, Freshness, Revision } from "../../client/index.ts";
import { toMs, toRfc3339 } from "../output/moment.ts";
import type { SecondsAndNanos } from "../output/moment.ts";

/** A document for JSON and YAML; absent fields are undefined. */
export type Document = Readonly<Record<string, unknown>>;

const API_VERSION = "podkey.dev/v1";

/** One credential. */
export function credentialDocument(credential: Credential, showValues: boolean): Document {
  const { namespace, name, uid, labels, annotations, resourceVersion } = credential;
  return {
    apiVersion: API_VERSION,
    kind: "Credential",
    metadata: {
      namespace,
      name,
      uid: orUndefined(uid),
      resourceVersion: orUndefined(resourceVersion),
      creationTimestamp: time(credential.createTime),
      labels: orUndefined(labels),
      annotations: orUndefined(annotations),
    },
    type: credential.type,
    immutable: credential.immutable ? true : undefined,
    data: showValues ? encoded(credential.data) : undefined,
    keys: credential.keys.map((key) => ({ name: key.name, sizeBytes: Number(key.sizeBytes) })),
    status: {
      revision: Number(credential.revision),
      observeTime: time(credential.observeTime),
      expireTime: time(credential.expireTime),
      previousUntil: time(credential.previousUntil),
      problems: orUndefined(credential.problems),
    },
  };
}

/** Revision and freshness of an answer. */
export function answerDocument(
  revision: Revision | null | undefined,
  freshness: Freshness | null | undefined,
): Document {
  const known = freshness ?? undefined;
  return {
    revision:
      revision === null || revision === undefined
        ? undefined
        : { ...revision, number: Number(revision.number) },
    freshness:
      known === undefined
        ? undefined
        : {
            state: known.state.replace(/^STATE_/, ""),
            asOf: time(known.asOf),
            ageSeconds: seconds(toMs(known.age)),
            reason: orUndefined(known.reason),
            contactTime: time(known.contactTime),
          },
  };
}

/** A list of credentials with the revision and freshness of the answer. */
export function listDocument(
  credentials: readonly Credential[],
  answer: Document,
  showValues: boolean,
): Document {
  const items = credentials.map((credential) => credentialDocument(credential, showValues));
  return { apiVersion: API_VERSION, kind: "CredentialList", ...answer, items };
}

function encoded(data: Credential["data"]): Record<string, string> {
  const sorted = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, value]) => [key, value.toString("base64")]));
}

function time(timestamp: SecondsAndNanos | null): string | undefined {
  const ms = toMs(timestamp);
  return ms === undefined ? undefined : toRfc3339(ms);
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

/** An empty text, list or map is left out, as kubectl does. */
function orUndefined<Value extends string | object>(value: Value): Value | undefined {
  return (typeof value === "string" ? value : Object.keys(value)).length === 0 ? undefined : value;
}
