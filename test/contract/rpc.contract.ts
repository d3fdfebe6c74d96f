/**
 * The RPC contract: the tests of the files in contract/rpc/ run against each endpoint that is passed in. One endpoint
 * serves all tests of a run, so each test uses its own names.
 */
import { describeHealth } from "./rpc/health.ts";
import { describeReads } from "./rpc/reads.ts";
import { describeRefusals } from "./rpc/refusals.ts";
import type { OpenRpcEndpoint, RpcEndpoint } from "./rpc/rpc-endpoint.ts";
import { describeWatches } from "./rpc/watches.ts";

/** Registers the suite for one kind of endpoint. */
export function describeRpcContract(name: string, open: OpenRpcEndpoint): void {
  describe(`rpc contract: ${name}`, function () {
    // A bundled program may have to be built first.
    this.timeout(30_000);
    let endpoint: RpcEndpoint | undefined;
    const current = (): RpcEndpoint => {
      if (endpoint === undefined) throw new Error("the endpoint is not open");
      return endpoint;
    };
    before(async () => {
      endpoint = await open();
    });
    after(async () => {
      await endpoint?.close();
    });
    describeReads(current);
    describeWatches(current);
    describeRefusals(current);
    describeHealth(current);
  });
}
