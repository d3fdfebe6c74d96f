/**
 * The RPC contract by the bundle that ships, over TCP, and over a Unix socket while its API server tells a thousand
 * changes a second. (Quiet and over a Unix socket: ../rpc/contract.test.ts; in process: ../../contract/rpc.test.ts.)
 */
import { describeRpcContract } from "../../contract/rpc.contract.ts";
import { bundleEndpoint } from "./bundle-endpoint.ts";

describeRpcContract("by the bundle, over TCP", () =>
  bundleEndpoint({ transport: "tcp", changesPerSecond: 0 }),
);
describeRpcContract("by the bundle, while 1,000 changes a second pass", () =>
  bundleEndpoint({ transport: "unix", changesPerSecond: 1000 }),
);
