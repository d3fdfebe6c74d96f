/**
 * The table of addresses in docs/clients.md, row by row: the `:authority` that a client sends (to a bare HTTP/2 server), and
 * that podkey accepts it. Languages and tools that are not on this machine are skipped.
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { copyBuilt } from "../../support/process/built-copy.ts";
import { ExampleProcess } from "../kit/example-process.ts";
import { exampleCache } from "../kit/language.ts";
import type { Transport } from "../kit/served-folder.ts";
import { ServedFolder } from "../kit/served-folder.ts";
import { LANGUAGES } from "../languages/all.ts";
import { LANGUAGE_FORMS, TOOL_FORMS } from "./address-forms.ts";
import type { AddressForm } from "./address-forms.ts";
import { BareServer } from "./bare-server.ts";
import { cacheFolder } from "../../support/cache-folder.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..", "..");
const CACHE = cacheFolder("bin");
const PATH = [join(ROOT, "node_modules", ".bin"), CACHE, process.env["PATH"] ?? ""].join(delimiter);

/** Tools that Go installs; buf is a dependency of the project. */
const GO_TOOLS: Readonly<Record<string, string>> = {
  grpcurl: "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4",
  ghz: "github.com/bojand/ghz/cmd/ghz@v0.93.0",
};

const isThere = (tool: string): boolean =>
  spawnSync("sh", ["-c", `command -v ${tool}`], { env: { ...process.env, PATH } }).status === 0;

describe("the address forms of docs/clients.md", function () {
  this.timeout(600_000);
  let dist: string;
  const bare = new Map<Transport, { readonly folder: ServedFolder; readonly server: BareServer }>();
  const served = new Map<Transport, ServedFolder>();

  before(async () => {
    dist = await copyBuilt();
    for (const transport of ["unix", "tcp"] as const) {
      const [real, folder] = [await make(transport), await make(transport)];
      real.write("database", { "db-main": { password: "one" } });
      await real.start();
      served.set(transport, real);
      const server = new BareServer();
      await server.open(folder.front);
      bare.set(transport, { folder, server });
    }
  });
  after(async () => {
    for (const { folder, server } of bare.values()) {
      await server.close();
      await folder.close();
    }
    for (const folder of served.values()) await folder.close();
    rmSync(dist, { recursive: true });
  });
  const make = (transport: Transport): Promise<ServedFolder> =>
    ServedFolder.make(join(dist, "podkey.js"), transport);

  /** Socket path and port of an endpoint, in the spelling of the table. */
  const spelled = (text: string, endpoint: string): string => {
    const [, host = "", port] = /^(.*):(\d+)$/.exec(endpoint) ?? [];
    const path = endpoint.slice("unix://".length);
    if (port !== undefined) return text.replaceAll(`${host}:${port}`, "127.0.0.1:PORT");
    return text.replaceAll(path, "SOCKET").replaceAll(encodeURIComponent(path.slice(1)), "SOCKET_ENCODED");
  };
  const filled = (text: string, endpoint: string): string =>
    text.replaceAll("SOCKET", endpoint.slice("unix://".length)).replaceAll("127.0.0.1:PORT", endpoint);

  function seenBy(
    transport: Transport,
    act: (endpoint: string) => Promise<unknown>,
  ): Promise<readonly string[]> {
    const found = bare.get(transport);
    if (found === undefined) throw new Error("the bare server is not listening");
    const { folder, server } = found;
    server.take();
    return act(folder.endpoint).then(() =>
      server.take().map((authority) => spelled(authority, folder.endpoint)),
    );
  }

  for (const language of LANGUAGES) {
    const forms = LANGUAGE_FORMS.filter(({ client }) => client === language.name);
    it(`are sent by ${language.name}: ${forms.map(({ authority }) => authority).join(", ")}`, async function () {
      language.install?.();
      if (language.needs.some(([tool, argument]) => spawnSync(tool, [argument]).status !== 0)) this.skip();
      const folder = exampleCache(language.name);
      mkdirSync(folder, { recursive: true });
      const words = await language.prepare(folder);
      const found: Record<string, string> = {};
      for (const transport of ["unix", "tcp"] as const) {
        // Not `get`: its deadline of 5 s ends before a JVM on a busy machine has sent anything. `live` runs until it is refused.
        const seen = await seenBy(transport, (endpoint) =>
          new ExampleProcess([...words, "live", "db-main"], endpoint).exited(),
        );
        found[transport] = seen.join();
      }
      expect(found).to.deep.equal(
        Object.fromEntries(forms.map(({ transport, authority }) => [transport, authority])),
      );
    });
  }

  for (const form of TOOL_FORMS)
    it(`are sent by ${form.client} over ${form.transport}, and podkey answers: ${form.authority}`, async function () {
      const [tool = ""] = form.target.split(" ");
      if (!isThere(tool)) await install(tool);
      if (!isThere(tool)) this.skip();
      const call = (endpoint: string): ReturnType<typeof run> =>
        run("sh", ["-c", filled(form.target, endpoint)], { cwd: ROOT, env: { ...process.env, PATH } });
      const seen = await seenBy(form.transport, (endpoint) => call(endpoint).catch(() => undefined));
      expect(seen).to.deep.equal([form.authority]);
      const { stdout } = await call(served.get(form.transport)?.endpoint ?? "");
      const printed = stdout.toString();
      expect(printed, printed).to.match(answerOf(form));
    });
});

/** The value in base64, or ghz's count of answers. */
function answerOf({ client }: AddressForm): RegExp {
  return client === "ghz" ? /\[OK\] +200 responses/ : new RegExp(Buffer.from("one").toString("base64"));
}

/** Installs into the user's cache, if Go is available. */
async function install(tool: string): Promise<void> {
  const path = GO_TOOLS[tool];
  if (path === undefined || !isThere("go")) return;
  await run("go", ["install", path], { env: { ...process.env, GOBIN: CACHE } });
}
