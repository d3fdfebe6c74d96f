/**
 * The target that each client gets, and the `:authority` that it then sends: the table of docs/clients.md, checked by
 * authority.test.ts. SOCKET is the absolute path of the socket, SOCKET_ENCODED the same percent-encoded and without its first
 * slash, PORT a port on 127.0.0.1.
 */

/** One row. */
export interface AddressForm {
  /** The language of the example, or the tool. */
  readonly client: string;
  readonly transport: "unix" | "tcp";
  /** The target; for a tool the complete command. */
  readonly target: string;
  readonly authority: string;
  /** The one line without which it does not work; undefined: it works unchanged. */
  readonly needs?: string;
}

/** The call that the tools make. */
const GET = "podkey.v1.CredentialService/Get";
const REQUEST = `-d '{"name":"db-main"}'`;
const PROTO = "--proto podkey/v1/credential_service.proto --import-paths proto";

/** The targets that the examples pass to their libraries. */
export const LANGUAGE_FORMS: readonly AddressForm[] = [
  { client: "Go", transport: "unix", target: "unix://SOCKET", authority: "localhost" },
  { client: "Go", transport: "tcp", target: "127.0.0.1:PORT", authority: "127.0.0.1:PORT" },
  { client: "Node", transport: "unix", target: "unix://SOCKET", authority: "localhost" },
  { client: "Node", transport: "tcp", target: "127.0.0.1:PORT", authority: "127.0.0.1:PORT" },
  { client: "TypeScript", transport: "unix", target: "unix://SOCKET", authority: "localhost" },
  { client: "TypeScript", transport: "tcp", target: "127.0.0.1:PORT", authority: "127.0.0.1:PORT" },
  { client: "Python", transport: "unix", target: "unix://SOCKET", authority: "SOCKET_ENCODED" },
  { client: "Python", transport: "tcp", target: "127.0.0.1:PORT", authority: "127.0.0.1:PORT" },
  {
    client: "Java",
    transport: "unix",
    target: "unix://SOCKET",
    authority: "localhost",
    needs: 'overrideAuthority("localhost")',
  },
  { client: "Java", transport: "tcp", target: "127.0.0.1:PORT", authority: "localhost" },
  { client: "Rust", transport: "unix", target: "unix://SOCKET", authority: "tonic" },
  { client: "Rust", transport: "tcp", target: "http://127.0.0.1:PORT", authority: "127.0.0.1:PORT" },
  { client: "C++", transport: "unix", target: "unix://SOCKET", authority: "localhost" },
  { client: "C++", transport: "tcp", target: "127.0.0.1:PORT", authority: "127.0.0.1:PORT" },
];

/** Commands that a person types. */
export const TOOL_FORMS: readonly AddressForm[] = [
  {
    client: "grpcurl",
    transport: "unix",
    target: `grpcurl -plaintext ${REQUEST} unix://SOCKET ${GET}`,
    authority: "localhost",
  },
  {
    client: "grpcurl",
    transport: "tcp",
    target: `grpcurl -plaintext ${REQUEST} 127.0.0.1:PORT ${GET}`,
    authority: "127.0.0.1:PORT",
  },
  {
    client: "ghz",
    transport: "unix",
    target: `ghz --insecure ${PROTO} --call ${GET} ${REQUEST} -n 200 unix://SOCKET`,
    authority: "localhost",
  },
  {
    client: "ghz",
    transport: "tcp",
    target: `ghz --insecure ${PROTO} --call ${GET} ${REQUEST} -n 200 127.0.0.1:PORT`,
    authority: "127.0.0.1:PORT",
  },
  {
    client: "buf curl",
    transport: "unix",
    target: `buf curl --protocol grpc --http2-prior-knowledge --unix-socket SOCKET ${REQUEST} http://localhost/${GET}`,
    authority: "localhost",
  },
  {
    client: "buf curl",
    transport: "tcp",
    target: `buf curl --protocol grpc --http2-prior-knowledge ${REQUEST} http://127.0.0.1:PORT/${GET}`,
    authority: "127.0.0.1:PORT",
  },
];
