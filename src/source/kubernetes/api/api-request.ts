/**
 * A request to an API server and the parts in which its answer arrives. Built by list.ts, watch.ts and preflight.ts; sent
 * by api-client.ts.
 */
import type { Asked } from "../failure/classify-error.ts";
import type { KubeVerb } from "../transport/kube-metrics.ts";

/** A request to the API server. */
export interface ApiRequest {
  readonly verb: KubeVerb;
  readonly method: "GET" | "POST";
  /** From `/api` or `/apis` on, with query. */
  readonly path: string;
  readonly accept: string;
  /** JSON text to send. */
  readonly body?: string;
  /** A watch: may be open and silent for minutes. */
  readonly long: boolean;
  /** Its first byte, and a connection for it, are worth waiting for `shortTimeoutMs` only. Default: no. */
  readonly shortTimeout?: boolean;
  readonly asked: Asked;
  /** Told of life signs of the connection while the request is on it, at most once a second. */
  readonly onContact?: (contact: { readonly detectsSilence: boolean }) => void;
}

/** An answer as it comes in; completion is its end. */
export type AnswerPart =
  /** 200 or 201 is there. `date`: the server's clock, as an HTTP date. */
  | { readonly kind: "head"; readonly date: string | undefined }
  | { readonly kind: "data"; readonly chunk: Buffer }
  | { readonly kind: "going-away" };
