/** gRPC codes as go-grpc-prometheus writes them in `grpc_code`. */
import type { Code } from "../../core/errors.ts";
import type { CamelCode } from "../rpc-metrics.ts";

/** By the codes that podkey makes. */
export const CAMEL_CODE: Readonly<Record<Code, CamelCode>> = {
  INVALID_ARGUMENT: "InvalidArgument",
  NOT_FOUND: "NotFound",
  PERMISSION_DENIED: "PermissionDenied",
  UNAUTHENTICATED: "Unauthenticated",
  RESOURCE_EXHAUSTED: "ResourceExhausted",
  ABORTED: "Aborted",
  OUT_OF_RANGE: "OutOfRange",
  UNAVAILABLE: "Unavailable",
  INTERNAL: "Internal",
};

/** The code of a call that the client or its deadline ended. */
export function cancelCode(deadline: Date | number, wallMs: number): CamelCode {
  return Number(deadline) <= wallMs ? "DeadlineExceeded" : "Canceled";
}
