/**
 * The main properties of snapshot and view: in any order of the events of a scope, the snapshot equals the source, and a client that
 * applies a view's changes has exactly the view.
 */
import { expect } from "chai";
import fc from "fast-check";
import { applyEvent } from "../../../src/core/snapshot/apply-event.ts";
import type { Credential, CredentialKey } from "../../../src/core/credential/credential.ts";
import { sameContent } from "../../../src/core/credential/same-content.ts";
import type { Policy } from "../../../src/core/select/policy.ts";
import { project } from "../../../src/core/view/project.ts";
import { EMPTY_SNAPSHOT } from "../../../src/core/snapshot/snapshot.ts";
import type { SyncEvent } from "../../../src/core/snapshot/sync-event.ts";
import { firstView, foldView } from "../../../src/core/view/view-fold.ts";
import { credential, key, put, remove, reset } from "../../support/core/credentials.ts";

const LIMITS = { maxCredentials: 1000, maxBytes: 1e9 };
const INPUT = { lifetimes: { previousForMs: 1000, previousMaxMs: 1000 }, nowMs: 0, wallMs: 0 };

const step = fc.record({
  name: fc.constantFrom("a", "b", "c", "d"),
  act: fc.constantFrom(
    "put" as const,
    "put" as const,
    "same" as const,
    "delete" as const,
    "recreate" as const,
    "relist" as const,
  ),
  secret: fc.constantFrom("1", "2", "3"),
  label: fc.constantFrom("x", "y"),
  /** Deliver this event once more, later: duplicates and stale events of an overlapping watch. */
  echo: fc.boolean(),
});

const policy: fc.Arbitrary<Policy> = fc.constantFrom<Policy>(
  { rules: [{}] },
  { rules: [{ names: ["a", "b"] }] },
  { rules: [{ keys: ["password"] }] },
  {
    rules: [
      { names: ["a"], keys: ["other"] },
      { namespaces: ["shop"], names: ["c*"] },
    ],
  },
  { rules: [] },
);

/** A tiny API server: what it holds, and the events that its changes make. */
function play(steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]): {
  readonly events: readonly SyncEvent[];
  readonly server: ReadonlyMap<string, Credential>;
} {
  const server = new Map<string, Credential>();
  const events: SyncEvent[] = [...reset([], "1")];
  const echoes: SyncEvent[] = [];
  let version = 1;
  let uid = 0;
  for (const { name, act, secret, label, echo } of steps) {
    version += 2;
    const known = server.get(name);
    const made: SyncEvent[] = [];
    if (act === "relist") made.push(...reset([...server.values()], String(version)));
    else if (act === "delete") {
      if (known === undefined) continue;
      server.delete(name);
      made.push(remove(name, String(version), known.uid));
    } else {
      const fields = {
        resourceVersion: String(version),
        data: { password: secret, other: label },
        labels: { l: label },
      };
      const fresh = act === "recreate" || known === undefined;
      const next =
        act === "same" && known !== undefined
          ? { ...known, resourceVersion: String(version) }
          : credential(name, { ...fields, uid: fresh ? String((uid += 1)) : known.uid });
      if (act === "recreate" && known !== undefined) made.push(remove(name, String(version - 1), known.uid));
      server.set(name, next);
      made.push(put(next));
    }
    events.push(...made);
    if (echo && act !== "relist") echoes.push(...made);
    else events.push(...echoes.splice(0));
  }
  return { events: [...events, ...echoes], server };
}

describe("applyEvent and foldView together", () => {
  it("end at the source's state, and every replay of the changes at the view", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), policy, (steps, allowed) => {
        const { events, server } = play(steps);
        const input = { ...INPUT, policy: allowed };
        let snapshot = EMPTY_SNAPSHOT;
        let view = firstView(snapshot, input).view;
        const replay = new Map<CredentialKey, Credential>();
        for (const event of events) {
          const applied = applyEvent(snapshot, event, LIMITS);
          snapshot = applied.snapshot;
          const change = foldView(view, snapshot, applied.changedKeys, input);
          if (change === undefined) continue;
          expect(change.view.number).to.equal(view.number + 1);
          view = change.view;
          for (const gone of change.removed) expect(replay.delete(gone.key)).to.equal(true);
          for (const changed of change.changed) {
            const now = view.entries.get(changed)?.credential;
            const before = replay.get(changed);
            if (now === undefined) throw new Error("a changed credential that the view does not hold");
            if (before !== undefined) expect(sameContent(before, now)).to.equal(false);
            replay.set(changed, now);
          }
        }
        const expected = [...server.values()].flatMap((one) => {
          const shown = project(one, allowed);
          return shown === undefined ? [] : [[key(one.name), shown] as const];
        });
        expect(new Set(view.entries.keys())).to.deep.equal(new Set(expected.map(([name]) => name)));
        expect(new Set(replay.keys())).to.deep.equal(new Set(view.entries.keys()));
        for (const [name, shown] of expected) {
          const held = view.entries.get(name)?.credential;
          expect(held !== undefined && sameContent(held, shown)).to.equal(true);
          expect(replay.get(name)).to.equal(held);
        }
      }),
      { numRuns: 300 },
    );
  });
});
