/** A replaced value is freed when its overlap ends: store and RPC together, with an open Watch. */
import { expect } from "chai";
import type { Credential } from "../../../src/core/credential/credential.ts";
import { ALLOW_ALL } from "../../../src/core/select/policy.ts";
import { DEFAULT_DECODE_OPTIONS } from "../../../src/source/decode/decode-secret.ts";
import { createJoinParts } from "../../../src/source/decode/join-parts.ts";
import { Store } from "../../../src/store/store.ts";
import { collectGarbage } from "../../support/collect-garbage.ts";
import { credential, put, reset, SCOPES } from "../../support/core/credentials.ts";
import { ManualTime } from "../../support/core/manual-time.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";
import { failure } from "../../support/rpc/status-details.ts";

const OVERLAP_MS = 60_000;
/** Larger than what Node allocates from its pool (32 KiB of 64), so each value has its own ArrayBuffer. */
const SIZE_BYTES = 64 * 1024;

describe("secrecy: replaced values", () => {
  const time = new ManualTime();
  const store = new Store({
    clock: time,
    timers: time,
    scopes: SCOPES,
    namespaces: { kind: "fixed", only: "shop" },
    limits: { maxCredentials: 100, maxBytes: 1e6 },
    lifetimes: { previousForMs: OVERLAP_MS, previousMaxMs: OVERLAP_MS },
    joinParts: createJoinParts(DEFAULT_DECODE_OPTIONS),
    newEpoch: () => "epoch",
    relist: () => undefined,
    prove: () => Promise.resolve({ ok: true }),
    metrics: { event: () => undefined, dropped: () => undefined, changeServed: () => undefined },
    log: () => undefined,
  });
  const consumer = store.addConsumer("web", ALLOW_ALL);
  const bytes: WeakRef<ArrayBufferLike>[] = [];
  let lab: RpcLab;

  before(async () => {
    lab = await RpcLab.start({
      time,
      endpoints: ({ folder }) => [
        { consumer, listen: { kind: "unix", path: `${folder}/podkey.sock` }, socketMode: 0o660 },
      ],
    });
  });
  after(() => lab.close());

  function version(number: number): Credential {
    const text = String(number).padEnd(SIZE_BYTES, "x");
    const made = credential("db", { data: { password: text }, resourceVersion: String(number) });
    const value = made.data.get("password")?.reveal();
    if (value !== undefined) bytes.push(new WeakRef(value.buffer));
    return made;
  }

  // Separate functions: the frame of a test that awaits may keep its temporary values alive.
  function first(): void {
    for (const event of reset([version(1)])) store.apply(event);
  }
  function replace(number: number): void {
    store.apply(put(version(number)));
  }

  /** Which versions' bytes are still in memory. */
  async function inMemory(): Promise<readonly boolean[]> {
    // After the turn has ended, nothing on the stack refers to the values.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    return bytes.map((value) => value.deref() !== undefined);
  }

  it("keeps a replaced value for its overlap and frees it afterwards", async () => {
    first();
    const client = lab.client();
    const watch = client.watch({});
    await watch.until(({ event }) => event === "synced");
    await client.get({ name: "db" });
    await client.list({ view: "VIEW_FULL" });
    replace(2);
    await watch.until(({ event }) => event === "change");
    const previous = { name: "db", generation: "GENERATION_PREVIOUS" } as const;
    expect((await client.get(previous)).credential?.data["password"]?.toString()).to.match(/^1x/u);
    expect(await inMemory()).to.deep.equal([true, true]);
    time.advance(OVERLAP_MS + 1);
    expect((await failure(client.get(previous))).reason).to.equal("PREVIOUS_NOT_FOUND");
    expect(await inMemory()).to.deep.equal([false, true]);
    replace(3);
    replace(4);
    // Only one previous generation is kept; the one before it is freed at once.
    await watch.until(
      ({ change }) => change?.changed[0]?.data["password"]?.toString().startsWith("4x") === true,
    );
    expect((await inMemory()).slice(0, 2)).to.deep.equal([false, false]);
    expect((await client.get({ name: "db" })).credential?.data["password"]?.toString()).to.match(/^4x/u);
  });
});
