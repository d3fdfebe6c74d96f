/**
 * The API in the form of grpc-js, loaded once from the JSON that `npm run generate` makes from proto/. The JSON is part of
 * the program, so that the client reads no file at run time and can be bundled.
 */
import { loadPackageDefinition } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import json from "./generated/descriptors.json" with { type: "json" };
import type { ProtoGrpcType as DetailTypes } from "./generated/error_details.ts";
import type { ProtoGrpcType as ServiceTypes } from "./generated/credential_service.ts";
import type { ProtoGrpcType as StatusTypes } from "./generated/status.ts";

/** 64-bit numbers as strings (no loss), enums by name, unset fields with their defaults. */
const OPTIONS = { longs: String, enums: String, defaults: true, oneofs: true };

type Descriptors = ServiceTypes & DetailTypes & StatusTypes;

let loaded: Descriptors | undefined;

/** The packages `podkey.v1` and `google.rpc`. */
export function descriptors(): Descriptors {
  // loadPackageDefinition cannot infer that the generated types describe this JSON.
  loaded ??= loadPackageDefinition(
    fromJSON(json as Parameters<typeof fromJSON>[0], OPTIONS),
  ) as unknown as Descriptors;
  return loaded;
}
