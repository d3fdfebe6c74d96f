/**
 * Error details as read by the standard libraries of other languages (google.golang.org/grpc/status, StatusProto,
 * grpcio-status). Each program next to this file makes one refused call and prints what its library found. The libraries are
 * downloaded once into the user's cache. A language that is not on the machine is skipped.
 */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { credential } from "../../support/core/credentials.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";
import { cacheFolder } from "../../support/cache-folder.ts";

const run = promisify(execFile);
const HERE = import.meta.dirname;
const CACHE = cacheFolder("clients");

/** A program: how it is built, and how it is called. */
interface Client {
  readonly language: string;
  readonly needs: readonly (readonly [string, string])[];
  readonly prepare: () => Promise<readonly string[]>;
  /** Whether its library supports Unix sockets directly. */
  readonly speaksUnix: boolean;
}

const CLIENTS: readonly Client[] = [
  { language: "Go", needs: [["go", "version"]], prepare: buildGo, speaksUnix: true },
  { language: "Python", needs: [["python3", "--version"]], prepare: installPython, speaksUnix: true },
  {
    language: "Java",
    needs: [
      ["java", "-version"],
      ["mvn", "--version"],
    ],
    prepare: compileJava,
    speaksUnix: false,
  },
];

async function buildGo(): Promise<readonly string[]> {
  const program = join(CACHE, "details-go");
  await run("go", ["build", "-o", program, "."], { cwd: join(HERE, "go") });
  return [program];
}

async function installPython(): Promise<readonly string[]> {
  const folder = join(CACHE, "python");
  const python = join(folder, "bin", "python");
  if (!existsSync(python)) await run("python3", ["-m", "venv", folder]);
  const requirements = join(HERE, "python", "requirements.txt");
  await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  return [python, join(HERE, "python", "details.py")];
}

async function compileJava(): Promise<readonly string[]> {
  const target = join(CACHE, "java");
  const classPath = join(target, "class-path");
  const goals = ["compile", "dependency:build-classpath", `-Dmdep.outputFile=${classPath}`];
  await run("mvn", ["-q", "-B", `-Dpodkey.target=${target}`, ...goals], { cwd: join(HERE, "java") });
  const all = [join(target, "classes"), readFileSync(classPath, "utf8").trim()].join(delimiter);
  return ["java", "-cp", all, "dev.podkey.details.Details"];
}

/** Message GetRequest with field 2, `name`. */
function getRequest(name: string): string {
  return Buffer.concat([Buffer.from([0x12, name.length]), Buffer.from(name)]).toString("hex");
}

for (const { language, needs, prepare, speaksUnix } of CLIENTS)
  describe(`error details, read by the stock library of ${language}`, function () {
    // The first run downloads the libraries.
    this.timeout(300_000);
    let command: readonly string[] = [];
    let fresh: RpcLab;
    let stale: RpcLab;

    before(async function () {
      const missing = needs.filter(([tool, argument]) => spawnSync(tool, [argument]).status !== 0);
      if (missing.length > 0) {
        console.log(
          `      ${language} is not tested: ${missing.map(([tool]) => tool).join(", ")} is missing`,
        );
        this.skip();
      }
      command = await prepare();
      const endpoints: NonNullable<Parameters<typeof RpcLab.start>[0]>["endpoints"] = ({ view, folder }) => [
        { consumer: view, listen: { kind: "unix", path: join(folder, "podkey.sock") }, socketMode: 0o600 },
        { consumer: view, listen: { kind: "tcp", host: "127.0.0.1", port: 0 }, socketMode: 0 },
      ];
      fresh = await RpcLab.start({ endpoints });
      fresh.view.sync([credential("db")]);
      stale = await RpcLab.start({ endpoints, limits: { maxStaleMs: 120_000 } });
      stale.view.sync([credential("db")]);
      stale.view.now = { state: "STALE", ageMs: 200_000, contactAgeMs: 200_000, reason: "UNREACHABLE" };
    });
    after(async () => {
      if (command.length === 0) return;
      await fresh.close();
      await stale.close();
    });

    async function linesOf(address: string, request: string): Promise<readonly string[]> {
      const [program = "", ...first] = command;
      const { stdout } = await run(program, [...first, address, "/podkey.v1.CredentialService/Get", request]);
      return stdout.trim().split("\n");
    }
    const tcpOf = (lab: RpcLab): string => {
      const bound = lab.server.listeners()[1]?.address;
      return bound?.kind === "tcp" ? `127.0.0.1:${String(bound.port)}` : "";
    };

    it("contain the reason", async () => {
      const lines = await linesOf(tcpOf(fresh), getRequest("nope"));
      expect(lines).to.deep.equal(["code NOT_FOUND", "info podkey.dev CREDENTIAL_NOT_FOUND"]);
    });

    it("name the field of a bad request", async () => {
      const lines = await linesOf(tcpOf(fresh), getRequest("NO/PE"));
      expect(lines).to.have.members(["code INVALID_ARGUMENT", "info podkey.dev BAD_NAME", "field name"]);
    });

    it("contain the time to retry after", async () => {
      const lines = await linesOf(tcpOf(stale), getRequest("db"));
      expect(lines).to.have.members(["code UNAVAILABLE", "info podkey.dev SOURCE_STALE", "retry 1000"]);
    });

    if (speaksUnix)
      it("also arrive over a Unix socket", async () => {
        const lines = await linesOf(`unix:${fresh.socket}`, getRequest("nope"));
        expect(lines).to.include("info podkey.dev CREDENTIAL_NOT_FOUND");
      });
  });
