// Limits a noisy event, and logs the number of suppressed lines.
import { expect } from "chai";
import type { EventFields, EventName } from "../../../src/log/events.ts";
import { rateLimited } from "../../../src/log/rate-limit.ts";

function lab(): {
  readonly lines: { readonly event: EventName; readonly fields: EventFields | undefined }[];
  readonly log: ReturnType<typeof rateLimited>;
  readonly pass: (ms: number) => void;
} {
  const lines: { event: EventName; fields: EventFields | undefined }[] = [];
  let nowMs = 0;
  let due: { readonly atMs: number; readonly task: () => void }[] = [];
  const log = rateLimited({
    log: (event, fields) => void lines.push({ event, fields }),
    clock: { nowMs: () => nowMs, wallMs: () => nowMs },
    timers: {
      after: (delayMs, task) => {
        due.push({ atMs: nowMs + delayMs, task });
        return () => undefined;
      },
    },
    limit: { windowMs: 1000, lines: 2 },
  });
  return {
    lines,
    log,
    pass: (ms) => {
      nowMs += ms;
      const ripe = due.filter(({ atMs }) => atMs <= nowMs);
      due = due.filter(({ atMs }) => atMs > nowMs);
      for (const { task } of ripe) task();
    },
  };
}

describe("log: rate limit", () => {
  it("writes an event until its window is full, then counts", () => {
    const { lines, log, pass } = lab();
    for (let i = 0; i < 5; i += 1) log("app_waiting", { i });
    expect(lines.map(({ fields }) => fields?.["i"])).to.deep.equal([0, 1]);
    pass(1000);
    expect(lines.at(-1)).to.deep.equal({ event: "log_suppressed", fields: { of: "app_waiting", lines: 3 } });
  });

  it("starts a new window after a quiet one without a line", () => {
    const { lines, log, pass } = lab();
    log("app_waiting");
    log("app_waiting");
    pass(1000);
    log("app_waiting");
    log("app_waiting");
    expect(lines.map(({ event }) => event)).to.deep.equal(Array(4).fill("app_waiting"));
  });

  it("counts each event separately", () => {
    const { lines, log } = lab();
    for (let i = 0; i < 3; i += 1) log("app_waiting");
    log("app_ready");
    expect(lines.at(-1)?.event).to.equal("app_ready");
  });

  it("does not limit audit lines, which have their own limit", () => {
    const { lines, log } = lab();
    for (let i = 0; i < 9; i += 1) log("audit_read");
    expect(lines).to.have.length(9);
  });
});
