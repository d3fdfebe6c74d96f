/** The RPC contract in process, over both transports, and while the source never rests. */
import { inProcess } from "./rpc/in-process.ts";
import { describeRpcContract } from "./rpc.contract.ts";

for (const transport of ["unix", "tcp"] as const)
  for (const changesPerSecond of [0, 1000])
    describeRpcContract(
      `in process over ${transport}, while ${String(changesPerSecond)} changes a second pass`,
      () => inProcess({ transport, changesPerSecond }),
    );
