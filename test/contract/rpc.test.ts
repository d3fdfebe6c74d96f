/** The RPC contract in process: over both transports, with and without a constantly changing source. */
import { inProcess } from "./rpc/in-process.ts";
import { describeRpcContract } from "./rpc.contract.ts";

for (const transport of ["unix", "tcp"] as const)
  for (const changesPerSecond of [0, 1000])
    describeRpcContract(
      `in process over ${transport}, with ${String(changesPerSecond)} changes a second`,
      () => inProcess({ transport, changesPerSecond }),
    );
