/**
 * The application of the e2e tier, bundled into an image: a plain gRPC client that prints what it receives as lines of
 * JSON. The values that it prints are made up by the tests.
 */
import { credentials, loadPackageDefinition } from "@grpc/grpc-js";
import type { ClientReadableStream, ServiceClientConstructor, ServiceError } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import { readFileSync } from "node:fs";

interface Item {
  readonly data: Readonly<Record<string, Buffer>>;
}

interface WatchMessage {
  readonly item?: Item | null;
  readonly synced?: object | null;
  readonly change?: { readonly changed?: readonly Item[] } | null;
  readonly resumeToken?: string;
}

type Unary = (
  request: object,
  options: { readonly deadline: number },
  answer: (error: ServiceError | null, response?: { readonly credential: Item }) => void,
) => void;

const NAME = process.env["APP_NAME"] ?? "db";
const KEY = process.env["APP_KEY"] ?? "password";
/** No retries: a failed Get is a finding. */
const GET_LIMIT_MS = 1_000;
const READ_EVERY_MS = 500;
const RECONNECT_MS = 200;
/** How long the app continues after SIGTERM, before its last read. */
const LINGER_MS = Number(process.env["APP_LINGER_MS"] ?? "0");

function print(event: string, fields: object = {}): void {
  process.stdout.write(`${JSON.stringify({ atMs: Date.now(), event, ...fields })}\n`);
}

print("start", { uid: process.getuid?.() });
const address = (process.env["PODKEY_ENDPOINT"] ?? "unix:///run/podkey/podkey.sock").replace(
  "unix://",
  "unix:",
);
const json = JSON.parse(readFileSync("/app/descriptors.json", "utf8")) as Parameters<typeof fromJSON>[0];
const definition = fromJSON(json, { oneofs: true });
const loaded = loadPackageDefinition(definition) as unknown as {
  readonly podkey: { readonly v1: { readonly CredentialService: ServiceClientConstructor } };
};
const client = new loaded.podkey.v1.CredentialService(address, credentials.createInsecure());
/** Where the Watch resumes after a lost connection. */
let resumeToken = "";

function read(event: string): Promise<void> {
  const get = (client as unknown as { readonly get: Unary }).get.bind(client);
  return new Promise((resolve) => {
    get({ name: NAME }, { deadline: Date.now() + GET_LIMIT_MS }, (error, response) => {
      if (error === null) print(event, { value: response?.credential.data[KEY]?.toString("utf8") });
      else print(`${event}_failed`, { code: error.code, details: error.details });
      resolve();
    });
  });
}

function follow(): void {
  const watch = (
    client as unknown as { readonly watch: (request: object) => ClientReadableStream<WatchMessage> }
  ).watch.bind(client);
  const stream = watch({ names: [NAME], resumeToken });
  stream.on("data", (message: WatchMessage) => {
    const newest = message.item ?? message.change?.changed?.at(-1);
    if (newest) print("changed", { value: newest.data[KEY]?.toString("utf8") });
    if (message.synced) print("synced");
    resumeToken = message.resumeToken || resumeToken;
  });
  stream.on("error", (error: ServiceError) => {
    print("stream_ended", { code: error.code, details: error.details });
    setTimeout(follow, RECONNECT_MS);
  });
}

process.on("SIGTERM", () => {
  print("sigterm");
  setTimeout(() => {
    void read("last_read").then(() => process.exit(0));
  }, LINGER_MS);
});

await read("first_read");
if (process.argv.includes("once")) process.exit(0);
follow();
setInterval(() => void read("read"), READ_EVERY_MS);
