/**
 * What the RPC contract suite needs of a podkey, so that the same tests run in process, over every transport and against
 * the bundled program: a client, and a way to change what the source holds.
 */
import type { RpcClient } from "../../support/rpc/client.ts";

/** A Secret in plain text, namespace `shop`. */
export interface PlainSecret {
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly type?: string;
}

/** A podkey that serves the namespace `shop` to one consumer that may read everything. */
export interface RpcEndpoint {
  /** A new client with its own connection; closed with the endpoint. */
  client(): RpcClient;
  /** Creates or replaces a Secret; resolves when that is on its way to the clients. */
  put(secret: PlainSecret): Promise<void>;
  /** Deletes a Secret. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a synced endpoint. */
export type OpenRpcEndpoint = () => Promise<RpcEndpoint>;
