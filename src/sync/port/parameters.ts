/**
 * Every time and count of the reflector, with its reason. `sync` has no other, and tests read these. The recovery times in
 * docs/operations.md and docs/scale.md depend on them.
 */

/** The parameters. Times in milliseconds, unless the name says otherwise. */
export const SYNC_PARAMETERS = {
  /** Delay after a failure: doubles from 0.8 s as in client-go, with a low limit at first, for a fast recovery. */
  backoff: {
    firstMs: 800,
    factor: 2,
    /** A delay is multiplied by a random number from jitterFrom to 1, so that a fleet does not retry in step. */
    jitterFrom: 0.5,
    /** Limit while the trouble is younger than `earlyForMs`: 7 s after a fault of up to 5 s podkey has recovered. */
    earlyCapMs: 4_000,
    earlyForMs: 10_000,
    /** Limit after that; with the longest Retry-After the next attempt is within 35 s. */
    capMs: 30_000,
    /** After this time without trouble the next one starts at `firstMs` again. */
    healthyResetMs: 120_000,
  },
  /** Longest Retry-After that is respected: API priority and fairness asks for at most 32 s. */
  retryAfterLimitMs: 32_000,
  /** Delay before the consistent list after a lagging API server (504 ResourceVersionTooLarge). */
  laggingServerMs: 1_000,
  /** Uniform delay after a connection broke: the clients of a restarted API server return spread over this time. */
  abruptSpreadMs: 2_000,
  /** Uniform delay after a clean end of a watch, so that watches opened together drift apart. */
  endSpreadMs: 250,
  /** At most this number of rounds (a list or watch with its follow-up) starts within the window: no hot loops. */
  rounds: { limit: 4, windowMs: 5_100 },
  watch: {
    /** The server is asked to end a watch after a random time in this range, as in client-go. */
    timeoutFromSeconds: 300,
    timeoutToSeconds: 600,
    /** A watch that outlives its timeout by this is replaced: its end was lost. */
    overdueGraceMs: 15_000,
    /** A stream without event or bookmark for this time is broken, also if PINGs are answered: bookmarks come every 60 s. */
    silenceMs: 90_000,
    /** After a watch has been open for this time, trouble is over. A shorter one without an event counts as a failure. */
    settledMs: 1_000,
    /** Longest silence before the end of the initial events; then the server is asked for a list. */
    markerSilenceMs: 30_000,
  },
  goingAway: {
    /** Uniform delay before the successor of a watch after GOAWAY. */
    spreadMs: 2_000,
    /** Shortest time between two attempts at the successor while the old watch delivers. */
    retryMs: 2_000,
  },
  rewind: {
    /** History went back if two consistent lists this far apart are both older than our version. */
    confirmMs: 5_000,
  },
  proof: {
    /** Shortest time between the starts of two metadata lists of a scope. */
    everyMs: 1_000,
    /** How long the watch may take to deliver what a metadata list shows. */
    settleMs: 2_000,
    /** How long a caller waits for a proof. */
    patienceMs: 10_000,
    /** Longest time between attempts at a proof that fails while a caller waits. */
    retryCapMs: 8_000,
    /** Without bookmarks, a metadata list this often keeps the scope fresh. */
    withoutBookmarksMs: 60_000,
    /**
     * A resumed watch delivers its first bookmark after 60 s, and a stream may deliver events but no bookmark. A metadata
     * list at this age of the last proof keeps the scope below the 90 s of STALE.
     */
    dueAgeMs: 75_000,
    /** From this age of the last proof at a resume, the first bookmark would arrive too late. */
    resumeWorthMs: 25_000,
    /**
     * After several failures the server may be another one or a restored one whose version is above ours again. Names
     * and versions are compared within this time after the resume.
     */
    verifySpreadMs: 10_000,
    /** Attempts at a comparison without a waiting caller; after that, the next anti-entropy comparison is left. */
    unaskedAttempts: 6,
    /** Time between lists for a difference that a list did not repair. */
    divergenceRelistMs: 30_000,
  },
  /** A timer that fires this late follows a blocked event loop: the sockets are read first. */
  timers: { lateMs: 1_000, graceMs: 100 },
  /** Random part of the time between two anti-entropy comparisons (`--anti-entropy`). */
  antiEntropyJitter: 0.2,
} as const;
