/**
 * The RPC contract against the bundle, with both transports, idle and during a thousand changes per second. With a folder of
 * manifests: test/process/rpc/contract.test.ts; in process: test/contract/rpc.test.ts.
 */
import { describeRpcContract } from "../../contract/rpc.contract.ts";
import { bundleEndpoint } from "./bundle-endpoint.ts";

// test/process/rpc/contract.test.ts runs the case of an idle source and a Unix socket.
for (const [transport, changesPerSecond] of [
  ["tcp", 0],
  ["unix", 1000],
  ["tcp", 1000],
] as const)
  describeRpcContract(
    `by the bundle over ${transport}, while ${String(changesPerSecond)} changes a second pass`,
    () => bundleEndpoint({ transport, changesPerSecond }),
  );
