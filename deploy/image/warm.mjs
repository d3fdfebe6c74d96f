// Run once by the image's build and by benchmarks, never in a pod: copies the bundle into a folder and makes its code cache
// there (tools/build/loader.cjs says what for), by starting what a pod starts. Of each file the first that loads it leaves
// what it has compiled: `serve` with an API server, and nothing of calls, for what is in the cache is in every idle sidecar's
// memory. Fails when podkey does not get there.
//
//   node warm.mjs BUNDLE FOLDER
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

/** As the image sets it. */
const FLAGS = ["--max-semi-space-size=4"];

const [first, ...rest] = process.argv.slice(2);
if (first === "--run") run(...rest);
else await warm(first, ...rest);

/** In a process of its own: podkey, whose compiled code is written when it ends. */
function run(program) {
  process.argv.splice(1, 2);
  const { saveCodeCache } = createRequire(import.meta.url)(program);
  process.on("exit", () => {
    // podkey sets it once it has started. A cache says with which flags it was made, and V8 refuses it with others.
    setFlagsFromString("--heap-growing-percent=0");
    saveCodeCache();
  });
}

async function warm(bundle, folder) {
  setTimeout(() => {
    console.error("podkey did not get ready within a minute");
    process.exit(1);
  }, 60_000).unref();
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(bundle, { withFileTypes: true }))
    if (entry.isFile()) copyFileSync(join(bundle, entry.name), join(folder, entry.name));
  const program = resolve(folder, "podkey.js");
  const scratch = mkdtempSync(join(tmpdir(), "podkey-warm-"));
  const endpoint = `unix:${join(scratch, "podkey.sock")}`;
  const serve = ["serve", "--log-format", "json", "--listen", endpoint, "--admin", "127.0.0.1:0"];

  const server = await apiServer();
  const kubeconfig = join(scratch, "kubeconfig");
  writeFileSync(kubeconfig, JSON.stringify(configOf(server.address().port)));
  await end(await ready(program, [...serve, "--kubeconfig", kubeconfig, "--namespace", "a"]));
  server.closeAllConnections();
  server.close();

  const manifests = join(scratch, "manifests");
  mkdirSync(manifests);
  writeFileSync(join(manifests, "a.json"), JSON.stringify(secret("a")));
  const serving = await ready(program, [...serve, "--source", "manifests", "--manifests", manifests]);
  for (const command of [["get", "a", "--key", "a", "-o", "raw"], ["list"], ["healthcheck"]])
    await ended(start(program, [...command, "--endpoint", endpoint]));
  await end(serving);
  rmSync(scratch, { recursive: true });
}

function start(program, args) {
  return spawn(process.execPath, [...FLAGS, fileURLToPath(import.meta.url), "--run", program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Starts podkey; resolves with the child when it is ready. */
function ready(program, args) {
  const child = start(program, args);
  return new Promise((resolve, reject) => {
    let output = "";
    child.once("exit", (code) => reject(new Error(`podkey ${args.join(" ")} ended with ${code}: ${output}`)));
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (output.includes('"app_ready"')) resolve(child);
    });
  });
}

function end(child) {
  child.removeAllListeners("exit");
  child.kill("SIGTERM");
  return ended(child);
}

/** Resolves when it has ended well. */
function ended(child) {
  child.stdout.resume();
  return new Promise((resolve, reject) => {
    child.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`${child.spawnargs.join(" ")} ended with ${code}`)),
    );
  });
}

function secret(name) {
  const metadata = {
    name,
    namespace: "a",
    uid: name,
    resourceVersion: "1",
    labels: { "podkey.dev/serve": "true" },
  };
  return { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data: { a: "Yg==" } };
}

/** An API server that streams its list (KEP-3157) of two Secrets and never a change. */
function apiServer() {
  const metadata = { resourceVersion: "1", annotations: { "k8s.io/initial-events-end": "true" } };
  const events = [
    { type: "ADDED", object: secret("a") },
    { type: "ADDED", object: secret("b") },
    { type: "BOOKMARK", object: { apiVersion: "v1", kind: "Secret", metadata } },
  ];
  const server = createServer((request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    for (const event of events) response.write(`${JSON.stringify(event)}\n`);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

function configOf(port) {
  return {
    clusters: [{ name: "a", cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    "current-context": "a",
    users: [{ name: "a", user: { token: "none" } }],
  };
}
