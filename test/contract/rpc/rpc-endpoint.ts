/**
 * What the RPC contract needs of a podkey: a client, and a way to change the source. So the same tests run in process,
 * over every transport and against the bundled program.
 */
import type { RpcClient } from "../../support/rpc/client.ts";

/** A Secret in plain text, namespace `shop`. */
export interface PlainSecret {
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly type?: string;
}

/** A podkey that serves the namespace `shop` to one consumer without restrictions. */
export interface RpcEndpoint {
  /** A new client with its own connection; closed with the endpoint. */
  client(): RpcClient;
  /** Creates or replaces a Secret; resolves when the source has it. */
  put(secret: PlainSecret): Promise<void>;
  /** Deletes a Secret. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a synced endpoint. */
export type OpenRpcEndpoint = () => Promise<RpcEndpoint>;
