/** A reload of the policy while a reader is stalled, on a real socket: nothing that is denied is framed after it. */
import { constants } from "node:http2";
import { expect } from "chai";
import { credential } from "../../support/core/credentials.ts";
import type { WatchResponse__Output } from "../../../src/client/generated/podkey/v1/WatchResponse.ts";
import { ManualTime } from "../../support/core/manual-time.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";
import { StoppedReader } from "../../support/rpc/stopped-reader.ts";

const NAMES = Array.from({ length: 60 }, (_, at) => `k${String(at).padStart(2, "0")}`);
const SIZE_BYTES = 16 * 1024;
/** More items than fit in the client's flow-control window of 64 KB and what it read before it stopped. */
const WINDOW_ITEMS = 8;
const isSynced = ({ event }: WatchResponse__Output): boolean => event === "synced";
const isReset = ({ event }: WatchResponse__Output): boolean => event === "reset";

describe("watch: a stalled reader at a reload of the policy", () => {
  let lab: RpcLab;
  let reader: StoppedReader;

  beforeEach(async () => {
    lab = await RpcLab.start({ time: new ManualTime() });
    const data = { open: "x".repeat(SIZE_BYTES), denied: "secret" };
    lab.view.sync(NAMES.map((name) => credential(name, { data })));
  });
  afterEach(async () => {
    reader.close();
    await lab.close();
  });

  /** Opens a Watch, stops reading after the first message, and lets the server fill the window. */
  async function stall(): Promise<void> {
    reader = new StoppedReader(lab.socket, { heartbeatInterval: { seconds: 300 } });
    await reader.until(isReset);
    // Answered after the server has written what it can.
    const beside = lab.client();
    for (let at = 0; at < 20; at += 1) await beside.get({ name: "k00" });
  }

  it("ends the stream if a message with denied content has begun", async () => {
    await stall();
    lab.view.reload({ rules: [{ keys: ["open"] }] });
    const read = await reader.until(() => false);
    expect(reader.resetCode).to.equal(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    expect(read.filter(({ item }) => item).length).to.be.below(WINDOW_ITEMS);
    expect(lab.metrics.lines).to.include("handled Watch ResourceExhausted");
    expect(lab.metrics.openStreams()).to.equal(0);
  });

  it("drops the rest of a reset and starts over if the message in flight is allowed", async () => {
    await stall();
    // The window holds the first items only, so these were not handed over.
    lab.view.reload({ rules: [{ names: ["k0*"] }] });
    const read = await reader.until(isSynced);
    const resets = read.filter(isReset);
    expect(resets.map(({ reset }) => reset?.reason)).to.deep.equal(["REASON_POLICY_CHANGED"]);
    const state = read.slice(read.findLastIndex(isReset)).flatMap(({ item }) => item?.name ?? []);
    expect(state).to.deep.equal(NAMES.slice(0, 10));
    expect(read.flatMap(({ item }) => item?.name ?? []).every((name) => name.startsWith("k0"))).to.equal(
      true,
    );
  });
});
