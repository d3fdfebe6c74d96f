// Run once by the image's build, never in a pod: starts podkey on both sources until what they need has been compiled, and
// ends it so that Node writes its compile cache into the folder that argv names. Fails when podkey does not get there.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";

/** A build that hangs is worse than one that fails. */
setTimeout(() => {
  console.error("podkey did not get ready within a minute");
  process.exit(1);
}, 60_000).unref();

const PODKEY = "/usr/local/bin/podkey";
const folder = process.argv[2];
const manifests = "/tmp/manifests";
const endpoint = "unix:/tmp/podkey.sock";

mkdirSync(manifests);
writeFileSync(
  `${manifests}/a.yaml`,
  "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: b}\n",
);
// No API server answers there; what a start compiles before the first answer is most of it.
writeFileSync(
  "/tmp/kubeconfig",
  JSON.stringify({
    clusters: [{ name: "a", cluster: { server: "https://127.0.0.1:1" } }],
    contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    "current-context": "a",
    users: [{ name: "a", user: { token: "none" } }],
  }),
);

/** Starts podkey; resolves with the child when `line` is in its output. */
function start(args, line) {
  const child = spawn(process.execPath, [PODKEY, ...args], {
    env: { ...process.env, NODE_COMPILE_CACHE: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let output = "";
    child.once("exit", (code) => reject(new Error(`podkey ${args.join(" ")} ended with ${code}: ${output}`)));
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (output.includes(line)) resolve(child);
    });
  });
}

/** SIGTERM, and its end: Node writes the cache when it ends. */
function end(child) {
  child.removeAllListeners("exit");
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`podkey ended with ${code}`))));
    child.kill("SIGTERM");
  });
}

/** A client command, to its end. */
function call(...args) {
  const child = spawn(process.execPath, [PODKEY, ...args, "--endpoint", endpoint], {
    env: { ...process.env, NODE_COMPILE_CACHE: folder },
    stdio: "ignore",
  });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`podkey ${args[0]} gave ${code}`)),
    );
  });
}

const local = [
  "serve",
  "--admin",
  "none",
  "--source",
  "manifests",
  "--manifests",
  manifests,
  "--listen",
  endpoint,
];
const serving = await start(local, "podkey is ready");
await call("get", "a", "--key", "a", "-o", "raw");
await call("list");
await call("healthcheck");
await end(serving);
const cluster = [
  "serve",
  "--admin",
  "none",
  "--kubeconfig",
  "/tmp/kubeconfig",
  "--namespace",
  "a",
  "--listen",
  endpoint,
];
await end(await start(cluster, "sync_trouble"));
if (readdirSync(folder).length === 0) throw new Error(`Node left no compile cache in ${folder}`);
