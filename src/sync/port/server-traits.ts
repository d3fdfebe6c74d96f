/**
 * What this process has learned about the API server: one record for all scopes of a source. Reflectors write it when they
 * find out what the server supports, and read it at the next list or silence.
 */

/** What is known about a server. */
export interface ServerTraits {
  /** Whether a watch can begin with the state (WatchList, KEP-3157). "unsupported": every first sync is a list. */
  readonly watchList: "unknown" | "unsupported";
  /** Whether a quiet watch delivers bookmarks. "absent": a metadata list each minute replaces the silence rule. */
  readonly bookmarks: "unknown" | "seen" | "absent";
}

/** The shared record. */
export interface TraitsMemory {
  current(): ServerTraits;
  learn(part: Partial<ServerTraits>): void;
}

/** The record before anything is known. */
export function createTraitsMemory(): TraitsMemory {
  let traits: ServerTraits = { watchList: "unknown", bookmarks: "unknown" };
  return {
    current: () => traits,
    learn: (part) => {
      traits = { ...traits, ...part };
    },
  };
}
