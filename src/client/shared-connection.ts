/**
 * One connection for all live credentials of a process with the same podkey: an app with thirty credentials opens thirty
 * streams, not thirty sockets. Closed when its last user releases it.
 */
import { readFile } from "node:fs/promises";
import type { CredentialClient } from "./credential-client.ts";
import { openCredentialClient } from "./credential-client.ts";
import { DEFAULT_ENDPOINT } from "./endpoint.ts";

/** Address and token of a podkey; the environment has the defaults. */
export interface ConnectOptions {
  /** `unix:///path`, `unix:path` or `host:port`. Default: PODKEY_ENDPOINT, else `unix:///run/podkey/podkey.sock`. */
  readonly endpoint?: string | undefined;
  /** A file with the bearer token of a TCP listener, read at each call. Default: PODKEY_TOKEN_FILE, else none. */
  readonly tokenFile?: string | undefined;
}

/** A use of a connection. */
export interface SharedConnection {
  readonly client: CredentialClient;
  /** The last release closes the connection; a second release has no effect. */
  readonly release: () => void;
}

interface Open {
  readonly client: CredentialClient;
  users: number;
}

const OPEN = new Map<string, Open>();

/** Shares a connection, which opens at its first call. @throws BadEndpointError. */
export function shareConnection(options: ConnectOptions): SharedConnection {
  const endpoint = options.endpoint ?? nonEmpty(process.env["PODKEY_ENDPOINT"]) ?? DEFAULT_ENDPOINT;
  const tokenFile = options.tokenFile ?? nonEmpty(process.env["PODKEY_TOKEN_FILE"]);
  const key = JSON.stringify([endpoint, tokenFile]);
  const open = OPEN.get(key) ?? { client: connect(endpoint, tokenFile), users: 0 };
  OPEN.set(key, open);
  open.users++;
  let isReleased = false;
  return {
    client: open.client,
    release: () => {
      if (isReleased) return;
      isReleased = true;
      if (--open.users > 0) return;
      OPEN.delete(key);
      open.client.close();
    },
  };
}

function connect(endpoint: string, tokenFile: string | undefined): CredentialClient {
  if (tokenFile === undefined) return openCredentialClient({ endpoint });
  return openCredentialClient({ endpoint, token: async () => (await readFile(tokenFile, "utf8")).trim() });
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
