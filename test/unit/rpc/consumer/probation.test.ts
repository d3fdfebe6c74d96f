// How a consumer's connections are let in after one of them was ended for its conduct.
import { expect } from "chai";
import { Probation } from "../../../../src/rpc/consumer/probation.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";

describe("Probation", () => {
  let time: ManualTime;
  let probation: Probation;
  let entered: string[];
  let turnedAway: string[];
  beforeEach(() => {
    turnedAway = [];
    time = new ManualTime();
    probation = new Probation({ clock: time, timers: time });
    entered = [];
  });
  const note = (name: string): void => void entered.push(`${name} at ${String(time.nowMs() - 1000)}`);
  const enter = (...names: readonly string[]): (() => void)[] =>
    names.map((name) =>
      probation.enter({
        letIn: () => note(name),
        turnAway: () => void turnedAway.push(name),
      }),
    );
  /** Offends as each connection is let in, as an attacker does. */
  const attack = (name: string): (() => void) =>
    probation.enter({
      letIn: () => {
        note(name);
        probation.offended();
      },
      turnAway: () => undefined,
    });

  it("lets every connection in at once while nobody has offended", () => {
    for (let at = 0; at < 1000; at += 1) enter(String(at));
    expect(entered).to.have.length(1000);
    expect(time.pending).to.equal(0);
  });

  it("lets the first connection after an offence in at once, and each further one 5 s after the one before", () => {
    time.advance(5000);
    probation.offended();
    enter("a", "b", "c");
    time.advance(10_000);
    expect(entered).to.deep.equal(["a at 5000", "b at 10000", "c at 15000"]);
  });

  it("goes on so for as long as every connection offends", () => {
    for (let at = 0; at < 20; at += 1) attack(String(at));
    time.advance(60_000);
    expect(entered).to.deep.equal(
      Array.from({ length: 13 }, (_, at) => `${String(at)} at ${String(at * 5000)}`),
    );
  });

  it("lets those that still wait in one after the other once the offence is forgotten, not all in one turn", () => {
    enter("offender");
    probation.offended();
    const names = Array.from({ length: 100 }, (_, at) => String(at));
    enter(...names);
    time.advance(9999);
    expect(entered).to.deep.equal(["offender at 0", "0 at 5000"]);
    time.advance(21);
    expect(entered.slice(2)).to.deep.equal(["1 at 10000", "2 at 10020"]);
    time.advance(2000);
    expect(entered).to.have.length(101);
  });

  it("passes over a connection that has closed while it waited", () => {
    enter("offender");
    probation.offended();
    const [, leaveB] = enter("a", "b", "c");
    leaveB?.();
    time.advance(10_020);
    expect(entered).to.deep.equal(["offender at 0", "a at 5000", "c at 10000"]);
  });

  it("is over 10 s after the last offence", () => {
    probation.offended();
    time.advance(9999);
    expect(probation.isOn).to.equal(true);
    time.advance(1);
    expect(probation.isOn).to.equal(false);
  });

  it("refuses connections that still wait at its end, and leaves no timer", () => {
    enter("offender");
    probation.offended();
    enter("a", "b");
    probation.close();
    expect(turnedAway).to.deep.equal(["a", "b"]);
    expect(entered).to.deep.equal(["offender at 0"]);
    expect(time.pending).to.equal(0);
  });
});
