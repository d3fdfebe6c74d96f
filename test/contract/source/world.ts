/**
 * What the source contract is written against. A *target* (manifests, fake or real API server, …) opens a *world* for
 * each case: an empty place to write Secrets to, and a way to start the source under test on it. Cases know nothing
 * else, so that one sentence is proven of every source.
 */
import type { Held, Source } from "../../../src/sync/port/source.ts";
import type { SecretDraft } from "../../support/kube/kube-objects.ts";
import type { Observed } from "./observe-source.ts";

/** What not every target can do; a case names what it needs. */
export type Ability =
  /** Secrets have labels, and the source selects by them. */
  | "labels"
  | "types"
  | "annotations"
  | "immutable"
  /** More than one namespace. */
  | "namespaces"
  /** One watch for each name, unlabelled Secrets too. */
  | "names-mode"
  /** The server gives uid and creationTimestamp. */
  | "server-metadata"
  /** Every change is seen in its order; folders are looked at now and then. */
  | "every-change"
  /** There is a connection that can break. */
  | "connection"
  /** Bookmarks arrive within the time of a test. */
  | "bookmarks"
  /** The server itself writes bookkeeping that holds values (managedFields, last-applied). */
  | "bookkeeping";

/** What the source under test is to serve. */
export interface Selection {
  /** Default: the world's first namespace. "all": all of the cluster. */
  readonly namespaces?: readonly string[] | "all";
  /** Default `podkey.dev/serve=true`, or none in names mode and where there are no labels. */
  readonly labelSelector?: string;
  /** Names mode: `NAMESPACE/NAME`. */
  readonly names?: readonly string[];
  /** `--annotation`. */
  readonly annotations?: readonly string[];
}

/** A started source of a target. */
export interface OpenSource {
  readonly source: Source;
  /** Frees what the source itself does not: connections, files. After the unsubscription. */
  close(): Promise<void>;
}

/** An empty place for one case. */
export interface SourceWorld {
  /** Two namespaces that only this case uses. */
  readonly namespace: string;
  readonly otherNamespace: string;
  /** Creates or replaces the Secret. */
  put(namespace: string, name: string, draft: SecretDraft): Promise<void>;
  /** Sets labels; undefined removes one. Ability `labels`. */
  label(namespace: string, name: string, labels: Readonly<Record<string, string | undefined>>): Promise<void>;
  remove(namespace: string, name: string): Promise<void>;
  /** Opens the source; `held` is what the store has of a scope. */
  open(selection: Selection, held: Held): Promise<OpenSource>;
  /** Breaks every connection of the source without a word. Ability `connection`. */
  cut(): Promise<void>;
  /** Lets no connection through until the returned function is called. Ability `connection`. */
  blockade(): Promise<() => Promise<void>>;
  /** Brings a bookmark soon. Ability `bookmarks`. */
  bookmark(): Promise<void>;
  close(): Promise<void>;
}

/** A kind of source, as the contract tests it. */
export interface SourceTarget {
  /** As in the report. */
  readonly name: string;
  /** What it cannot do, and why; listed in the report. */
  readonly lacks: Readonly<Partial<Record<Ability, string>>>;
  /** Limit of one case, in milliseconds. */
  readonly timeoutMs: number;
  /** Once before the first case; undefined: nothing to prepare. */
  readonly prepare?: () => Promise<void>;
  readonly dispose?: () => Promise<void>;
  readonly open: () => Promise<SourceWorld>;
}

/** The world of one running case, with the default namespace and label filled in. */
export interface Play {
  readonly world: SourceWorld;
  readonly namespace: string;
  /** Creates or replaces a selected Secret in the default namespace (or another); text values. */
  put(name: string, draft?: SecretDraft, namespace?: string): Promise<void>;
  remove(name: string): Promise<void>;
  label(name: string, labels: Readonly<Record<string, string | undefined>>): Promise<void>;
  /** Starts the source and waits for its first sync. Ended by itself after the case. */
  start(selection?: Selection): Promise<Observed>;
  /** Starts the source and does not wait. */
  startUnsynced(selection?: Selection): Promise<Observed>;
}

/** One case: a sentence and its test. */
export interface ContractCase {
  readonly it: string;
  /** Default: none. */
  readonly needs?: readonly Ability[];
  readonly play: (play: Play) => Promise<void>;
}

/** The label that is selected by default. */
export const SERVED = { "podkey.dev/serve": "true" } as const;

/** For a target without the ability: no case that keeps to its `needs` calls it. */
export function cannot(what: string): () => Promise<never> {
  return () => Promise.reject(new Error(`This target cannot ${what}; the case should list it in its needs.`));
}
