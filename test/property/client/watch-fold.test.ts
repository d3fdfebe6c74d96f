import { expect } from "chai";
import fc from "fast-check";
import type { CredentialMap, WatchState } from "../../../src/client/watch-fold.ts";
import { foldWatch, dropIncomplete, UNSYNCED } from "../../../src/client/watch-fold.ts";
import { changeMessage, firstMessages, wireCredential } from "../../support/client/wire.ts";

type Message = Parameters<typeof foldWatch>[1];

/** The server's state: name to password. */
type Held = Readonly<Record<string, string>>;

const held = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("1", "2", "3"), {
  noNullPrototype: true,
});

/** A step: the next state, how the server sends it, and after how many messages the stream breaks, if it does. */
const step = fc.record({
  next: held,
  byReset: fc.boolean(),
  breaksAfter: fc.option(fc.nat(5), { nil: undefined }),
});

const credential = (name: string, password: string): ReturnType<typeof wireCredential> =>
  wireCredential(name, { data: { password: Buffer.from(password) } });

function resetTo(state: Held): readonly Message[] {
  return firstMessages(Object.entries(state).map(([name, password]) => credential(name, password)));
}

/** One credential in each part; the last part completes the change. */
function changeTo(before: Held, next: Held): readonly Message[] {
  const changed = Object.entries(next).filter(([name, password]) => before[name] !== password);
  const removed = Object.keys(before).filter((name) => next[name] === undefined);
  const parts = [
    ...removed.map((name) => changeMessage([], [name], true)),
    ...changed.map(([name, password]) => changeMessage([credential(name, password)], [], true)),
  ];
  return [...parts, changeMessage([])];
}

function seen(credentials: CredentialMap): Held {
  return Object.fromEntries(
    [...credentials.values()].map(({ name, data }) => [name, String(data["password"])]),
  );
}

describe("client: fold of a watch", () => {
  it("has only states that the server had, and finally the last one, wherever streams break", () => {
    fc.assert(
      fc.property(held, fc.array(step, { maxLength: 12 }), (first, steps) => {
        let state: WatchState = resetTo(first).reduce(
          (state, message) => foldWatch(state, message).state,
          UNSYNCED,
        );
        // The state built only from the changes must be equal.
        const rebuilt = new Map<string, string>(Object.entries(first));
        let truth: Held = first;
        for (const { next, byReset, breaksAfter } of steps) {
          const messages = byReset ? resetTo(next) : changeTo(truth, next);
          const isBroken = breaksAfter !== undefined && breaksAfter < messages.length;
          for (const message of isBroken ? messages.slice(0, breaksAfter) : messages) {
            const folded = foldWatch(state, message);
            state = folded.state;
            for (const { name } of folded.change?.removed ?? []) rebuilt.delete(name);
            for (const { name, data } of folded.change?.changed ?? [])
              rebuilt.set(name, String(data["password"]));
            expect([truth, next]).to.deep.include(seen(state.credentials));
          }
          if (isBroken) state = dropIncomplete(state);
          else truth = next;
          expect(seen(state.credentials)).to.deep.equal(truth);
          expect(Object.fromEntries(rebuilt)).to.deep.equal(truth);
        }
      }),
    );
  });
});
