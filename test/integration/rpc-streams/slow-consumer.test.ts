/** A reader that stops reading, on a real socket with a manual clock: its cost, its end, and its resume. */
import { expect } from "chai";
import { credential } from "../../support/core/credentials.ts";
import { ManualTime } from "../../support/core/manual-time.ts";
import type { WatchResponse__Output } from "../../../src/client/generated/podkey/v1/WatchResponse.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";
import { StoppedReader } from "../../support/rpc/stopped-reader.ts";

const KEYS = Array.from({ length: 20 }, (_, at) => `k${String(at)}`);
const SIZE_BYTES = 16 * 1024;
/** RESOURCE_EXHAUSTED. */
const EXHAUSTED = "8";
const isSynced = ({ event }: { readonly event?: string }): boolean => event === "synced";

describe("watch: a reader that stops", () => {
  const time = new ManualTime();
  let lab: RpcLab;
  let reader: StoppedReader;
  let version = 1;

  beforeEach(async () => {
    lab = await RpcLab.start({ time });
    lab.view.sync([]);
    change();
    reader = new StoppedReader(lab.socket, { heartbeatInterval: { seconds: 300 } });
    await reader.until(isSynced);
  });
  afterEach(async () => {
    reader.close();
    await lab.close();
  });

  /** All twenty credentials at once: 320 KB, five times the client's flow-control window. */
  function change(): void {
    version += 1;
    const data = { value: String(version).padEnd(SIZE_BYTES, "x") };
    lab.view.change(KEYS.map((name) => credential(name, { data, resourceVersion: String(version) })));
  }
  /** One change a second; another client gets an answer after each. */
  async function passSeconds(seconds: number): Promise<void> {
    const beside = lab.client();
    for (let at = 0; at < seconds; at += 1) {
      change();
      time.advance(1000);
      const { credential: found } = await beside.get({ name: "k0" });
      expect(found?.data["value"]?.toString()).to.match(new RegExp(`^${String(version)}x`));
    }
    beside.close();
  }
  const valuesOf = (messages: readonly WatchResponse__Output[]): ReadonlyMap<string, string> =>
    new Map(
      messages.flatMap(({ item, change: told }) =>
        [...(item ? [item] : []), ...(told?.changed ?? [])].map(
          ({ name, data }) => [name, data["value"]?.toString() ?? ""] as const,
        ),
      ),
    );
  const expectCurrent = (values: ReadonlyMap<string, string>): void => {
    expect([...values.keys()].toSorted()).to.deep.equal(KEYS.toSorted());
    for (const value of values.values()) expect(value.startsWith(`${String(version)}x`)).to.equal(true);
  };

  it("for 50 s continues with the newest value of each credential, in two messages", async () => {
    await passSeconds(50);
    const taken = await reader.until(({ revision }) => Number(revision?.number) === version);
    // The change that was in flight when it stopped, and one merged change for the other 49.
    expect(taken.map(({ event }) => event)).to.deep.equal(["change", "change"]);
    expectCurrent(valuesOf(taken));
    expect(reader.trailers).to.equal(undefined);
  });

  it("for over 60 s ends with SLOW_CONSUMER and resumes with the current values", async () => {
    await passSeconds(59);
    expect(lab.metrics.openStreams()).to.equal(1);
    await passSeconds(4);
    expect(lab.metrics.lines).to.include("handled Watch ResourceExhausted");
    expect(lab.metrics.openStreams()).to.equal(0);
    const taken = await reader.until(() => false);
    expect(reader.trailers?.["grpc-status"]).to.equal(EXHAUSTED);
    const details = Buffer.from(String(reader.trailers?.["grpc-status-details-bin"]), "base64");
    expect(details.toString("latin1")).to.include("SLOW_CONSUMER");
    const resumeToken = taken.findLast((message) => message.resumeToken !== "")?.resumeToken ?? "";
    expect(resumeToken).to.not.equal("");
    const again = new StoppedReader(lab.socket, { resumeToken, requireResume: true });
    const resumed = await again.until(isSynced);
    expect(resumed.map(({ event }) => event)).to.deep.equal(["change", "synced"]);
    expectCurrent(valuesOf(resumed));
    again.close();
  });
});
