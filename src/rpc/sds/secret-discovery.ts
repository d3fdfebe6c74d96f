/**
 * Envoy's Secret Discovery Service on the same listeners and under the same policy: certificates and authorities for
 * Envoy, rotated without a restart. Methods StreamSecrets and FetchSecrets. DeltaSecrets is not offered: a consumer has
 * few secrets, and each response holds all of them.
 */
import { createHash } from "node:crypto";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import type { Timers } from "../../core/time/clock.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import type { Log } from "../../log/events.ts";
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import { replySizeBytes } from "../codec/reply.ts";
import type { Reply } from "../codec/reply.ts";
import type { Connection } from "../consumer/connection.ts";
import type { OpenStream } from "../call/streaming.ts";
import { credentialNotFound } from "../method/get.ts";
import type { WaitingCall } from "../consumer/wait.ts";
import { slowConsumer, SLOW_CONSUMER_MS } from "../watch/watch-stream.ts";
import { splitCredentialKey } from "../../core/credential/credential.ts";
import { materialOf, readResource } from "./resource-name.ts";
import type { SecretResource } from "./resource-name.ts";
import { SecretStream } from "./secret-stream.ts";
import type { SecretAnswer, Subscription } from "./secret-stream.ts";
import type { DiscoveryRequest } from "./wire.ts";
import {
  resourceField,
  responseHead,
  SDS_ANSWER_LIMIT_BYTES,
  SDS_HEAD_BYTES,
  SECRET_TYPE,
  versionText,
} from "./wire.ts";

/** Full name of the service. */
export const SDS_SERVICE = "envoy.service.secret.v3.SecretDiscoveryService";

/** Call of the method StreamSecrets. */
export type SecretStreamCall = ServerDuplexStream<DiscoveryRequest, Reply>;

export interface SecretDiscoveryDeps {
  readonly timers: Timers;
  readonly log: Log;
}

/** Opens a StreamSecrets; returns the clean-up for the end of the call. @throws PodkeyError TOO_MANY_STREAMS. */
export function openSecretStream(
  { timers, log }: SecretDiscoveryDeps,
  stream: OpenStream,
  call: SecretStreamCall,
): () => void {
  const { served, peer } = stream.connection;
  const { view, metrics } = served;
  served.enterStream();
  let cancelSlow: (() => void) | undefined;
  const secrets = new SecretStream({
    view,
    ready: served.readySecrets,
    hold: (subscription, sizeBytes) =>
      served.holdRequest({ id: idOf(subscription), value: subscription, sizeBytes, evict: stream.end }),
    cut: () => stream.cut(slowConsumer()),
    fail: stream.fail,
    send: (reply, taken) => {
      cancelSlow = timers.after(SLOW_CONSUMER_MS, () => stream.end(slowConsumer()));
      stream.send(reply, () => {
        cancelSlow?.();
        taken();
      });
    },
    onState: (from, to) => metrics.secretStream(from, to),
    onAnswer: (answer) => {
      metrics.secretAnswer(answer.outcome);
      log(answer.outcome === "refused" ? "rpc_sds_refused" : "rpc_sds_acknowledged", {
        consumer: view.consumer,
        peer,
        ...answerFields(answer),
      });
    },
  });
  call.on("data", (request: DiscoveryRequest) => {
    try {
      checkType(request);
      secrets.receive(request);
    } catch (thrown) {
      stream.fail(thrown);
    }
  });
  call.once("end", () => stream.end(undefined));
  return () => {
    cancelSlow?.();
    secrets.close();
    served.leaveStream();
  };
}

/**
 * Method FetchSecrets: all resources asked for, or an error.
 * @throws PodkeyError (or rejects with one) CREDENTIAL_NOT_FOUND, POLICY_DENIED, BAD_NAME, NAMESPACE_REQUIRED, NOT_SYNCED.
 */
export function fetchSecrets(
  { served }: Connection,
  request: DiscoveryRequest,
  call: WaitingCall,
): Reply | Promise<Reply> {
  checkType(request);
  const names = new Set(request.resourceNames);
  const read = (): readonly SecretResource[] => [...names].map((name) => readResource(name, served.view));
  read();
  const readScope = { namespace: undefined, names: undefined };
  const ready = served.waiters.ready({ readScope, maxAgeMs: undefined }, call);
  // The policy may have been replaced while the call waited.
  return ready instanceof Promise
    ? ready.then(() => fetched(served.view, read()))
    : fetched(served.view, read());
}

function fetched(consumer: ConsumerView, resources: readonly SecretResource[]): Reply {
  const view = consumer.current();
  if (view === undefined) throw new Error("a view that exists does not go away");
  let leftBytes = SDS_ANSWER_LIMIT_BYTES - SDS_HEAD_BYTES;
  const fields = resources.flatMap((resource) => {
    const material = materialOf(resource, view.entries.get(resource.key));
    if (material === undefined) {
      const { namespace, name } = splitCredentialKey(resource.key);
      throw credentialNotFound(namespace, name);
    }
    const field = resourceField(resource.text, material);
    leftBytes -= replySizeBytes(field);
    if (leftBytes < 0) throw tooLargeAnswer();
    return field;
  });
  return [responseHead(versionText(consumer, view), ""), ...fields];
}

function tooLargeAnswer(): PodkeyError {
  return new PodkeyError(
    "TOO_LARGE_ANSWER",
    "The answer is larger than 3.5 MiB; ask for fewer names at once, or use StreamSecrets.",
    { field: "resource_names", metadata: { limit: String(SDS_ANSWER_LIMIT_BYTES) } },
  );
}

/** Equal for subscriptions to the same names. */
function idOf({ resources }: Subscription): string {
  const names = [...resources].map(([name, { key }]) => `${name} ${key}`).sort();
  return `sds ${createHash("sha256").update(names.join()).digest("base64")}`;
}

function checkType({ typeUrl }: DiscoveryRequest): void {
  if (typeUrl === "" || typeUrl === SECRET_TYPE) return;
  throw new PodkeyError(
    "BAD_NAME",
    `\`type_url\` must be ${SECRET_TYPE}; this service has no other resources.`,
    {
      field: "type_url",
    },
  );
}

/** Fields for the log. The node id is chosen by the client: 64 characters at most, special ones replaced. */
function answerFields({
  version,
  node,
  code,
}: SecretAnswer): Readonly<Record<string, string | number | undefined>> {
  return { version, node: node.replaceAll(/[^\w.~@:/-]/g, "?").slice(0, 64), code };
}
