import { expect } from "chai";
import { CredentialLog } from "../../../../src/app/status/credential-log.ts";
import { applyEvent } from "../../../../src/core/snapshot/apply-event.ts";
import type { Credential } from "../../../../src/core/credential/credential.ts";
import type { Snapshot } from "../../../../src/core/snapshot/snapshot.ts";
import { EMPTY_SNAPSHOT } from "../../../../src/core/snapshot/snapshot.ts";
import type { SyncEvent } from "../../../../src/core/snapshot/sync-event.ts";
import type { EventFields } from "../../../../src/log/events.ts";
import { credential, put, remove, undecodable } from "../../../support/core/credentials.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";

const DAY_MS = 86_400_000;
const LIMITS = { maxCredentials: 100, maxBytes: 1e9 };

class Watched {
  readonly time = new ManualTime();
  readonly lines: string[] = [];
  readonly fields: EventFields[] = [];
  readonly sizes: number[] = [];
  readonly log = new CredentialLog({
    clock: this.time,
    timers: this.time,
    lifetimePrefix: "example.io/",
    observeSize: (sizeBytes) => void this.sizes.push(sizeBytes),
    log: (event, fields = {}) => {
      this.lines.push(`${event} ${String(fields["name"])}`);
      this.fields.push(fields);
    },
  });
  #snapshot: Snapshot = EMPTY_SNAPSHOT;
  #version = 1;

  take(...events: readonly SyncEvent[]): readonly string[] {
    const from = this.lines.length;
    for (const event of events) {
      const { snapshot, changedKeys } = applyEvent(this.#snapshot, event, LIMITS);
      this.#snapshot = snapshot;
      this.log.update(snapshot, changedKeys);
    }
    return this.lines.slice(from);
  }

  put(fields: Parameters<typeof credential>[1]): readonly string[] {
    this.#version += 1;
    return this.take(put(credential("db", { ...fields, resourceVersion: String(this.#version) })));
  }

  /** The lines that are logged within this time. */
  pass(ms: number): readonly string[] {
    const from = this.lines.length;
    this.time.advance(ms);
    return this.lines.slice(from);
  }

  expiring(inMs: number): Pick<Credential, "expiry"> {
    return { expiry: { atMs: this.time.wallMs() + inMs, keys: [] } };
  }
}

const PROBLEM = {
  reason: "BAD_JSON",
  key: "k",
  keys: ["k"],
  message: "It is not JSON.",
  contentOutdated: false,
};

describe("credential log", () => {
  it("logs a problem once, another problem, and the end of all problems", () => {
    const watched = new Watched();
    expect(watched.put({ problems: [PROBLEM] })).to.deep.equal(["credential_problem db"]);
    expect(watched.fields[0]).to.deep.equal({
      namespace: "shop",
      name: "db",
      problems: "BAD_JSON: It is not JSON.",
    });
    expect(watched.put({ problems: [PROBLEM], data: { other: "x" } })).to.deep.equal([]);
    expect(watched.put({ problems: [PROBLEM, PROBLEM] })).to.deep.equal(["credential_problem db"]);
    expect(watched.put({})).to.deep.equal(["credential_mended db"]);
  });

  it("logs an object that was never valid, and once an object that became invalid", () => {
    const watched = new Watched();
    expect(watched.take(put(undecodable("web", "1")))).to.deep.equal(["credential_problem web"]);
    expect(watched.take(put(credential("db")), put(undecodable("db", "2")))).to.deep.equal([
      "credential_problem db",
    ]);
    expect(watched.fields[1]?.["problems"]).to.equal("BAD_BASE64: not base64");
  });

  it("forgets a removed credential", () => {
    const watched = new Watched();
    watched.put({ problems: [PROBLEM], ...watched.expiring(DAY_MS / 2) });
    expect(watched.take(remove("db", "9"))).to.deep.equal([]);
    expect(watched.pass(DAY_MS)).to.deep.equal([]);
    expect(watched.time.pending).to.equal(0);
    watched.take(put(credential("db", { resourceVersion: "10", problems: [PROBLEM] })));
    expect(watched.lines.filter((line) => line === "credential_problem db")).to.have.length(2);
  });

  it("warns once above 256 KiB with a remedy, and observes the size at each change of the data", () => {
    const watched = new Watched();
    watched.put({ data: { a: "x".repeat(262_144) } });
    expect(watched.lines).to.deep.equal([]);
    expect(watched.put({ data: { a: "x".repeat(262_145) } })).to.deep.equal(["credential_large db"]);
    expect(watched.fields[0]?.["remedy"]).to.contain("gzip");
    expect(watched.put({ data: { a: "x".repeat(262_145) }, labels: { a: "b" } })).to.deep.equal([]);
    expect(watched.sizes).to.deep.equal([262_144, 262_145]);
  });

  it("logs an expiry 30 days, 7 days and one day before, and when it has passed", () => {
    const watched = new Watched();
    expect(watched.put(watched.expiring(31 * DAY_MS))).to.deep.equal([]);
    expect(watched.pass(DAY_MS + 100)).to.deep.equal(["credential_expires db"]);
    expect(watched.pass(22 * DAY_MS)).to.deep.equal([]);
    expect(watched.pass(DAY_MS)).to.deep.equal(["credential_expires_soon db"]);
    expect(watched.pass(6 * DAY_MS)).to.deep.equal(["credential_expires_soon db"]);
    expect(watched.pass(DAY_MS)).to.deep.equal(["credential_expired db"]);
    expect(watched.pass(99 * DAY_MS)).to.deep.equal([]);
    expect(watched.put(watched.expiring(90 * DAY_MS))).to.deep.equal([]);
    expect(watched.pass(90 * DAY_MS + 100)).to.have.length(4);
  });

  it("logs the nearest threshold of a new credential once, with the time", () => {
    const watched = new Watched();
    const soon = watched.expiring(3 * DAY_MS);
    expect(watched.put(soon)).to.deep.equal(["credential_expires_soon db"]);
    expect(watched.fields[0]?.["at"]).to.equal(new Date(soon.expiry?.atMs ?? 0).toISOString());
    expect(watched.put({ ...soon, labels: { a: "b" } })).to.deep.equal([]);
    expect(new Watched().put({ expiry: { atMs: 0, keys: [] } })).to.deep.equal(["credential_expired db"]);
  });

  it("logs nothing for a credential that is always renewed in time", () => {
    const watched = new Watched();
    expect(watched.put(watched.expiring(3_600_000))).to.have.length(1);
    for (let round = 0; round < 50; round += 1) {
      expect(watched.pass(2_900_000)).to.deep.equal([]);
      expect(watched.put({ ...watched.expiring(3_600_000), data: { round: String(round) } })).to.deep.equal(
        [],
      );
    }
    expect(watched.pass(3_600_100)).to.deep.equal(["credential_expired db"]);
  });

  it("detects a jump of the wall clock within an hour", () => {
    const watched = new Watched();
    watched.put(watched.expiring(60 * DAY_MS));
    watched.time.jumpWall(61 * DAY_MS);
    expect(watched.pass(3_600_000)).to.deep.equal(["credential_expired db"]);
  });

  it("logs an overdue rotation, with either prefix, and again for the next one", () => {
    const watched = new Watched();
    const due = (inMs: number): Readonly<Record<string, string>> => ({
      "example.io/next-rotation": new Date(watched.time.wallMs() + inMs).toISOString(),
    });
    expect(watched.put({ annotations: due(DAY_MS) })).to.deep.equal([]);
    expect(watched.pass(DAY_MS + 100)).to.deep.equal(["credential_rotation_overdue db"]);
    expect(watched.put({ annotations: due(DAY_MS) })).to.deep.equal([]);
    expect(watched.pass(DAY_MS + 100)).to.deep.equal(["credential_rotation_overdue db"]);
  });

  it("sets no timer without deadlines, and none after the stop", () => {
    const watched = new Watched();
    watched.put({});
    expect(watched.time.pending).to.equal(0);
    watched.put(watched.expiring(DAY_MS * 60));
    expect(watched.time.pending).to.equal(1);
    watched.log.stop();
    expect(watched.time.pending).to.equal(0);
  });
});
