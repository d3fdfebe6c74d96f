// The audit log: one line per record, a budget per consumer, bounded fields.
import { expect } from "chai";
import type { EventFields, EventName } from "../../../src/log/events.ts";
import type { AuditLog } from "../../../src/observe/audit-log.ts";
import { auditLog } from "../../../src/observe/audit-log.ts";
import type { AuditRecord } from "../../../src/rpc/observe/audit.ts";
import { ManualTime } from "../../support/core/manual-time.ts";

const RECORD: AuditRecord = {
  consumer: "web",
  peer: "unix:web#1",
  method: "Get",
  namespace: "shop",
  names: ["db"],
  keys: ["user", "password"],
  labelSelector: "",
  revision: 3,
  outcome: "ok",
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
};

class Lab {
  readonly time = new ManualTime();
  readonly lines: (EventFields & { readonly event: EventName })[] = [];
  readonly #audit: AuditLog;
  dropped = 0;

  constructor(mode: "denied" | "all") {
    this.#audit = auditLog({
      mode,
      timers: this.time,
      log: (event, fields) => void this.lines.push({ event, ...fields }),
      dropped: () => void (this.dropped += 1),
    });
  }

  record(fields: Partial<AuditRecord>, times = 1): void {
    for (let index = 0; index < times; index += 1) this.#audit.sink({ ...RECORD, ...fields });
  }

  flush(): void {
    this.#audit.flush();
  }

  count(fields: Readonly<Record<string, unknown>>): number {
    return this.lines.filter((line) => Object.entries(fields).every(([name, value]) => line[name] === value))
      .length;
  }
}

describe("audit log: lines", () => {
  it("has one line per call with names and outcome", () => {
    const lab = new Lab("all");
    lab.record({});
    expect(lab.lines).to.have.length(1);
    expect(lab.lines[0]).to.include({
      event: "audit_read",
      names: "db",
      keys: "user,password",
      outcome: "ok",
    });
    expect(lab.lines[0]).to.include({ revision: 3, trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" });
  });

  it("has only denied calls in mode denied", () => {
    const lab = new Lab("denied");
    for (const outcome of ["ok", "POLICY_DENIED", "CREDENTIAL_NOT_FOUND", "BAD_TOKEN"] as const)
      lab.record({ outcome });
    expect(lab.lines.map(({ outcome }) => outcome)).to.deep.equal(["POLICY_DENIED", "BAD_TOKEN"]);
  });

  for (const field of ["namespace", "names", "keys", "labelSelector"] as const) {
    it(`cuts ${field} at 1 KB and keeps its true length`, () => {
      const lab = new Lab("all");
      const text = " ".repeat(1_048_400);
      lab.record({ [field]: field === "names" || field === "keys" ? [text] : text });
      const shown = String(lab.lines[0]?.[field]);
      expect(shown.endsWith("… (1048400 bytes)")).to.equal(true);
      expect(shown.length).to.be.lessThan(1060);
    });
  }
});

describe("audit log: budget", () => {
  it("keeps the denied calls of one consumer beside the reads of another", () => {
    const lab = new Lab("all");
    lab.record({ consumer: "loud" }, 1500);
    lab.record({ consumer: "quiet", outcome: "POLICY_DENIED" }, 20);
    expect(lab.count({ consumer: "quiet", outcome: "POLICY_DENIED" })).to.equal(20);
  });

  it("keeps the denied calls of a consumer beside its own reads", () => {
    const lab = new Lab("all");
    lab.record({}, 1500);
    lab.record({ outcome: "BAD_TOKEN" }, 20);
    expect(lab.count({ outcome: "BAD_TOKEN" })).to.equal(20);
  });

  it("logs after a second how many lines were dropped for whom, and counts them", () => {
    const lab = new Lab("all");
    lab.record({ consumer: "loud" }, 250);
    lab.record({ consumer: "loud", outcome: "POLICY_DENIED" }, 101);
    lab.record({ consumer: "quiet" });
    lab.time.advance(1000);
    expect(lab.lines.filter(({ event }) => event === "audit_dropped")).to.deep.equal([
      { event: "audit_dropped", consumer: "loud", denied: 1, other: 150 },
    ]);
    expect(lab.dropped).to.equal(151);
    lab.record({ consumer: "loud" });
    expect(lab.count({ consumer: "loud", outcome: "ok" })).to.equal(101);
  });

  it("writes the dropped lines at the end of the process", () => {
    const lab = new Lab("all");
    lab.record({}, 101);
    lab.flush();
    expect(lab.count({ event: "audit_dropped", other: 1 })).to.equal(1);
    expect(lab.time.pending).to.equal(0);
  });
});
