/** Turns one parsed line of a watch into a signal for the reflector. Called by watch.ts. */
import type { Credential } from "../../../core/credential/credential.ts";
import type { Gone, Undecodable } from "../../../core/snapshot/sync-event.ts";
import type { WatchSignal } from "../../../sync/port/source.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";
import type { Asked } from "../failure/classify-error.ts";
import { classifyStatusObject } from "../failure/classify-error.ts";
import type { KubeMetrics } from "../transport/kube-metrics.ts";
import { asRecord } from "../../content/record.ts";
import { asText } from "../failure/parse-json.ts";

/** KEP-3157: the annotation of the bookmark that ends the initial events. */
const INITIAL_EVENTS_END = "k8s.io/initial-events-end";

export interface WatchEventDeps {
  readonly metrics: KubeMetrics;
  readonly decode: (object: unknown) => Credential | Undecodable;
}

/** @throws SyncError malformed if the line is not an event; the kind of the Status for an ERROR event. */
export function readWatchEvent(deps: WatchEventDeps, line: unknown, asked: Asked): WatchSignal {
  const event = asRecord(line);
  const object = asRecord(event?.["object"]);
  const type = event?.["type"];
  switch (type) {
    case "ADDED":
    case "MODIFIED":
      deps.metrics.event(type);
      return { kind: "put", item: deps.decode(secretOf(object, asked)) };
    case "DELETED":
      deps.metrics.event(type);
      return { kind: "remove", gone: readGone(secretOf(object, asked), asked) };
    case "BOOKMARK":
      deps.metrics.event(type);
      return readBookmark(object, asked);
    case "ERROR":
      deps.metrics.event(type);
      throw classifyStatusObject(object, asked);
    default:
      // A Status instead of an event: from a proxy, or from a server that failed after it had sent the headers.
      if (event?.["kind"] === "Status") throw classifyStatusObject(event, asked);
      throw malformed(asked, "a line that is not a watch event");
  }
}

function secretOf(
  object: Readonly<Record<string, unknown>> | undefined,
  asked: Asked,
): Readonly<Record<string, unknown>> {
  if (object?.["kind"] !== "Secret") throw malformed(asked, "an event for an object that is not a Secret");
  return object;
}

function readGone(object: Readonly<Record<string, unknown>>, asked: Asked): Gone {
  const metadata = asRecord(object["metadata"]);
  const namespace = asText(metadata?.["namespace"]);
  const name = asText(metadata?.["name"]);
  const resourceVersion = asText(metadata?.["resourceVersion"]);
  if (namespace === undefined || name === undefined || resourceVersion === undefined) {
    throw malformed(asked, "a deletion without namespace, name or resourceVersion");
  }
  return { namespace, name, uid: asText(metadata?.["uid"]) ?? "", resourceVersion };
}

function readBookmark(object: Readonly<Record<string, unknown>> | undefined, asked: Asked): WatchSignal {
  const metadata = asRecord(object?.["metadata"]);
  const resourceVersion = asText(metadata?.["resourceVersion"]);
  if (resourceVersion === undefined) throw malformed(asked, "a bookmark without resourceVersion");
  const initialEventsEnd = asRecord(metadata?.["annotations"])?.[INITIAL_EVENTS_END] === "true";
  return { kind: "bookmark", resourceVersion, initialEventsEnd };
}

function malformed(asked: Asked, what: string): SyncError {
  return new SyncError("malformed", `The response to "${asked.what}" contains ${what}.`);
}
