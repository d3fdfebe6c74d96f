/**
 * `podkey/client` as an application uses it: packed, installed with its two libraries into an empty folder, used by a program that is
 * compiled with the strictest checks, and run. The expectations are those of test/unit/client/client-types.test.ts.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { copyBuilt } from "../support/process/built-copy.ts";
import { ExampleProcess } from "./kit/example-process.ts";
import { EXAMPLES } from "./kit/language.ts";
import { ServedFolder } from "./kit/served-folder.ts";
import { buildClient } from "../../tools/build-client.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..");
const EXPECTATIONS = join(ROOT, "test", "unit", "client", "client-types.test.ts");

describe("podkey/client, as a package", function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    await buildClient();
    folder = mkdtempSync(join(tmpdir(), "podkey-client-"));
    writeFileSync(join(folder, "package.json"), '{"name": "app", "type": "module", "private": true}');
    await run("npm", ["pack", "--silent", "--pack-destination", folder, join(ROOT, "dist", "client")]);
    const quiet = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
    await run("npm", ["install", ...quiet, join(folder, "podkey-0.1.0.tgz")], { cwd: folder });
    // The tools of the expectations; podkey and its libraries are the installed ones.
    for (const name of ["chai", "@types/chai", "@types/deep-eql", "@types/mocha"])
      symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("installs grpc-js, proto-loader and their dependencies, and nothing of podkey's server", () => {
    const { packages } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as {
      readonly packages: Readonly<
        Record<string, { readonly dependencies?: Readonly<Record<string, string>> }>
      >;
    };
    expect(packages["node_modules/podkey"]?.dependencies).to.have.all.keys(
      "@grpc/grpc-js",
      "@grpc/proto-loader",
    );
    const needed = new Set<string>();
    const visit = (name: string): void => {
      if (needed.has(name)) return;
      needed.add(name);
      for (const next of Object.keys(packages[`node_modules/${name}`]?.dependencies ?? {})) visit(next);
    };
    for (const name of ["@grpc/grpc-js", "@grpc/proto-loader"]) visit(name);
    const installed = Object.keys(packages).map((path) => path.split("node_modules/").at(-1) ?? "");
    expect(installed.filter((name) => !["", "podkey"].includes(name) && !needed.has(name))).to.deep.equal([]);
    expect(readdirSync(join(folder, "node_modules", "podkey"))).to.have.members([
      "LICENSE",
      "index.js",
      "package.json",
      "types",
    ]);
  });

  for (const [resolution, module] of [
    ["nodenext", "nodenext"],
    ["bundler", "esnext"],
  ] as const)
    it(`has types that match its behaviour, with moduleResolution ${resolution}`, async () => {
      const source = readFileSync(EXPECTATIONS, "utf8");
      writeFileSync(
        join(folder, "expectations.ts"),
        source.replaceAll("../../../src/client/index.ts", "podkey/client"),
      );
      const options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--types", "node,mocha"];
      const target = ["--target", "es2024", "--lib", "es2024,esnext.disposable", "--module", module];
      const args = [
        ...options,
        ...target,
        "--moduleResolution",
        resolution,
        "--skipLibCheck",
        "expectations.ts",
      ];
      const { stdout } = await run(join(ROOT, "node_modules", ".bin", "tsc"), args, { cwd: folder }).catch(
        (error: unknown) => error as { readonly stdout: string },
      );
      expect(stdout).to.equal("");
    });

  it("runs", async () => {
    const program = `import { credential } from "podkey/client";
      const db = credential("db-main", { endpoint: "unix:/nonexistent/podkey.sock" });
      console.log(db.freshness().state, db.current());
      db.close();`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], {
      cwd: folder,
    });
    expect(stdout).to.equal("STALE undefined\n");
  });
});

describe("examples/clients/typescript/live.ts", function () {
  this.timeout(60_000);

  it("prints the password, and the new one when the manifest is edited", async () => {
    await buildClient();
    const dist = await copyBuilt();
    const served = await ServedFolder.make(join(dist, "podkey.js"), "unix");
    const database = (password: string): void =>
      served.write("database", { "db-main": { username: "shop", password } });
    database("first");
    await served.start();
    const live = new ExampleProcess(
      [process.execPath, join(EXAMPLES, "typescript", "live.ts")],
      served.endpoint,
    );
    expect(await live.next("state")).to.equal("shop now has the password first");
    expect(await live.next("state")).to.equal("password and username are there, and they are FRESH");
    database("second");
    expect(await live.next("state")).to.equal("shop now has the password second");
    await live.kill();
    await served.close();
    rmSync(dist, { recursive: true });
  });
});
