// The log does not block, and counts lost lines.
import { expect } from "chai";
import { LineSink } from "../../../src/log/line-sink.ts";
import { ManualTime } from "../../support/core/manual-time.ts";

/** A sink with a pipe of limited size, which the test reads. */
class Pipe {
  readonly time = new ManualTime();
  /** Free bytes; negative: the reader is gone. */
  room = Infinity;
  text = "";
  lost = 0;
  readonly regained: number[] = [];
  pausedMs = 0;
  readonly sink = new LineSink({
    write: (bytes) => this.#write(bytes),
    timers: this.time,
    pause: (ms) => void (this.pausedMs += ms),
    lost: (lines) => void (this.lost += lines),
    regained: (lines) => void this.regained.push(lines),
  });

  #write(bytes: Uint8Array): number {
    if (this.room < 0) throw Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    if (this.room === 0) throw Object.assign(new Error("write EAGAIN"), { code: "EAGAIN" });
    const taken = Math.min(bytes.byteLength, this.room);
    this.room -= taken;
    this.text += Buffer.from(bytes.subarray(0, taken)).toString();
    return taken;
  }
}

const LONG = `${"x".repeat(99_999)}\n`;

describe("log: output", () => {
  let pipe: Pipe;
  beforeEach(() => (pipe = new Pipe()));

  it("writes a line at once", () => {
    pipe.sink.write("one\n");
    expect(pipe.text).to.equal("one\n");
  });

  it("keeps lines in order while the output is full", () => {
    pipe.room = 2;
    for (const line of ["one\n", "two\n"]) pipe.sink.write(line);
    expect(pipe.text).to.equal("on");
    pipe.room = Infinity;
    pipe.time.advance(50);
    pipe.sink.write("three\n");
    expect(pipe.text).to.equal("one\ntwo\nthree\n");
    expect([pipe.lost, pipe.regained]).to.deep.equal([0, []]);
  });

  it("drops and counts lines above 1 MiB, and reports them after the waiting lines", () => {
    pipe.room = 0;
    for (let at = 0; at < 15; at += 1) pipe.sink.write(LONG);
    expect(pipe.lost).to.equal(5);
    pipe.time.advance(50);
    expect(pipe.regained).to.deep.equal([]);
    pipe.room = Infinity;
    pipe.time.advance(50);
    expect(pipe.text).to.equal(LONG.repeat(10));
    expect(pipe.regained).to.deep.equal([5]);
  });

  it("drops lines while the reader is gone, and writes again for a new reader", () => {
    pipe.room = -1;
    for (const line of ["one\n", "two\n"]) pipe.sink.write(line);
    expect([pipe.lost, pipe.time.pending]).to.deep.equal([2, 0]);
    pipe.room = Infinity;
    pipe.sink.write("three\n");
    expect([pipe.text, pipe.regained]).to.deep.equal(["three\n", [2]]);
  });

  it("waits for a reader at most 0.2 s at the end", () => {
    pipe.room = 0;
    pipe.sink.write("one\n");
    pipe.sink.flush();
    expect([pipe.pausedMs, pipe.lost]).to.deep.equal([200, 1]);
    pipe.sink.flush();
    expect(pipe.pausedMs).to.equal(200);
  });

  it("does not wait at the end if the reader is gone", () => {
    pipe.room = 0;
    pipe.sink.write("one\n");
    pipe.room = -1;
    pipe.sink.flush();
    expect([pipe.pausedMs, pipe.lost]).to.deep.equal([0, 1]);
  });
});
