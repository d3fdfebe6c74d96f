/** The API from the proto file, and a client of it: what `get.ts` and `live-credentials.ts` begin with. Copy this file. */
import { credentials, loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { ProtoGrpcType } from "./gen/credential_service.ts";
import type { CredentialServiceClient } from "./gen/podkey/v1/CredentialService.ts";

const PROTO_FOLDER = new URL("../../../proto", import.meta.url).pathname;

const definition = loadSync("podkey/v1/credential_service.proto", {
  includeDirs: [PROTO_FOLDER],
  longs: String, // 64 bits do not fit into a number
  enums: String,
  defaults: true,
  oneofs: true,
});
// `npm run generate` made the types of just this file, which loadPackageDefinition cannot know.
const { podkey } = loadPackageDefinition(definition) as unknown as ProtoGrpcType;

/**
 * A client of "unix:///run/podkey/podkey.sock" or "127.0.0.1:PORT"; nothing is connected before the first call. podkey is
 * next door, so a lost connection is tried again every second, not every two minutes; the keepalive finds a podkey that
 * hangs; and a proxy that the environment names is for other hosts.
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
