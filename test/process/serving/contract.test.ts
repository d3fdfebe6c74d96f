/**
 * The RPC contract by the bundle that ships, over both transports, quiet and while its API server tells a thousand
 * changes a second. (Over a folder of manifests: ../rpc/contract.test.ts; in process: ../../contract/rpc.test.ts.)
 */
import { describeRpcContract } from "../../contract/rpc.contract.ts";
import { bundleEndpoint } from "./bundle-endpoint.ts";

// Quiet over a Unix socket is what ../rpc/contract.test.ts runs.
for (const [transport, changesPerSecond] of [
  ["tcp", 0],
  ["unix", 1000],
  ["tcp", 1000],
] as const)
  describeRpcContract(
    `by the bundle over ${transport}, while ${String(changesPerSecond)} changes a second pass`,
    () => bundleEndpoint({ transport, changesPerSecond }),
  );
