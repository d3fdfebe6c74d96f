/**
 * What this process has learned about the API server and need not find out again: one record shared by all scopes
 * of a source. Written by reflectors when a server shows what it can do, read at the next list or silence.
 */

/** What is known of a server. */
export interface ServerTraits {
  /** Whether a watch can begin with the state (WatchList, KEP-3157); "unsupported" makes every first sync a list. */
  readonly watchList: "unknown" | "unsupported";
  /** Whether bookmarks come on a quiet watch; "absent" replaces the silence rule by a metadata list each minute. */
  readonly bookmarks: "unknown" | "seen" | "absent";
}

/** The shared record. */
export interface TraitsMemory {
  current(): ServerTraits;
  learn(part: Partial<ServerTraits>): void;
}

/** A memory of a server that nothing is known of. */
export function createTraitsMemory(): TraitsMemory {
  let traits: ServerTraits = { watchList: "unknown", bookmarks: "unknown" };
  return {
    current: () => traits,
    learn: (part) => {
      traits = { ...traits, ...part };
    },
  };
}
