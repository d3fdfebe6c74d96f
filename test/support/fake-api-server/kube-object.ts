/**
 * Kubernetes objects of the fake API server: plain JSON in the field order of the real server, so that bodies can be compared byte by byte.
 */

/** metadata of an object. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly unknown[];
}

/** A stored object; immutable, replaced on every write. */
export interface KubeObject {
  readonly metadata: ObjectMeta;
  /** base64 values in a Secret. */
  readonly data?: Readonly<Record<string, string>> | null;
  readonly immutable?: boolean;
  /** Secrets only. */
  readonly type?: string;
}

/** The resources that the fake serves. */
export type Resource = "secrets" | "configmaps";

/** Kind by resource. */
export const KIND: Readonly<Record<Resource, string>> = { secrets: "Secret", configmaps: "ConfigMap" };

/** What a writer sets; the server sets everything else. */
export interface ObjectDraft {
  readonly namespace: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Values as text; encoded to base64 here, as `stringData` is. */
  readonly stringData?: Readonly<Record<string, string>>;
  /** Values in wire form; may be invalid on purpose. Takes precedence over stringData. */
  readonly data?: Readonly<Record<string, string>> | null;
  readonly type?: string;
  readonly immutable?: boolean;
  /** Written unchanged, as a real server does for every writer. */
  readonly managedFields?: readonly unknown[];
}

/** The object of a draft. */
export function objectOf(
  resource: Resource,
  draft: ObjectDraft,
  facts: { readonly uid: string; readonly resourceVersion: string; readonly creationTimestamp: string },
): KubeObject {
  const { namespace, name, labels, annotations, managedFields } = draft;
  return {
    metadata: {
      name,
      namespace,
      ...facts,
      ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
      ...(annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations }),
      ...(managedFields === undefined ? {} : { managedFields }),
    },
    ...dataOf(resource, draft),
    ...(draft.immutable === undefined ? {} : { immutable: draft.immutable }),
    ...(resource === "secrets" ? { type: draft.type ?? "Opaque" } : {}),
  };
}

function dataOf(resource: Resource, draft: ObjectDraft): Pick<KubeObject, "data"> {
  if (draft.data !== undefined) return { data: draft.data };
  if (draft.stringData === undefined) return {};
  if (resource === "configmaps") return { data: draft.stringData };
  const encoded = Object.entries(draft.stringData).map(([key, text]) => [
    key,
    Buffer.from(text).toString("base64"),
  ]);
  return { data: Object.fromEntries(encoded) as Record<string, string> };
}

/** The draft of this object, from which an update starts. */
export function draftOf(object: KubeObject): ObjectDraft {
  const { name, namespace, labels, annotations, managedFields } = object.metadata;
  return {
    name,
    namespace,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(managedFields === undefined ? {} : { managedFields }),
    ...(object.data === undefined ? {} : { data: object.data }),
    ...(object.type === undefined ? {} : { type: object.type }),
    ...(object.immutable === undefined ? {} : { immutable: object.immutable }),
  };
}

/** Whether two objects differ only in their resourceVersion; such a write is a no-op on a real server. */
export function sameBesidesVersion(a: KubeObject, b: KubeObject): boolean {
  const strip = (object: KubeObject): string =>
    JSON.stringify({ ...object, metadata: { ...object.metadata, resourceVersion: "" } });
  return strip(a) === strip(b);
}

/** All resources that the fake serves. */
export const RESOURCE_NAMES: readonly Resource[] = ["secrets", "configmaps"];
