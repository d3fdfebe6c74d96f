/** Loads the API from the proto file and opens a client; `get.ts` and `live-credentials.ts` use it. Copy this file. */
import { credentials, loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { ProtoGrpcType } from "./gen/credential_service.ts";
import type { CredentialServiceClient } from "./gen/podkey/v1/CredentialService.ts";

const PROTO_FOLDER = new URL("../../../proto", import.meta.url).pathname;

const definition = loadSync("podkey/v1/credential_service.proto", {
  includeDirs: [PROTO_FOLDER],
  longs: String, // a number cannot hold 64 bits
  enums: String,
  defaults: true,
  oneofs: true,
});
// `npm run generate` made the types of this proto file; loadPackageDefinition does not have them.
const { podkey } = loadPackageDefinition(definition) as unknown as ProtoGrpcType;

/**
 * A client of "unix:///run/podkey/podkey.sock" or "127.0.0.1:PORT". The first call connects. podkey is local, so a lost
 * connection is retried every second instead of every two minutes. The keepalive detects a podkey that hangs. A proxy from
 * the environment is for other hosts.
 */
export function openClient(endpoint: string): CredentialServiceClient {
  return new podkey.v1.CredentialService(endpoint, credentials.createInsecure(), {
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 10_000,
    "grpc.keepalive_permit_without_calls": 1,
    "grpc.enable_http_proxy": 0,
  });
}
