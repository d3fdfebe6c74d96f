// Log lines of changed credentials.
import { expect } from "chai";
import { ChangeLog } from "../../../../src/app/status/change-log.ts";
import { applyEvent } from "../../../../src/core/snapshot/apply-event.ts";
import { EMPTY_SNAPSHOT } from "../../../../src/core/snapshot/snapshot.ts";
import type { SyncEvent } from "../../../../src/core/snapshot/sync-event.ts";
import type { EventFields } from "../../../../src/log/events.ts";
import type { CredentialFields } from "../../../support/core/credentials.ts";
import { credential, put, remove } from "../../../support/core/credentials.ts";

const LIMITS = { maxCredentials: 100, maxBytes: 1e9 };

class Watched {
  readonly #lines: EventFields[] = [];
  readonly #log = new ChangeLog({
    log: (_event, fields = {}) => void this.#lines.push(fields),
    views: () => [],
  });
  #snapshot = EMPTY_SNAPSHOT;
  #version = 1;

  apply(event: SyncEvent): readonly EventFields[] {
    const from = this.#lines.length;
    const { snapshot, changedKeys } = applyEvent(this.#snapshot, event, LIMITS);
    this.#snapshot = snapshot;
    this.#log.update(snapshot, changedKeys);
    return this.#lines.slice(from).map((fields) => JSON.parse(JSON.stringify(fields)) as EventFields);
  }

  put(name: string, fields: CredentialFields): readonly EventFields[] {
    this.#version += 1;
    return this.apply(put(credential(name, { ...fields, resourceVersion: String(this.#version) })));
  }
}

describe("log line: credential_changed", () => {
  it("is not written for the first sync", () => {
    expect(new Watched().put("db", {})).to.deep.equal([]);
  });

  it("has the keys that were added, changed and removed", () => {
    const watched = new Watched();
    watched.put("db", { data: { user: "a", password: "b", old: "c" } });
    expect(watched.put("db", { data: { user: "a", password: "hunter2", host: "d" } })).to.deep.equal([
      {
        namespace: "shop",
        name: "db",
        change: "changed",
        keysAdded: "host",
        keysChanged: "password",
        keysRemoved: "old",
      },
    ]);
  });

  it("is written for a new credential, a removed one, and one with other labels", () => {
    const watched = new Watched();
    watched.put("first", {});
    const subject = { namespace: "shop", name: "db" };
    expect(watched.put("db", {})).to.deep.equal([{ ...subject, change: "added", keysAdded: "password" }]);
    expect(watched.put("db", { labels: { app: "web" } })).to.deep.equal([{ ...subject, change: "changed" }]);
    expect(watched.apply(remove("db", "99"))).to.deep.equal([
      { ...subject, change: "removed", keysRemoved: "password" },
    ]);
  });

  it("is not written for a new version with the same content", () => {
    const watched = new Watched();
    watched.put("db", {});
    expect(watched.put("db", {})).to.deep.equal([]);
  });

  it("has at most 1 KB of key names, with their true length", () => {
    const watched = new Watched();
    watched.put("db", {});
    const data = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key-${String(index)}`, "x"]));
    const added = String(watched.put("db", { data })[0]?.["keysAdded"]);
    expect(added).to.match(/^key-0,.*… \(\d{4} bytes\)$/);
    expect(added.length).to.be.lessThan(1050);
  });
});
