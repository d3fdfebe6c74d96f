/**
 * The etcd and watch cache of the fake API server: objects under one revision counter, a history of changes with a
 * window, compaction, and faults of real clusters (history dropped or rewound, a change lost without an event). In memory: no clock
 * except `now`, no sockets; the HTTP side only reads it and listens to changes.
 */
import { randomUUID } from "node:crypto";
import { draftOf, objectOf, RESOURCE_NAMES, sameBesidesVersion } from "./kube-object.ts";
import type { KubeObject, ObjectDraft, Resource } from "./kube-object.ts";

/** One change: exactly one of `before` and `after` may be absent (created, deleted). */
export interface StoreChange {
  readonly resource: Resource;
  readonly revision: number;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
}

/** The state at a revision. */
export type StateAt =
  { readonly found: true; readonly objects: readonly KubeObject[] } | { readonly found: false };

type Objects = ReadonlyMap<string, KubeObject>;

/** See the file header. All keys are `namespace/name`; lists are in key order, as in etcd. */
export class ObjectStore {
  readonly #objects: Record<Resource, Map<string, KubeObject>> = {
    secrets: new Map(),
    configmaps: new Map(),
  };
  readonly #listeners = new Set<(change: StoreChange) => void>();
  readonly #historyLimit: number;
  #history: StoreChange[] = [];
  #revision: number;
  #nextRevision: number;
  #windowStart: number;
  #compactedAt = 0;
  #silent = false;

  /** @param historyLimit number of changes that a watch can go back; older ones are dropped (the window of the watch cache). */
  constructor(options: { readonly firstRevision?: number; readonly historyLimit?: number } = {}) {
    this.#revision = options.firstRevision ?? 1;
    this.#nextRevision = this.#revision + 1;
    this.#windowStart = this.#revision;
    this.#historyLimit = options.historyLimit ?? 100_000;
  }

  /** The revision of the last write of any resource. */
  get revision(): number {
    return this.#revision;
  }

  /** A watch that starts below this revision is too old. */
  get windowStart(): number {
    return this.#windowStart;
  }

  /** An exact list below this revision is refused; watches in the window go on (measured on 1.36). */
  get compactedAt(): number {
    return this.#compactedAt;
  }

  /** The object, or undefined. */
  get(resource: Resource, namespace: string, name: string): KubeObject | undefined {
    return this.#objects[resource].get(`${namespace}/${name}`);
  }

  /** All objects of a resource in key order. */
  list(resource: Resource): readonly KubeObject[] {
    return sorted(this.#objects[resource]);
  }

  /** Creates or replaces an object; equal content writes nothing, as on a real server. Returns the stored object. */
  put(resource: Resource, draft: ObjectDraft): KubeObject {
    const before = this.get(resource, draft.namespace, draft.name);
    const after = objectOf(resource, draft, {
      uid: before?.metadata.uid ?? randomUUID(),
      resourceVersion: String(this.#nextRevision),
      creationTimestamp: before?.metadata.creationTimestamp ?? new Date().toISOString().replace(/\.\d+/, ""),
    });
    if (before !== undefined && sameBesidesVersion(before, after)) return before;
    this.#commit({ resource, revision: this.#nextRevision, before, after });
    return after;
  }

  /** Changes some fields of an existing object. */
  update(resource: Resource, namespace: string, name: string, change: Partial<ObjectDraft>): KubeObject {
    const before = this.get(resource, namespace, name);
    if (before === undefined)
      throw new Error(`the fake API server has no ${resource} ${namespace}/${name} to update`);
    const draft = draftOf(before);
    return this.put(resource, {
      ...(change.stringData === undefined ? draft : { ...draft, data: undefined }),
      ...change,
    } as ObjectDraft);
  }

  /** Deletes an object; false if there was none. The event has the last state with the revision of the deletion. */
  delete(resource: Resource, namespace: string, name: string): boolean {
    const before = this.get(resource, namespace, name);
    if (before === undefined) return false;
    this.#commit({ resource, revision: this.#nextRevision, before, after: undefined });
    return true;
  }

  /** Runs writes without events on any watch: a watch cache that lost events. Lists stay correct. */
  silently(write: () => void): void {
    this.#silent = true;
    try {
      write();
    } finally {
      this.#silent = false;
    }
  }

  /** Changes of a resource after a revision, oldest first; undefined if the window does not reach back so far. */
  changesSince(resource: Resource, revision: number): readonly StoreChange[] | undefined {
    if (revision < this.#windowStart) return undefined;
    return this.#history.filter((change) => change.resource === resource && change.revision > revision);
  }

  /** The state at an earlier revision, as far as history or compaction allow. */
  stateAt(resource: Resource, revision: number): StateAt {
    if (revision >= this.#revision) return { found: true, objects: this.list(resource) };
    if (revision < this.#windowStart) return { found: false };
    const objects = new Map(this.#objects[resource]);
    for (const change of this.#history.toReversed()) {
      if (change.revision <= revision) break;
      if (change.resource === resource) undo(objects, change);
    }
    return { found: true, objects: sorted(objects) };
  }

  /** Calls `listener` on each change, in order, synchronously. Returns the way to stop it. */
  onChange(listener: (change: StoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** etcd compaction: exact lists below the revision are refused. */
  compact(revision = this.#revision): void {
    this.#compactedAt = Math.max(this.#compactedAt, revision);
  }

  /** The effect of a restart on the watch cache of a real API server: watches below the current revision are too old. */
  dropHistory(): void {
    this.#history = [];
    this.#windowStart = this.#revision;
  }

  /**
   * etcd restored from a backup: state and revision counter as they were. Later writes reuse revisions, unless the next
   * one is given (`etcdutl snapshot restore --bump-revision`).
   */
  rewind(revision: number, nextRevision = revision + 1): void {
    const states = RESOURCE_NAMES.map((resource) => [resource, this.stateAt(resource, revision)] as const);
    for (const [resource, state] of states) {
      if (!state.found) throw new Error(`revision ${String(revision)} is out of the history window`);
      this.#objects[resource].clear();
      for (const object of state.objects) this.#objects[resource].set(keyOf(object), object);
    }
    this.#revision = revision;
    this.#nextRevision = nextRevision;
    this.dropHistory();
  }

  #commit(change: StoreChange): void {
    this.#revision = change.revision;
    this.#nextRevision = change.revision + 1;
    const objects = this.#objects[change.resource];
    if (change.after !== undefined) objects.set(keyOf(change.after), change.after);
    else if (change.before !== undefined) objects.delete(keyOf(change.before));
    if (this.#silent) return;
    this.#history.push(change);
    if (this.#history.length > this.#historyLimit) {
      const dropped = this.#history.splice(0, this.#history.length - this.#historyLimit);
      this.#windowStart = dropped.at(-1)?.revision ?? this.#windowStart;
    }
    for (const listener of this.#listeners) listener(change);
  }
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace}/${object.metadata.name}`;
}

function sorted(objects: Objects): readonly KubeObject[] {
  return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

function undo(objects: Map<string, KubeObject>, change: StoreChange): void {
  if (change.before !== undefined) objects.set(keyOf(change.before), change.before);
  else if (change.after !== undefined) objects.delete(keyOf(change.after));
}
