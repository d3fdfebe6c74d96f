/** gRPC codes as values of the label `grpc_code`, in the spelling of go-grpc-prometheus. */
import type { Code } from "../../core/errors/errors.ts";
import type { GrpcCode } from "./rpc-metrics.ts";

/** The label of each code that podkey sends. */
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

/** A timer for a deadline can fire this early: it rounds the monotonic clock, and deadlines use the wall clock. */
const ROUNDING_MS = 1;

/** The code of a call that was ended by its client or by its deadline. */
export function cancelledGrpcCode(deadline: Date | number, wallMs: number): GrpcCode {
  return Number(deadline) <= wallMs + ROUNDING_MS ? "DeadlineExceeded" : "Canceled";
}
