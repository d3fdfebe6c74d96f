import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import type { LiveView, Screen } from "../../../../src/cli/show/live-view.ts";
import { drawLiveView, EMPTY_VIEW, viewAfter } from "../../../../src/cli/show/live-view.ts";
import { paintFor, plain } from "../../../../src/cli/output/paint.ts";
import type { WatchEvent } from "../../../../src/cli/show/watch-events.ts";
import type { WatchState } from "../../../../src/client/index.ts";
import { UNSYNCED, watchKey } from "../../../../src/client/watch-fold.ts";
import { wireCredential, wireFreshness } from "../../../support/client/wire.ts";

const NOW_MS = Date.UTC(2026, 0, 1);

function stateOf(...names: readonly string[]): WatchState {
  const credentials = new Map(names.map((name) => wireCredential(name)).map((one) => [watchKey(one), one]));
  return {
    ...UNSYNCED,
    credentials,
    isSynced: true,
    revision: { epoch: "e", number: "7" },
    freshness: wireFreshness(),
  };
}

function draw(view: LiveView, screen: Partial<Screen> = {}): readonly string[] {
  return drawLiveView(view, { nowMs: NOW_MS, paint: plain, rows: 24, columns: 100, ...screen }).split("\n");
}

const synced = viewAfter(
  EMPTY_VIEW,
  [{ kind: "SYNCED", state: stateOf("a", "b") }],
  stateOf("a", "b"),
  NOW_MS,
);
const added: WatchEvent = { kind: "ADDED", credential: wireCredential("c") };
const deleted: WatchEvent = { kind: "DELETED", removed: { namespace: "shop", name: "a", uid: "" } };
const changed = viewAfter(synced, [deleted, added], stateOf("b", "c"), NOW_MS);

describe("watch: live view", () => {
  it("shows that the first sync is pending", () => {
    expect(draw(EMPTY_VIEW)).to.deep.equal(["waiting for podkey's first sync", "watching; Ctrl-C ends"]);
  });

  it("marks nothing in the first state", () => {
    const [header, ...rows] = draw(synced);
    expect(header).to.match(/^ +NAMESPACE +NAME/);
    expect(rows.slice(0, 2).every((row) => row.startsWith("    shop"))).to.equal(true);
    expect(rows.slice(2)).to.deep.equal([
      "2 credentials, revision 7, fresh, as of 2s ago",
      "watching; Ctrl-C ends",
    ]);
  });

  it("marks added, changed and removed credentials for ten seconds", () => {
    const signs = (lines: readonly string[]): readonly string[] =>
      lines.slice(1, -2).map((line) => line.slice(0, 4) + line.slice(16, 18).trim());
    expect(signs(draw(changed))).to.deep.equal(["-   a", "    b", "+   c"]);
    expect(signs(draw(changed, { nowMs: NOW_MS + 10_000 }))).to.deep.equal(["    b", "    c"]);
  });

  it("increases the age without new messages", () => {
    expect(draw(synced, { nowMs: NOW_MS + 7000 })).to.include(
      "2 credentials, revision 7, fresh, as of 9s ago",
    );
  });

  it("shows no freshness without a connection", () => {
    const cut = viewAfter(
      synced,
      [{ kind: "INTERRUPTED", message: "it is away", retryInMs: 200 }],
      undefined,
      NOW_MS,
    );
    const lines = draw(cut, { nowMs: NOW_MS + 5000 });
    expect(lines.slice(-2)).to.deep.equal([
      "2 credentials, revision 7, received 5s ago",
      "not connected: it is away; retrying",
    ]);
    expect(viewAfter(cut, [], stateOf("a"), NOW_MS).trouble).to.equal(undefined);
  });

  it("leaves out columns on a narrow terminal", () => {
    for (const columns of [40, 60, 80]) {
      const widest = Math.max(
        ...draw(synced, { columns })
          .slice(0, 3)
          .map((line) => line.length),
      );
      expect(widest).to.be.at.most(columns);
    }
    expect(draw(synced, { columns: 40 })[0]).to.match(/NAME .*EXPIRES$/);
  });

  it("shows recent changes first if not all rows fit", () => {
    const names = Array.from({ length: 50 }, (_, index) => `n${String(index).padStart(2, "0")}`);
    const many = viewAfter(EMPTY_VIEW, [], stateOf(...names), NOW_MS);
    const event: WatchEvent = { kind: "MODIFIED", credential: wireCredential("n49") };
    const lines = draw(viewAfter(many, [event], stateOf(...names), NOW_MS), { rows: 15 });
    expect(lines).to.have.length.at.most(14);
    expect(lines.find((line) => line.includes("n49"))).to.match(/^~/);
    expect(lines).to.include("and 40 more; see them with `podkey list`");
  });

  it("has the same text with and without colour", () => {
    const paint = paintFor({ isTTY: true, env: {} });
    const coloured = drawLiveView(changed, { nowMs: NOW_MS, paint, rows: 24, columns: 100 });
    expect(coloured).to.contain("\u001b[");
    expect(stripVTControlCharacters(coloured)).to.equal(draw(changed).join("\n"));
  });
});

describe("output: colour", () => {
  it("is off for pipes, NO_COLOR and dumb terminals", () => {
    for (const deps of [
      { isTTY: false, env: {} },
      { isTTY: true, env: { NO_COLOR: "1" } },
      { isTTY: true, env: { TERM: "dumb" } },
    ])
      expect(paintFor(deps)("bad", "x")).to.equal("x");
  });
});
