/** The default limits when they are reached: 1,024 Watches of a consumer on five connections. */
import { expect } from "chai";
import { CONNECTION_STREAMS_LIMIT } from "../../../src/rpc/consumer/connection.ts";
import { credential } from "../../support/core/credentials.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";
import { errorFacts } from "../../support/rpc/status-details.ts";

const MAX_STREAMS = 1024;
const isSynced = ({ event }: { readonly event?: string }): boolean => event === "synced";

describe("limits: defaults", function () {
  this.timeout(15_000);

  it("refuses Watch 225 of a connection and Watch 1,025 of the consumer, and answers Gets beside them", async () => {
    const lab = await RpcLab.start();
    lab.view.sync([credential("db")]);
    const clients = Array.from({ length: 5 }, () => lab.client());
    const watches = clients.flatMap((client, at) => {
      const left = MAX_STREAMS - at * CONNECTION_STREAMS_LIMIT;
      const count = Math.min(CONNECTION_STREAMS_LIMIT, left);
      return Array.from({ length: count }, () => client.watch({ names: ["db"] }));
    });
    for (const watch of watches) await watch.until(isSynced);
    expect([watches.length, lab.metrics.openStreams()]).to.deep.equal([MAX_STREAMS, MAX_STREAMS]);
    for (const [client, per, limit] of [
      [clients[0], "connection", "224"],
      [clients[4], "consumer", "1024"],
    ] as const) {
      const status = await client?.watch({ names: ["db"] }).ended();
      expect(errorFacts(status)).to.include({ code: "RESOURCE_EXHAUSTED", reason: "TOO_MANY_STREAMS" });
      expect(errorFacts(status).metadata).to.deep.equal({ limit, per });
    }
    for (const client of clients) expect((await client.get({ name: "db" })).credential?.name).to.equal("db");
    lab.view.change([credential("db", { data: { password: "new" } })]);
    for (const watch of watches) expect((await watch.next()).event).to.equal("change");
    await lab.close();
  });
});
