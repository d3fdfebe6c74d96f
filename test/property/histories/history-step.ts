/**
 * One step of a random history, how it is chosen, and its text in a trace. There are few names, values and readers, so that steps affect
 * each other.
 */
import fc from "fast-check";

/** Faults with a duration: how every request fails, or a black hole. */
export const LASTING = [
  "unreachable",
  "hang",
  "server",
  "throttled",
  "unauthorized",
  "forbidden",
  "tls",
  "configuration",
  "version-too-large",
] as const;

/** Events of the open watches. */
export const CUTS = ["end", "reset", "tear", "expired", "server", "goaway", "mute"] as const;

/** How a reader reads messages: at once, one from time to time, or not at all. */
export const PACES = ["eager", "slow", "stalled"] as const;

/** What happens in one step. */
export type Happening =
  | { readonly kind: "put"; readonly name: string; readonly value: number }
  | { readonly kind: "delete" | "unlabel" | "recreate" | "lose"; readonly name: string }
  /** A write to another namespace: nothing for this scope, but the version increases. */
  | { readonly kind: "elsewhere" }
  | { readonly kind: "fault"; readonly fault: (typeof LASTING)[number]; readonly lastsMs: number }
  | { readonly kind: "cut"; readonly how: (typeof CUTS)[number] }
  | { readonly kind: "restart"; readonly keepsHistory: boolean }
  /** etcd restored: back by this number of revisions. */
  | { readonly kind: "rewind"; readonly by: number }
  /** An earlier event is sent again. */
  | { readonly kind: "stray"; readonly back: number }
  /** The next list is empty, although there are objects. */
  | { readonly kind: "glitch" }
  | { readonly kind: "reader"; readonly reader: number; readonly pace: (typeof PACES)[number] }
  | { readonly kind: "reconnect"; readonly reader: number };

/** An event and the time before it. */
export interface Step {
  readonly afterMs: number;
  readonly what: Happening;
}

/** Readers of every history. */
export const READERS = 3;

const name = fc.constantFrom("a", "b", "c", "d");
const reader = fc.nat({ max: READERS - 1 });

const write: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("put" as const), name, value: fc.nat({ max: 5 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("delete", "unlabel", "recreate"), name }) },
  { weight: 1, arbitrary: fc.constant({ kind: "elsewhere" as const }) },
);

const lastsMs = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 5_000, max: 150_000 }));

const trouble: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("fault" as const),
      fault: fc.constantFrom(...LASTING),
      lastsMs,
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("cut" as const), how: fc.constantFrom(...CUTS) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("restart" as const), keepsHistory: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("rewind" as const), by: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("lose" as const), name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("stray" as const), back: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "glitch" as const }) },
);

const client: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant("reader" as const), reader, pace: fc.constantFrom(...PACES) }),
  fc.record({ kind: fc.constant("reconnect" as const), reader }),
);

const afterMs = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 50 }) },
  { weight: 3, arbitrary: fc.integer({ min: 50, max: 4_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4_000, max: 120_000 }) },
);

/** Steps of one history. */
export const history: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    afterMs,
    what: fc.oneof(
      { weight: 5, arbitrary: write },
      { weight: 3, arbitrary: trouble },
      { weight: 2, arbitrary: client },
    ),
  }),
  { minLength: 1, maxLength: 40, size: "max" },
);

/** The text of a step in a trace: `put name=a value=3`. */
export function tellStep({ kind, ...rest }: Happening): string {
  const parts = Object.entries(rest).map(([key, value]) => `${key}=${String(value)}`);
  return [kind, ...parts].join(" ");
}
