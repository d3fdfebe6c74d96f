/**
 * A request to an API server and the parts in which its response arrives. Built by list.ts, watch.ts and preflight.ts;
 * sent by api-client.ts.
 */
import type { Asked } from "../failure/classify-error.ts";
import type { KubeVerb } from "../transport/kube-metrics.ts";

/** A request to the API server. */
export interface ApiRequest {
  readonly verb: KubeVerb;
  readonly method: "GET" | "POST";
  /** Starts with `/api` or `/apis`; includes the query. */
  readonly path: string;
  readonly accept: string;
  /** JSON text to send. */
  readonly body?: string;
  /** A watch: may stay open and silent for minutes. */
  readonly long: boolean;
  /** Its first byte, and a connection for it, are worth waiting for `shortTimeoutMs` only. Default: no. */
  readonly shortTimeout?: boolean;
  readonly asked: Asked;
  /** Called when bytes or a PING acknowledgement arrive on the request's connection. */
  readonly onContact?: (contact: { readonly detectsSilence: boolean }) => void;
}

/** A part of a response; completion of the Observable is its end. */
export type AnswerPart =
  /** The response is a 200 or 201. `date`: the server's clock, as an HTTP date. */
  | { readonly kind: "head"; readonly date: string | undefined }
  | { readonly kind: "data"; readonly chunk: Buffer }
  | { readonly kind: "going-away" };
