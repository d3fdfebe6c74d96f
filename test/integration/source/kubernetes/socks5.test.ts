import { expect } from "chai";
import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { requestSocks5 } from "../../../../src/source/kubernetes/transport/socks5.ts";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";

const GRANTED = [5, 0, 0, 1, 127, 0, 0, 1, 0, 80];

describe("socks5 proxy", () => {
  let server: Server | undefined;
  let client: Socket | undefined;

  afterEach(() => {
    client?.destroy();
    server?.close();
  });

  /** Negotiates with a proxy that sends these answers, one for each message; returns the messages of the client. */
  async function negotiate(
    answers: readonly (readonly number[])[],
    how: { readonly host?: string; readonly user?: string; readonly byteByByte?: boolean } = {},
  ): Promise<readonly (readonly number[])[]> {
    const messages: number[][] = [];
    server = createServer((socket) => {
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        const answer = answers[messages.length];
        messages.push([...chunk]);
        if (answer === undefined) socket.end();
        else if (how.byteByByte === true) for (const byte of answer) socket.write(Buffer.from([byte]));
        else socket.write(Buffer.from(answer));
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    client = connect(port, "127.0.0.1");
    await once(client, "connect");
    const proxy = new URL(`socks5://${how.user ?? ""}127.0.0.1:${String(port)}`);
    await requestSocks5(client, proxy, { host: how.host ?? "api.lab", port: 6443 });
    return messages;
  }

  async function failure(...args: Parameters<typeof negotiate>): Promise<SyncError> {
    const thrown = await negotiate(...args).catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(SyncError);
    return thrown as SyncError;
  }

  const ADDRESSES: readonly (readonly [host: string, bytes: readonly number[]])[] = [
    ["api.lab", [3, 7, ...Buffer.from("api.lab")]],
    ["10.0.0.1", [1, 10, 0, 0, 1]],
    ["[fd00::1:2]", [4, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2]],
  ];
  for (const [host, bytes] of ADDRESSES) {
    it(`requests a connection to ${host}`, async () => {
      const [methods, request] = await negotiate([[5, 0], GRANTED], { host });
      expect(methods).to.deep.equal([5, 1, 0]);
      expect(request).to.deep.equal([5, 1, 0, ...bytes, 0x19, 0x2b]);
    });
  }

  it("reads answers that arrive byte by byte, and leaves the bytes after them in the socket", async () => {
    await negotiate(
      [
        [5, 0],
        [5, 0, 0, 3, 2, 97, 98, 0, 80, 42],
      ],
      { byteByByte: true },
    );
    if (client?.readableLength === 0) await once(client, "readable");
    expect(client?.read()).to.deep.equal(Buffer.from([42]));
  });

  it("authenticates with the user and the password of the URL", async () => {
    const [methods, login] = await negotiate([[5, 2], [1, 0], GRANTED], { user: "me:p%40ss@" });
    expect(methods).to.deep.equal([5, 2, 0, 2]);
    expect(login).to.deep.equal([1, 2, ...Buffer.from("me"), 4, ...Buffer.from("p@ss")]);
  });

  const FAILURES: readonly (readonly [
    what: string,
    answers: readonly (readonly number[])[],
    kind: string,
    why: string,
  ])[] = [
    ["is not SOCKS5", [[72, 84]], "configuration", "does not use SOCKS5"],
    ["requires a password", [[5, 0xff]], "configuration", "requires user and password in its URL"],
    ["closes the connection", [], "configuration", "closed the connection"],
    [
      "forbids the connection",
      [
        [5, 0],
        [5, 2, 0, 1],
      ],
      "unreachable",
      "not allowed by its rules",
    ],
    [
      "cannot reach the server",
      [
        [5, 0],
        [5, 5, 0, 1],
      ],
      "unreachable",
      "connection refused",
    ],
  ];
  for (const [what, answers, kind, why] of FAILURES) {
    it(`fails with ${kind} if the proxy ${what}`, async () => {
      const error = await failure(answers);
      expect(error.kind).to.equal(kind);
      expect(error.message).to.contain("The SOCKS5 proxy 127.0.0.1:").and.to.contain(why);
    });
  }

  it("fails with configuration if the proxy refuses the password, without showing it", async () => {
    const error = await failure(
      [
        [5, 2],
        [1, 1],
      ],
      { user: "me:hunter2@" },
    );
    expect(error.message).to.contain("refused user and password").and.not.to.contain("hunter2");
  });
});
