import { expect } from "chai";
import { NO_MEMORY, watchEvents } from "../../../../src/cli/show/watch-events.ts";
import { watchText } from "../../../../src/cli/show/watch-lines.ts";
import type { LineOptions } from "../../../../src/cli/show/watch-lines.ts";
import type { WatchUpdate } from "../../../../src/client/index.ts";
import { RpcFailure } from "../../../../src/client/index.ts";
import { foldWatch, UNSYNCED } from "../../../../src/client/watch-fold.ts";
import {
  changeMessage,
  firstMessages,
  wireCredential,
  wireFreshness,
  wireMessage,
} from "../../../support/client/wire.ts";

type Message = Parameters<typeof foldWatch>[1];

/** The updates of a stream with these messages. */
function updatesOf(messages: readonly Message[]): readonly WatchUpdate[] {
  let state = UNSYNCED;
  return messages.flatMap((message): WatchUpdate[] => {
    const step = foldWatch(state, message);
    state = step.state;
    if (message.event === "heartbeat") return [{ kind: "heartbeat", state }];
    if (step.change === undefined) return [];
    const kind = message.event === "synced" ? "synced" : "change";
    return [{ kind, state, change: step.change, isResumed: false }];
  });
}

async function lines(
  updates: readonly WatchUpdate[],
  options: Partial<LineOptions> = {},
): Promise<readonly string[]> {
  let memory = NO_MEMORY;
  let text = "";
  for (const update of updates) {
    const step = watchEvents(memory, update, ({ failure }) => failure.message);
    memory = step.memory;
    for (const event of step.events)
      text += await watchText(event, {
        form: "table",
        showValues: false,
        nowMs: Date.UTC(2026, 0, 1),
        ...options,
      });
  }
  return text.trimEnd().split("\n");
}

const b = wireCredential("b", { revision: "2", keys: [] });
const story = [
  ...firstMessages([wireCredential("a")]),
  changeMessage([wireCredential("a", { revision: "2" }), b], ["x"]),
  changeMessage([], ["a"]),
];
const interrupted = {
  kind: "interrupted",
  failure: new RpcFailure("podkey is away", {
    code: "UNAVAILABLE",
  }),
  retryInMs: 180,
} as const;

describe("watch: lines", () => {
  it("prints one line for each event, with kubectl's words", async () => {
    expect(await lines(updatesOf(story))).to.deep.equal([
      "2026-01-01T00:00:00Z  ADDED        shop/a  Opaque, 1 key, 6 B, revision 1",
      "2026-01-01T00:00:00Z  SYNCED       1 credential, revision 1, fresh, as of 2s ago",
      "2026-01-01T00:00:00Z  MODIFIED     shop/a  Opaque, 1 key, 6 B, revision 2",
      "2026-01-01T00:00:00Z  ADDED        shop/b  Opaque, 0 keys, 0 B, revision 2",
      "2026-01-01T00:00:00Z  DELETED      shop/a",
    ]);
  });

  it("prints one JSON document a line, in the shape of a Kubernetes watch event, without values", async () => {
    const parsed = (await lines(updatesOf(story), { form: "json" })).map(
      (line) => JSON.parse(line) as object,
    );
    expect(parsed.map((line) => ("type" in line ? line.type : ""))).to.deep.equal([
      "ADDED",
      "SYNCED",
      "MODIFIED",
      "ADDED",
      "DELETED",
    ]);
    expect(parsed[4])
      .to.have.nested.property("object.metadata")
      .that.deep.equals({ namespace: "shop", name: "a", uid: "uid-a" });
    expect(JSON.stringify(parsed)).not.to.match(/canary|Y2FuYXJ5/);
  });

  it("prints values in JSON with --show-values, but never those of a removed credential", async () => {
    const gone = updatesOf([...firstMessages([wireCredential("a")]), ...firstMessages([])]);
    const all = await lines(gone, { form: "json", showValues: true });
    expect(all[0]).to.contain("Y2FuYXJ5");
    expect(all[2])
      .to.match(/DELETED/)
      .and.not.to.match(/Y2FuYXJ5|canary|"data"/);
  });

  it("separates YAML documents, and prints names with -o name", async () => {
    expect((await lines(updatesOf(story), { form: "yaml" })).filter((line) => line === "---")).to.have.length(
      5,
    );
    expect(await lines(updatesOf(story), { form: "name" })).to.deep.equal([
      "shop/a",
      "shop/a",
      "shop/b",
      "shop/a",
    ]);
  });

  it("prints an interruption once, even if several attempts fail the same way", async () => {
    const printed = await lines([interrupted, interrupted, ...updatesOf(firstMessages([])), interrupted]);
    expect(printed.map((line) => line.slice(22))).to.deep.equal([
      "INTERRUPTED  podkey is away; retrying in 200ms",
      "SYNCED       0 credentials, revision 1, fresh, as of 2s ago",
      "INTERRUPTED  podkey is away; retrying in 200ms",
    ]);
  });

  it("prints when fresh becomes stale and back, and ignores other heartbeats", async () => {
    const heartbeat = (freshness: ReturnType<typeof wireFreshness>): Message =>
      wireMessage({ event: "heartbeat", heartbeat: {}, freshness });
    const stale = wireFreshness({ state: "STATE_STALE", reason: "SILENT" });
    const beats = [wireFreshness(), stale, stale, wireFreshness()].map(heartbeat);
    const printed = (await lines(updatesOf([...firstMessages([]), ...beats]))).slice(1);
    expect(printed.map((line) => line.slice(22))).to.deep.equal([
      "FRESHNESS    STALE, as of 2s ago: the source sends nothing (SILENT)",
      "FRESHNESS    fresh, as of 2s ago",
    ]);
  });
});
