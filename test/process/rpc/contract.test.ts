/** The RPC contract against the bundled program, built first where it is stale. */
import { join } from "node:path";
import { describeRpcContract } from "../../contract/rpc.contract.ts";
import { programEndpoint } from "./program-endpoint.ts";

const PROGRAM = join(import.meta.dirname, "..", "..", "..", "tools", "podkey.js");

describeRpcContract("by the bundled program", () => programEndpoint(PROGRAM));
