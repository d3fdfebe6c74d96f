/** Clients of the Watch that do not read, or that resume (scenarios 39 and 40 of test/support/scenarios.ts), in virtual time. */
import { expect } from "chai";
import { TOMBSTONE_LIMIT } from "../../../src/core/view/view.ts";
import { credential } from "../../support/core/credentials.ts";
import { WatchDesk } from "../../support/rpc/watch-desk.ts";

const NAMES = Array.from({ length: 20 }, (_, at) => `c-${String(at).padStart(2, "0")}`);

function synced(epoch?: string): WatchDesk {
  const desk = new WatchDesk(epoch);
  desk.view.sync(NAMES.map((name) => credential(name)));
  return desk;
}

function write(desk: WatchDesk, round: number, name: string): void {
  desk.view.change([credential(name, { data: { password: String(round) } })]);
  desk.settle();
}

describe("a client of the Watch", () => {
  it("scenario 39: costs a mark a key while it does not read, is ended after 60 s, and resumes to the newest state", () => {
    const desk = synced();
    const [slow, quick] = [desk.open(), desk.open()];
    slow.read();
    const token = slow.got.at(-1)?.resumeToken ?? "";
    slow.events();
    for (let round = 0; round < 10_000; round += 1) {
      write(desk, round, NAMES[round % NAMES.length] ?? "");
      quick.read();
    }
    expect(slow.got).to.have.length(1);
    desk.time.advance(50_000);
    expect(slow.error).to.equal(undefined);
    slow.read();
    // The message in flight, and one message with the newest value of each key.
    expect(slow.got.slice(0, 2).map(({ change }) => change?.changed.length)).to.deep.equal([1, 20]);
    const newest = slow.got[1]?.change?.changed.map(({ data }) => data["password"]?.toString());
    expect(newest).to.have.members(NAMES.map((_, at) => String(9_980 + at)));
    slow.events();
    write(desk, 10_000, "c-00");
    write(desk, 10_001, "c-01");
    quick.read();
    desk.time.advance(61_000);
    expect(slow.error?.reason).to.equal("SLOW_CONSUMER");
    expect(quick.error).to.equal(undefined);
    const again = desk.open({ token }).read();
    expect(again.map(({ event }) => event)).to.deep.equal(["change", "synced"]);
    expect(again[0]?.change?.changed).to.have.length(20);
  });

  it("scenario 40: resumes by a known token, and gets the reason if it cannot by another", () => {
    const desk = synced();
    const token = desk.open().read().at(-1)?.resumeToken ?? "";
    expect(
      desk
        .open({ token })
        .read()
        .map(({ event }) => event),
    ).to.deep.equal(["synced"]);
    write(desk, 1, "c-00");
    expect(desk.open({ token }).read()[0]?.change?.changed).to.have.length(1);
    expect(desk.open({ token, names: ["c-00"] }).read()[0]?.reset?.reason).to.equal("REASON_REQUEST_CHANGED");
    expect(synced("epoch-2").open({ token }).read()[0]?.reset?.reason).to.equal("REASON_EPOCH_CHANGED");
    for (let round = 0; round <= TOMBSTONE_LIMIT; round += 1) {
      desk.view.change([credential("gone")]);
      desk.view.change([], ["gone"]);
    }
    expect(desk.open({ token }).read()[0]?.reset?.reason).to.equal("REASON_COMPACTED");
  });
});
