/**
 * grpcurl with reflection, without a proto file. Skipped if grpcurl is not on the PATH; CONTRIBUTING.md has the command to install
 * it.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { RunningPodkey } from "../support/process/run-podkey.ts";

const METHODS = "podkey.v1.CredentialService";
const manifest = (password: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: ${password}}\n`;

describe("grpcurl", function () {
  this.timeout(20_000);
  let folder: string;
  let socket: string;
  let podkey: RunningPodkey | undefined;

  before(async function () {
    if (spawnSync("grpcurl", ["-version"]).status !== 0) this.skip();
    folder = mkdtempSync(join(tmpdir(), "podkey-grpcurl-"));
    socket = join(folder, "podkey.sock");
    writeFileSync(join(folder, "db.yaml"), manifest("one"));
    const source = ["--source", "manifests", "--manifests", folder, "--admin", "none"];
    podkey = new RunningPodkey(["serve", "--listen", `unix:${socket}`, ...source]);
    await podkey.logged("app_ready");
  });
  after(async () => {
    // Without grpcurl nothing was started.
    if (podkey === undefined) return;
    podkey.kill("SIGTERM");
    await podkey.ended();
    rmSync(folder, { recursive: true });
  });

  function grpcurl(...args: readonly string[]): { readonly stdout: string; readonly stderr: string } {
    return spawnSync("grpcurl", ["-plaintext", "-unix", ...args], { encoding: "utf8" });
  }
  const call = (method: string, request: unknown): ReturnType<typeof grpcurl> =>
    grpcurl("-d", JSON.stringify(request), socket, `${METHODS}/${method}`);

  it("lists and describes all services", () => {
    const services = grpcurl(socket, "list").stdout.trim().split("\n");
    expect(services).to.deep.equal([
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      METHODS,
    ]);
    for (const service of services) expect(grpcurl(socket, "describe", service).stdout).to.contain("rpc ");
    expect(grpcurl(socket, "describe", "podkey.v1.Credential").stdout).to.contain(
      "map<string, bytes> data = 4;",
    );
  });

  it("gets a credential, lists all, and checks health", () => {
    expect(call("Get", { name: "db" }).stdout).to.contain(Buffer.from("one").toString("base64"));
    expect(call("List", {}).stdout).to.contain('"totalSize": 1');
    expect(grpcurl(socket, "grpc.health.v1.Health/Check").stdout).to.contain("SERVING");
  });

  it("shows an error with its reason and details", () => {
    const { stderr } = call("Get", { name: "nope" });
    expect(stderr).to.contain("NotFound").and.to.contain("CREDENTIAL_NOT_FOUND").and.to.contain("podkey.dev");
  });

  it("is never ended as a flood, although the HTTP/2 of Go ends connections with a protocol error", () => {
    for (let at = 0; at < 3; at += 1) call("Get", { name: "db" });
    expect(podkey?.output).not.to.contain("rpc_connection_ended");
  });

  it("shows an edit on an open Watch", async () => {
    const args = ["-plaintext", "-unix", "-d", '{"names":["db"]}', socket, `${METHODS}/Watch`];
    const watch = spawn("grpcurl", args, { stdio: ["ignore", "pipe", "inherit"] });
    let seen = "";
    for await (const chunk of watch.stdout.setEncoding("utf8") as AsyncIterable<string>) {
      const before = seen;
      seen += chunk;
      if (!before.includes('"synced"') && seen.includes('"synced"'))
        writeFileSync(join(folder, "db.yaml"), manifest("two"));
      if (seen.includes('"change"') && seen.includes(Buffer.from("two").toString("base64"))) break;
    }
    watch.kill();
    expect(seen.indexOf('"reset"')).to.be.lessThan(seen.indexOf('"synced"'));
  });
});
