/**
 * A client that implements only the documented protocol has, after each message with a revision, exactly the state of that
 * revision: with any changes and reloads of the policy, at any reading speed, and after any break and resume. After a
 * reload no message reaches the transport that holds something the policy does not allow.
 */
import { expect } from "chai";
import fc from "fast-check";
import type { View } from "../../../src/core/view/view.ts";
import type { WatchResponse__Output } from "../../../src/client/generated/podkey/v1/WatchResponse.ts";
import { ALLOW_ALL, allowedKeys } from "../../../src/core/select/policy.ts";
import type { Policy } from "../../../src/core/select/policy.ts";
import { parseSelector } from "../../../src/core/select/selector.ts";
import { credential } from "../../support/core/credentials.ts";
import { WatchDesk } from "../../support/rpc/watch-desk.ts";
import type { DeskReader } from "../../support/rpc/watch-desk.ts";

/** Name to value: the state of the client. */
type State = ReadonlyMap<string, string>;

/** A client that implements "The Watch protocol" of docs/api.md and nothing else. */
class ProtocolClient {
  state: State = new Map();
  token = "";
  #next: Map<string, string> | undefined;
  #isReset = false;

  /** Applies a message; returns the revision of the state, if the message carries one. */
  take(message: WatchResponse__Output): number | undefined {
    const { item, change } = message;
    if (message.event === "reset") {
      this.#next = new Map();
      this.#isReset = true;
    }
    if (item !== null && item !== undefined) this.#put(item);
    for (const one of change?.changed ?? []) this.#put(one);
    for (const one of change?.removed ?? []) this.#draft().delete(one.name);
    const isWhole = change?.more === false && !this.#isReset;
    if (message.event === "synced" || isWhole) {
      this.state = this.#next ?? this.state;
      this.#next = undefined;
      this.#isReset = false;
    }
    if (message.resumeToken !== "") this.token = message.resumeToken;
    return message.revision === null ? undefined : Number(message.revision.number);
  }

  /** The stream ended: drops an incomplete reset or change. */
  breakOff(): void {
    this.#next = undefined;
    this.#isReset = false;
  }

  #put({ name, data }: { readonly name: string; readonly data: Record<string, Buffer> }): void {
    this.#draft().set(name, textOf(Object.entries(data)));
  }

  #draft(): Map<string, string> {
    this.#next ??= new Map(this.state);
    return this.#next;
  }
}

/** The data of a credential as one text. */
function textOf(data: Iterable<readonly [string, Uint8Array]>): string {
  return [...data].map(([key, value]) => `${key}=${Buffer.from(value).toString()}`).join();
}

const POLICIES: readonly Policy[] = [
  ALLOW_ALL,
  { rules: [{ names: ["a", "b"] }] },
  { rules: [{ keys: ["token"] }] },
  { rules: [{ names: ["c*"] }, { selector: parseSelector("x=2"), keys: ["password"] }] },
  { rules: [] },
];

const name = fc.constantFrom("a", "b", "c", "d");
const step = fc.oneof(
  fc.record({
    kind: fc.constant("put" as const),
    name,
    value: fc.constantFrom("1", "2", "3"),
    label: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("remove" as const), name }),
  fc.record({ kind: fc.constant("reload" as const), policy: fc.constantFrom(...POLICIES) }),
  fc.record({
    kind: fc.constantFrom("read" as const, "turn" as const, "heartbeat" as const, "resume" as const),
  }),
);

function selected(view: View): State {
  const chosen = [...view.entries.values()].filter(({ credential: { labels } }) => labels["x"] === "1");
  return new Map(
    chosen.map(({ credential: { name: one, data } }) => [
      one,
      textOf([...data].map(([key, value]) => [key, value.reveal()])),
    ]),
  );
}

interface Sent {
  readonly name: string;
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly keys: readonly { readonly name: string }[];
}

function expectAllowed(policy: Policy, { name: of, type, labels, keys }: Sent): void {
  const allowed = allowedKeys(policy, credential(of, { type, labels }));
  expect(allowed, of).to.not.equal(undefined);
  if (allowed instanceof Set) expect(keys.filter((key) => !allowed.has(key.name))).to.deep.equal([]);
}

describe("the Watch protocol", () => {
  it("brings every client to exactly the state of each revision that it sends", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, isSyncedFirst) => {
        const desk = new WatchDesk();
        const views = new Map<number, State>();
        const record = (): void => {
          const view = desk.view.current();
          if (view !== undefined) views.set(view.number, selected(view));
        };
        desk.view.onChange(record);
        if (isSyncedFirst) desk.view.sync([]);
        const client = new ProtocolClient();
        let seen = 0;
        let reader: DeskReader = desk.open({ labelSelector: "x=1", heartbeatMs: 1000 });
        const take = (): void => {
          // A message in flight is not framed yet: a reload may still hold it back.
          for (const message of reader.got.slice(seen, reader.got.length - reader.inFlight)) {
            seen += 1;
            for (const sent of [message.item ?? [], message.change?.changed ?? []].flat())
              expectAllowed(desk.view.policy, sent);
            const revision = client.take(message);
            if (revision !== undefined) expect(client.state).to.deep.equal(views.get(revision));
          }
        };
        const reopen = (): void => {
          if (reader.stream !== undefined) desk.hub.remove(reader.stream);
          client.breakOff();
          seen = 0;
          reader = desk.open({ labelSelector: "x=1", heartbeatMs: 1000, token: client.token });
        };
        for (const one of steps) {
          if (one.kind === "put")
            desk.view.change([
              credential(one.name, {
                data: { password: one.value, token: one.value },
                labels: { x: one.label ? "1" : "2" },
              }),
            ]);
          if (one.kind === "remove") desk.view.change([], [one.name]);
          if (one.kind === "reload") desk.view.reload(one.policy);
          if (one.kind === "read") reader.readOne();
          if (one.kind === "turn") desk.turn();
          if (one.kind === "heartbeat") desk.time.advance(1300);
          if (one.kind === "resume") reopen();
          take();
          if (reader.error !== undefined) reopen();
        }
        if (!isSyncedFirst) desk.view.sync([]);
        desk.settle();
        reader.read();
        desk.settle();
        reader.read();
        take();
        const view = desk.view.current();
        expect(client.state).to.deep.equal(view === undefined ? new Map() : selected(view));
      }),
      { numRuns: 500 },
    );
  });
});
