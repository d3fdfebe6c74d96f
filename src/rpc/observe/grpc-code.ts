/** gRPC codes as go-grpc-prometheus writes them in `grpc_code`. */
import type { Code } from "../../core/errors/errors.ts";
import type { GrpcCode } from "./rpc-metrics.ts";

/** By the codes that podkey makes. */
export const GRPC_CODE: Readonly<Record<Code, GrpcCode>> = {
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

/** Timers round the monotonic clock, deadlines are of the wall clock: one set for a deadline may fire this much early. */
const ROUNDING_MS = 1;

/** The code of a call that the client or its deadline ended. */
export function cancelledGrpcCode(deadline: Date | number, wallMs: number): GrpcCode {
  return Number(deadline) <= wallMs + ROUNDING_MS ? "DeadlineExceeded" : "Canceled";
}
