/** The RPC contract in process, over both transports, and while the source never rests. */
import { inProcess } from "./rpc/in-process.ts";
import { describeRpcContract } from "./rpc.contract.ts";

describeRpcContract("over a Unix socket", () => inProcess({ transport: "unix", changesPerSecond: 0 }));
describeRpcContract("over TCP", () => inProcess({ transport: "tcp", changesPerSecond: 0 }));
describeRpcContract("while 1,000 changes a second pass", () =>
  inProcess({ transport: "unix", changesPerSecond: 1000 }),
);
