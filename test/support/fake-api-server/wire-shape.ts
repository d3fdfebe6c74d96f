/**
 * How objects look on the wire: full or metadata only (PartialObjectMetadata, asked for by Accept), as list items
 * without kind and apiVersion or as watch objects with them. Field order is the real server's.
 */
import { KIND } from "./kube-object.ts";
import type { KubeObject, Resource } from "./kube-object.ts";

/** What the client's Accept header asked for. */
export interface Shape {
  readonly resource: Resource;
  readonly metadataOnly: boolean;
}

/** Reads the Accept header; list and watch name the kind with and without `List`. */
export function shapeOf(resource: Resource, accept: string | undefined): Shape {
  return { resource, metadataOnly: /;as=PartialObjectMetadata(List)?\b/.test(accept ?? "") };
}

/** An object with kind and apiVersion: answers of get and writes, objects of watch events. */
export function wireObject(shape: Shape, object: KubeObject): object {
  if (shape.metadataOnly) return metadataObject(object);
  return { kind: KIND[shape.resource], apiVersion: "v1", ...object };
}

/** A list. Items have no kind, except metadata objects, which always have. */
export function wireList(
  shape: Shape,
  objects: readonly KubeObject[],
  metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  },
): object {
  if (shape.metadataOnly) {
    const items = objects.map(metadataObject);
    return { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata, items };
  }
  return { kind: `${KIND[shape.resource]}List`, apiVersion: "v1", metadata, items: objects };
}

/** A bookmark's object: nothing but a version, and the marker that ends the initial events. */
export function wireBookmark(shape: Shape, revision: number, initialEventsEnd: boolean): object {
  const annotations = { "k8s.io/initial-events-end": "true" };
  return {
    type: "BOOKMARK",
    object: {
      kind: shape.metadataOnly ? "PartialObjectMetadata" : KIND[shape.resource],
      apiVersion: shape.metadataOnly ? "meta.k8s.io/v1" : "v1",
      metadata: { resourceVersion: String(revision), ...(initialEventsEnd ? { annotations } : {}) },
    },
  };
}

function metadataObject(object: KubeObject): object {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
}
