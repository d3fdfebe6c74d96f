import { expect } from "chai";
import type { ListResponse__Output } from "../../../../src/client/generated/podkey/v1/ListResponse.ts";
import { HeldRequests } from "../../../../src/rpc/consumer/held-requests.ts";
import { ServedConsumer } from "../../../../src/rpc/consumer/served-consumer.ts";
import { list } from "../../../../src/rpc/method/list.ts";
import { credential } from "../../../support/core/credentials.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";
import { MemoryView } from "../../../support/rpc/memory-view.ts";
import { decode } from "../../../support/rpc/messages.ts";
import { countedMetrics } from "../../../support/rpc/no-metrics.ts";

const REQUEST = {
  ...{ namespace: "", names: [], labelSelector: "", types: [], detail: undefined },
  ...{ pageSize: 1000, pageToken: "", maxAge: undefined },
};
const CALL = { getDeadline: () => Infinity, once: () => undefined };

describe("list: large pages", () => {
  it("are built in several turns, and under the policy of their end", async () => {
    const time = new ManualTime();
    const view = new MemoryView({ clock: time });
    const turns: (() => void)[] = [];
    const served = new ServedConsumer({
      ...{ view, clock: time, timers: time, metrics: countedMetrics().consumer("web") },
      ...{ defer: (task: () => void) => void turns.push(task) },
      ...{
        heldRequests: new HeldRequests().open(),
        tokenKey: Buffer.alloc(32),
        maxStaleMs: 0,
        maxStreams: 1,
      },
    });
    view.sync(Array.from({ length: 900 }, (_, at) => credential(`c${String(at)}`)));
    const answer = list(served, REQUEST, CALL);
    expect(answer).to.be.instanceOf(Promise);
    turns.shift()?.();
    view.reload({ rules: [{ names: ["c7", "c8"] }] });
    for (let task = turns.shift(); task !== undefined; task = turns.shift()) task();
    const bytes = Buffer.concat(await answer);
    const { credentials } = decode("podkey.v1.ListResponse", bytes) as ListResponse__Output;
    expect(credentials.map(({ name }) => name)).to.deep.equal(["c7", "c8"]);
    served.close();
  });
});
