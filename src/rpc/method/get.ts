/**
 * Get: one credential from the consumer's current view. The ordinary call awaits nothing, and its answer consists of
 * parts that are encoded already.
 */
import { credentialKey } from "../../core/credential/credential.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import { couldAllow } from "../../core/select/policy.ts";
import type { View, ViewEntry } from "../../core/view/view.ts";
import { credentialField, keysField, previousField } from "../codec/credential.ts";
import type { GetRequest } from "../codec/requests.ts";
import type { Reply } from "../codec/reply.ts";
import { durationMs } from "../codec/wire-duration.ts";
import type { WireDuration } from "../codec/wire-duration.ts";
import { policyDenied } from "../request/filter.ts";
import { checkKey, checkName, checkNamespace } from "../request/request-names.ts";
import type { ServedConsumer } from "../consumer/served-consumer.ts";
import type { WaitingCall } from "../consumer/wait.ts";

/** Fields of GetResponse. */
const REVISION_FIELD = 2;
const FRESHNESS_FIELD = 3;

/**
 * Answers a Get.
 * @param nowMs the monotonic clock, for the end of the overlap of previous data.
 * @throws PodkeyError (or rejects with one) as listed at the method in the proto file.
 */
export function get(
  served: ServedConsumer,
  request: GetRequest,
  call: WaitingCall,
  nowMs: number,
): Reply | Promise<Reply> {
  const namespace = namespaceOf(served, request);
  checkRequest(served, request, namespace);
  const demand = {
    readScope: { namespace, names: new Set([request.name]) },
    maxAgeMs: maxAgeMs(request.maxAge),
  };
  const view = served.waiters.ready(demand, call);
  const answer = (ready: View): Reply => {
    const entry = ready.entries.get(credentialKey(namespace, request.name));
    if (entry === undefined) throw credentialNotFound(namespace, request.name);
    return [
      fieldOf(entry, request, nowMs),
      served.memo.revision(REVISION_FIELD, ready.number),
      served.memo.freshness(FRESHNESS_FIELD, demand.readScope).bytes,
    ];
  };
  if (!(view instanceof Promise)) return answer(view);
  return view.then((ready) => {
    // The policy may have been replaced while the call waited, and the view with it.
    checkRequest(served, request, namespace);
    return answer(served.view.current() ?? ready);
  });
}

/**
 * Milliseconds of `max_age`, or undefined.
 * @throws PodkeyError BAD_DURATION unless it is positive.
 */
export function maxAgeMs(maxAge: WireDuration | undefined): number | undefined {
  if (maxAge === undefined) return undefined;
  const ms = durationMs(maxAge, "max_age");
  if (ms > 0) return ms;
  throw new PodkeyError("BAD_DURATION", "`max_age` must be positive; leave it unset for any age.", {
    field: "max_age",
  });
}

function namespaceOf(served: ServedConsumer, request: GetRequest): string {
  checkNamespace(request.namespace);
  const namespace = request.namespace === "" ? served.view.onlyNamespace : request.namespace;
  if (namespace !== undefined) return namespace;
  throw new PodkeyError("NAMESPACE_REQUIRED", "podkey serves more than one namespace; set `namespace`.", {
    field: "namespace",
  });
}

function checkRequest(served: ServedConsumer, request: GetRequest, namespace: string): void {
  const { name, keys } = request;
  checkName(name, "name");
  const { policy } = served.view;
  if (!couldAllow(policy, { namespace, name, key: undefined }))
    throw policyDenied(namespace, name, undefined);
  for (const key of keys) {
    checkKey(key);
    if (!couldAllow(policy, { namespace, name, key })) throw policyDenied(namespace, name, key);
  }
}

function fieldOf(entry: ViewEntry, request: GetRequest, nowMs: number): Buffer {
  const detail = request.detail ?? "full";
  const { previous } = entry;
  if (request.previous) {
    if (previous === undefined || previous.untilMonotonicMs <= nowMs) throw previousNotFound(entry);
    return previousField({ ...entry, previous }, askedKeys(entry, previous.data, request.keys), detail);
  }
  const keys = askedKeys(entry, entry.credential.data, request.keys);
  return keys === undefined ? credentialField(entry, detail) : keysField(entry, keys, detail);
}

/** The keys asked for, each of which must exist; undefined: all. */
function askedKeys(
  entry: ViewEntry,
  data: ReadonlyMap<string, unknown>,
  keys: readonly string[],
): ReadonlySet<string> | undefined {
  if (keys.length === 0) return undefined;
  const { namespace, name } = entry.credential;
  for (const key of keys)
    if (!data.has(key))
      throw new PodkeyError(
        "KEY_NOT_FOUND",
        `Credential "${namespace}/${name}" has no key "${key}" for this consumer; ask for keys that its \`keys\` field lists.`,
        { metadata: { namespace, name, key } },
      );
  return new Set(keys);
}

/** The credential is not in the view; the same error whether it exists or not. */
export function credentialNotFound(namespace: string, name: string): PodkeyError {
  return new PodkeyError(
    "CREDENTIAL_NOT_FOUND",
    `There is no credential "${namespace}/${name}" for this consumer; check the name and the label that podkey selects.`,
    { metadata: { namespace, name } },
  );
}

function previousNotFound(entry: ViewEntry): PodkeyError {
  const { namespace, name } = entry.credential;
  return new PodkeyError(
    "PREVIOUS_NOT_FOUND",
    `There is no previous data of credential "${namespace}/${name}"; use the current generation.`,
    { metadata: { namespace, name } },
  );
}
