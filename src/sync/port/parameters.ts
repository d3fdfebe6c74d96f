/**
 * Every number that the reflector decides by, with its unit and its reason. Nothing in `sync` holds a time or a
 * count of its own; tests read the same constant. Changing one changes what the README promises about recovery.
 */

/** The parameters. Times in milliseconds, unless the name says otherwise. */
export const SYNC_PARAMETERS = {
  /** Delay after a failure: client-go's 0.8 s doubling, but capped low at first so that a short fault heals fast. */
  backoff: {
    firstMs: 800,
    factor: 2,
    /** A delay is multiplied by U[jitterFrom, 1], so that a fleet does not come back in step. */
    jitterFrom: 0.5,
    /** While the trouble is younger than `earlyForMs`: a fault of up to 5 s is over 7 s after it is lifted. */
    earlyCapMs: 4_000,
    earlyForMs: 10_000,
    /** After that; with the longest Retry-After it keeps the next attempt within the promised 35 s. */
    capMs: 30_000,
    /** Health of this length makes the next trouble start at `firstMs` again. */
    healthyResetMs: 120_000,
  },
  /** Longest Retry-After that is honoured: API priority and fairness asks for 32 s at most. */
  retryAfterLimitMs: 32_000,
  /** A lagging API server (504 ResourceVersionTooLarge) gets this long before the consistent list. */
  laggingServerMs: 1_000,
  /** Uniform delay after a connection broke off: a restarted API server meets its clients spread over this. */
  abruptSpreadMs: 2_000,
  /** Uniform delay after a clean end of a watch, so that watches opened together drift apart. */
  endSpreadMs: 250,
  /** Rounds (a list or watch with what follows from it) that may start within the window: hot loops are impossible. */
  rounds: { limit: 4, windowMs: 5_100 },
  watch: {
    /** What the server is asked to end a watch after: U[from, to] seconds, as client-go does. */
    timeoutFromSeconds: 300,
    timeoutToSeconds: 600,
    /** A watch that outlives its timeout by this is replaced: the end was lost on the way. */
    overdueGraceMs: 15_000,
    /** Without event or bookmark for this long a stream is broken, whatever PING says: bookmarks come every 60 s. */
    silenceMs: 90_000,
    /** A watch that lived this long was a good one: trouble is over. One that did not, and brought nothing, was not. */
    settledMs: 1_000,
    /** Longest wait without a byte for the end of the initial events; then this server is listed instead. */
    markerSilenceMs: 30_000,
  },
  goingAway: {
    /** Uniform delay before the successor of a watch on a connection that goes away. */
    spreadMs: 2_000,
    /** Shortest distance between two attempts at the successor, while the old watch still delivers. */
    retryMs: 2_000,
  },
  rewind: {
    /** Two consistent lists this far apart must both be older than what we have before history counts as rewound. */
    confirmMs: 5_000,
  },
  proof: {
    /** Shortest distance between the starts of two metadata lists of a scope. */
    everyMs: 1_000,
    /** How long the watch may take to bring what a metadata list shows and we do not hold. */
    settleMs: 2_000,
    /** How long a caller waits for its proof (contract section 1). */
    patienceMs: 10_000,
    /** Longest distance between attempts at a proof that fails while somebody waits. */
    retryCapMs: 8_000,
    /** Where bookmarks do not come, a metadata list this often keeps the scope fresh. */
    withoutBookmarksMs: 60_000,
    /**
     * A resumed watch shows its first bookmark after 60 s, and a stream may bring events but no bookmark: a metadata
     * list when the last proof of the scope is this old keeps it below the 90 s of STALE.
     */
    dueAgeMs: 75_000,
    /** Age of the last proof at a resume from which on the first bookmark would come too late. */
    resumeWorthMs: 25_000,
    /**
     * After a trouble of several failures the server may be another one, or its etcd restored, with its version past
     * ours again: names and versions are compared within this time of the resume.
     */
    verifySpreadMs: 10_000,
    /** Attempts at a comparison that nobody waits for; anti-entropy is left for a server that cannot answer it. */
    unaskedAttempts: 6,
    /** Distance of relists for differences that a relist did not mend: the difference is then not ours to mend. */
    divergenceRelistMs: 30_000,
  },
  /** A timer that is this late woke from a blocked event loop: what waits in the sockets is read first. */
  timers: { lateMs: 1_000, graceMs: 100 },
  /** How far each check by names and versions may stray from its distance (`--anti-entropy`), as a part of it. */
  antiEntropyJitter: 0.2,
} as const;
