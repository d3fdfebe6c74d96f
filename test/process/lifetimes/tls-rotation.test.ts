/**
 * A TLS server with a certificate from a Watch, which is rotated repeatedly under load: no handshake fails, and no client gets
 * an older certificate than before.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Server } from "node:tls";
import { connect, createServer } from "node:tls";
import { expect } from "chai";
import { followCredentials, openCredentialClient, watchKey } from "../../../src/client/index.ts";
import { RunningPodkey } from "../../support/process/run-podkey.ts";
import { createCertificateAuthority } from "../../support/tls/certificate-authority.ts";

const ROTATIONS = 20;
const CLIENTS = 6;

describe("rotations: certificate of a TLS server", function () {
  this.timeout(60_000);
  const authority = createCertificateAuthority();
  let folder: string;
  let podkey: RunningPodkey;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "podkey-tls-"));
    issue(0);
    const source = ["--source", "manifests", "--manifests", folder, "--admin", "none"];
    podkey = new RunningPodkey(["serve", ...source, "--listen", `unix:${join(folder, "p.sock")}`]);
    await podkey.logged("app_ready");
  });
  after(async () => {
    podkey.kill("SIGTERM");
    await podkey.ended();
    rmSync(folder, { recursive: true });
  });

  /** Writes a new pair with a rename; its name is its number. */
  function issue(generation: number): void {
    const { certificatePem, keyPem } = authority.issue({ commonName: `generation-${String(generation)}` });
    const stringData = { "tls.crt": certificatePem, "tls.key": keyPem };
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "web" },
      type: "kubernetes.io/tls",
      stringData,
    };
    writeFileSync(join(folder, ".next"), JSON.stringify(secret));
    renameSync(join(folder, ".next"), join(folder, "web.json"));
  }

  /** Makes a handshake and returns the generation of the verified certificate. */
  function handshake(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        port,
        host: "127.0.0.1",
        ca: authority.certificatePem,
        servername: "localhost",
      });
      socket.once("error", reject);
      socket.once("secureConnect", () => {
        const { subject } = socket.getPeerCertificate();
        socket.destroy();
        resolve(Number(String(subject.CN).replace("generation-", "")));
      });
    });
  }

  it(`succeed ${String(ROTATIONS)} times under load without a failed handshake`, async () => {
    const ending = new AbortController();
    const server = createServer((socket) => socket.on("error", () => undefined).resume());
    const following = follow(server, `unix:${join(folder, "p.sock")}`, ending.signal);
    await following.first;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    let current = 0;
    let handshakes = 0;
    let isOver = false;
    const load = Array.from({ length: CLIENTS }, async () => {
      while (!isOver) {
        const shownBefore = current;
        expect(await handshake(port)).to.be.at.least(shownBefore);
        handshakes += 1;
      }
    });
    const rotations = (async () => {
      for (let generation = 1; generation <= ROTATIONS; generation += 1) {
        issue(generation);
        while ((await handshake(port)) !== generation) handshakes += 1;
        current = generation;
      }
      isOver = true;
    })();
    await Promise.all([rotations, ...load]).finally(() => (isOver = true));
    expect(handshakes).to.be.above(10 * ROTATIONS);
    ending.abort();
    await following.end;
    await new Promise((resolve) => server.close(resolve));
  });
});

/** Sets every new pair on the server in one call, as an app does. */
function follow(
  server: Server,
  endpoint: string,
  signal: AbortSignal,
): { readonly first: Promise<void>; readonly end: Promise<void> } {
  const first = Promise.withResolvers<undefined>();
  const end = (async () => {
    const client = openCredentialClient({ endpoint });
    const request = { names: ["web"], view: "VIEW_FULL" as const };
    for await (const update of followCredentials(client, request, { signal })) {
      if (update.kind !== "synced" && update.kind !== "change") continue;
      const pair = update.state.credentials.get(watchKey({ namespace: "default", name: "web" }))?.data;
      if (pair?.["tls.crt"] === undefined || pair["tls.key"] === undefined) continue;
      server.setSecureContext({ cert: pair["tls.crt"], key: pair["tls.key"] });
      first.resolve(undefined);
    }
    client.close();
  })();
  return { first: first.promise, end };
}
