/**
 * A separate PostgreSQL in a temporary folder, reachable only over a Unix socket in this folder. Used by the rotation test.
 * Invariants: roles log in with their password only (scram), and it never runs as root.
 */
import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);
const ADMIN = "admin";

/** Roles log in with a password; anyone who can open the socket is the administrator. */
const ACCESS = `local all ${ADMIN} trust\nlocal all all scram-sha-256\n`;

/** No durability: the data is only for this test. */
const SETTINGS = ["listen_addresses=", "fsync=off", "max_connections=40", "unix_socket_permissions=0777"];

/** The folder of `initdb` and `postgres`, in Debian's package and others; undefined if they are not installed. */
export function findPostgres(): string | undefined {
  const debian = globSync("/usr/lib/postgresql/*/bin").sort();
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...debian];
  return folders.findLast((folder) =>
    ["initdb", "postgres", "psql"].every((tool) => existsSync(join(folder, tool))),
  );
}

/** PostgreSQL refuses to run as root. As root, use Debian's user for it, or else `nobody`. */
function user(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const name = spawnSync("id", ["postgres"]).status === 0 ? "postgres" : "nobody";
  const id = (flag: string): number => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** See the file header. */
export class PostgresServer {
  readonly #bin: string;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(bin: string, folder: string, child: ChildProcess) {
    this.#bin = bin;
    this.#folder = folder;
    this.#child = child;
  }

  /** Creates and starts it. Resolves when it accepts connections. @param bin the result of `findPostgres`. */
  static async start(bin: string): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "podkey-pg-"));
    const owner = user();
    const options = { cwd: folder, env: { PATH: process.env["PATH"], LC_ALL: "C" }, ...owner };
    if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
    chmodSync(folder, 0o755);
    const data = join(folder, "data");
    await run(join(bin, "initdb"), ["--pgdata", data, "--username", ADMIN, "--no-sync"], options);
    writeFileSync(join(data, "pg_hba.conf"), ACCESS);
    const settings = [...SETTINGS, `unix_socket_directories=${folder}`].flatMap((setting) => ["-c", setting]);
    const child = spawn(join(bin, "postgres"), ["-D", data, ...settings], {
      ...options,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const server = new PostgresServer(bin, folder, child);
    const lines = createInterface(child.stderr);
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      lines.on("line", (line) => {
        if (seen.length < 40) seen.push(line);
        if (line.includes("ready to accept connections")) resolve();
      });
      child.once("exit", () => reject(new Error(`PostgreSQL did not start:\n${seen.join("\n")}`)));
    });
    return server;
  }

  /** The environment of a client. */
  get env(): { readonly PGHOST: string; readonly PGDATABASE: string } {
    return { PGHOST: this.#folder, PGDATABASE: "postgres" };
  }

  /** Runs statements as the administrator. @returns the rows, with columns separated by `|`. */
  async ask(...statements: readonly string[]): Promise<readonly string[]> {
    const commands = statements.flatMap((statement) => ["--command", statement]);
    const { stdout } = await this.#psql(ADMIN, "", commands);
    return stdout.split("\n").filter((line) => line !== "");
  }

  /** Logs in and runs one statement. Resolves with the error of psql, or with "". */
  async errorOf(role: string, password: string, statement: string): Promise<string> {
    try {
      await this.#psql(role, password, ["--command", statement]);
      return "";
    } catch (error) {
      return (error as { readonly stderr: string }).stderr;
    }
  }

  /** Stops it with all its sessions, and removes the folder. */
  async close(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGINT");
    await exited;
    rmSync(this.#folder, { recursive: true });
  }

  #psql(role: string, password: string, args: readonly string[]): Promise<{ readonly stdout: string }> {
    const env = { PATH: process.env["PATH"], ...this.env, PGUSER: role, PGPASSWORD: password };
    const flags = ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set", "ON_ERROR_STOP=1"];
    return run(join(this.#bin, "psql"), [...flags, ...args], { env });
  }
}
