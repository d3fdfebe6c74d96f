/** Listeners on real sockets: taking a path, rights, identity, tokens, limits. */
import { expect } from "chai";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { ListenError } from "../../../src/rpc/listen/listen-error.ts";
import type { Endpoint } from "../../../src/rpc/server.ts";
import { credential } from "../../support/core/credentials.ts";
import { ManualTime } from "../../support/core/manual-time.ts";
import { MemoryView } from "../../support/rpc/memory-view.ts";
import { REAL_TIME, RpcLab } from "../../support/rpc/rpc-lab.ts";
import { failure } from "../../support/rpc/status-details.ts";

describe("a Unix socket listener", () => {
  let lab: RpcLab | undefined;
  afterEach(async () => {
    await lab?.close();
    lab = undefined;
  });

  const unix = (
    path: string,
    facts: Partial<Endpoint> = {},
  ): ((view: { readonly view: MemoryView }) => Endpoint[]) => {
    return ({ view }) => [{ consumer: view, listen: { kind: "unix", path }, socketMode: 0o660, ...facts }];
  };

  async function startError(path: string): Promise<ListenError> {
    lab = new RpcLab({ endpoints: unix(path) });
    try {
      await lab.server.start();
    } catch (error) {
      if (error instanceof ListenError) return error;
      throw error;
    }
    throw new Error("it listens");
  }

  it("gives the file its mode, and leaves nothing else in the folder", async () => {
    lab = await RpcLab.start({
      endpoints: ({ view, folder }) => unix(join(folder, "s.sock"), { socketMode: 0o606 })({ view }),
    });
    expect(lstatSync(join(lab.folder, "s.sock")).mode & 0o777).to.equal(0o606);
    expect(readdirSync(lab.folder)).to.deep.equal(["s.sock"]);
  });

  it("removes its file when it stops, but not a file that another process put there", async () => {
    lab = await RpcLab.start();
    const other = createServer().listen(join(lab.folder, "other"));
    await once(other, "listening");
    renameSync(join(lab.folder, "other"), lab.socket);
    await lab.server.stop(0);
    expect(existsSync(lab.socket)).to.equal(true);
    other.close();
  });

  it("leaves a path that a live process answers on alone", async () => {
    const owner = await RpcLab.start();
    const error = await startError(owner.socket);
    expect(error.kind).to.equal("unavailable");
    expect(error.message).to.include(owner.socket).and.include("in use");
    owner.view.sync([credential("db")]);
    expect((await owner.client().get({ name: "db" })).credential?.name).to.equal("db");
    await owner.close();
  });

  it("replaces the socket of a process that was killed", async () => {
    const first = new RpcLab();
    const child = spawn(process.execPath, [
      "-e",
      `require("net").createServer().listen(process.argv[1], () => console.log("up"))`,
      first.socket,
    ]);
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(existsSync(first.socket)).to.equal(true);
    await first.server.start();
    first.view.sync([credential("db")]);
    expect((await first.client().get({ name: "db" })).credential?.name).to.equal("db");
    expect(first.logged.map(({ event }) => event)).to.include("rpc_stale_socket");
    await first.close();
  });

  it("does not touch a file that is not a socket", async () => {
    const folder = new RpcLab();
    writeFileSync(folder.socket, "precious");
    const error = await startError(folder.socket);
    expect(error.message).to.include("is not a socket");
    expect(lstatSync(folder.socket).isFile()).to.equal(true);
    await folder.close();
  });

  it("refuses a path of 108 bytes and takes one of 107", async () => {
    const base = new RpcLab();
    const long = (sizeBytes: number): string =>
      join(base.folder, "x".repeat(sizeBytes - base.folder.length - 1));
    const error = await startError(long(108));
    expect([error.kind, error.message]).to.satisfy(
      ([kind, text]: string[]) => kind === "invalid" && text?.includes("108 bytes"),
    );
    await lab?.close();
    lab = await RpcLab.start({ endpoints: unix(long(107)) });
    expect(existsSync(long(107))).to.equal(true);
    await base.close();
  });

  it("says in one sentence that the folder is missing", async () => {
    const error = await startError("/nonexistent-podkey/podkey.sock");
    expect(error).to.include({ kind: "unavailable" });
    expect(error.message).to.match(/^The folder \/nonexistent-podkey .* create it\.$/);
  });

  it("closes connections over the limit, and counts them", async () => {
    lab = await RpcLab.start({ limits: { maxConnections: 1 } });
    const first = connect(lab.socket);
    await once(first, "connect");
    const second = connect(lab.socket);
    second.on("error", () => undefined);
    await once(second, "close");
    expect(lab.metrics.lines).to.include("rejected connections");
    first.destroy();
  });

  it("serves a client that the kernel says is the peer, and refuses another one's calls", async () => {
    const uid = process.getuid?.() ?? 0;
    lab = new RpcLab({
      endpoints: ({ view, folder }) => [
        {
          consumer: view,
          listen: { kind: "unix", path: join(folder, "ours") },
          socketMode: 0o600,
          peer: { uid, gid: undefined },
        },
        {
          consumer: view,
          listen: { kind: "unix", path: join(folder, "theirs") },
          socketMode: 0o600,
          peer: { uid: uid + 1, gid: undefined },
        },
      ],
    });
    await lab.server.start();
    lab.view.sync([credential("db")]);
    const ours = lab.client(`unix:${join(lab.folder, "ours")}`);
    const theirs = lab.client(`unix:${join(lab.folder, "theirs")}`);
    expect((await ours.get({ name: "db" })).credential?.name).to.equal("db");
    expect(lab.audited[0]?.peer).to.match(new RegExp(`uid=${String(uid)} gid=\\d+$`));
    expect(await failure(theirs.get({ name: "db" }))).to.include({
      code: "PERMISSION_DENIED",
      reason: "PEER_DENIED",
    });
    expect(lab.logged.map(({ event }) => event)).to.include("rpc_peer_denied");
  });

  it("tells two consumers apart by their sockets alone", async () => {
    const second = new MemoryView({ clock: REAL_TIME, consumer: "second" });
    lab = await RpcLab.start({
      endpoints: ({ view, folder }) => {
        mkdirSync(join(folder, "b"));
        return [
          ...unix(join(folder, "a.sock"))({ view }),
          ...unix(join(folder, "b", "b.sock"))({ view: second }),
        ];
      },
    });
    lab.view.sync([credential("first")]);
    second.sync([credential("second")]);
    const a = await lab.client(`unix:${join(lab.folder, "a.sock")}`).list({});
    const b = await lab.client(`unix:${join(lab.folder, "b", "b.sock")}`).list({});
    expect([a, b].map(({ credentials }) => credentials.map(({ name }) => name))).to.deep.equal([
      ["first"],
      ["second"],
    ]);
    expect(a.revision?.epoch).to.not.equal(b.revision?.epoch);
  });

  it("is added and removed while the server runs, ending only its own streams", async () => {
    lab = await RpcLab.start();
    lab.view.sync([credential("db")]);
    const other = new MemoryView({ clock: REAL_TIME, consumer: "late" }).sync([credential("late")]);
    const path = join(lab.folder, "late.sock");
    const listen = { kind: "unix", path } as const;
    await lab.server.add({ consumer: other, listen, socketMode: 0o660 });
    const stays = lab.client().watch({});
    const goes = lab.client(`unix:${path}`).watch({});
    await stays.until(({ event }) => event === "synced");
    await goes.until(({ event }) => event === "synced");
    await lab.server.remove(other, listen);
    expect(await goes.ended()).to.include({ code: 14 });
    expect(existsSync(path)).to.equal(false);
    lab.view.change([credential("db", { data: { password: "new" } })]);
    expect((await stays.next()).event).to.equal("change");
  });
});

describe("a TCP listener", () => {
  const time = new ManualTime();
  let lab: RpcLab;
  let address = "";

  before(async () => {
    lab = new RpcLab({
      time,
      endpoints: ({ view, folder }) => {
        writeFileSync(join(folder, "token"), "first\n");
        return [
          {
            consumer: view,
            listen: { kind: "tcp", host: "127.0.0.1", port: 0 },
            socketMode: 0,
            tokenFile: join(folder, "token"),
          },
        ];
      },
    });
    await lab.server.start();
    lab.view.sync([credential("db")]);
    const bound = lab.server.listeners()[0]?.address;
    address = bound?.kind === "tcp" ? `127.0.0.1:${String(bound.port)}` : "";
  });
  after(() => lab.close());

  const get = (authorization?: string): Promise<unknown> =>
    lab
      .client(address)
      .get({ name: "db" }, authorization === undefined ? {} : { metadata: { authorization } });

  it("wants the token of its file", async () => {
    await get("Bearer first");
    for (const wrong of [undefined, "Bearer second", "Bearer ", "first", "Basic first"])
      expect(await failure(get(wrong)), String(wrong)).to.include({
        code: "UNAUTHENTICATED",
        reason: "BAD_TOKEN",
      });
  });

  it("wants it for health and Watch too", async () => {
    const client = lab.client(address);
    const status = await client.watch({}).ended();
    expect(status).to.include({ code: 16 });
    const check = new Promise((_resolve, reject) => {
      client.health.Check({}, (error) => reject(error ?? new Error("answered")));
    });
    expect(await failure(check)).to.include({ reason: "BAD_TOKEN" });
  });

  it("reads the file again when it changes, and admits nobody while it is empty", async () => {
    const file = join(lab.folder, "token");
    const write = (token: string, atSeconds: number): void => {
      writeFileSync(file, token);
      utimesSync(file, atSeconds, atSeconds);
      time.advance(1001);
    };
    write("second", 2000);
    await get("Bearer second");
    expect(await failure(get("Bearer first"))).to.include({ reason: "BAD_TOKEN" });
    write("", 3000);
    expect(await failure(get("Bearer second"))).to.include({ reason: "BAD_TOKEN" });
    expect(lab.logged.map(({ event }) => event)).to.include("rpc_token_unreadable");
    chmodSync(file, 0o600);
    write("first", 4000);
    await get("Bearer first");
  });

  it("refuses an authority that is not a loopback name", async () => {
    const { openClient } = await import("../../support/rpc/client.ts");
    const client = openClient(address, { "grpc.default_authority": "rebound.example" });
    const error = await failure(client.get({ name: "db" }, { metadata: { authorization: "Bearer first" } }));
    expect(error).to.include({ code: "PERMISSION_DENIED", reason: "BAD_AUTHORITY" });
    client.close();
  });
});
