/** The failures of docs/troubleshooting.md: each produces the symptom of one entry on a podkey in a process of its own. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FakeApiServer } from "../fake-api-server/fake-api-server.ts";
import { writeKubeconfig } from "../kube/kubeconfig.ts";
import { RunningPodkey, runPodkey } from "../process/run-podkey.ts";
import { createCertificateAuthority } from "../tls/certificate-authority.ts";

/** What the user of podkey gets. */
export interface Symptom {
  readonly code: number | null;
  readonly output: string;
}

/** Produces the symptom in an empty folder. */
export type Failure = (folder: string) => Promise<Symptom>;

const SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: x}\n";
const TIMEOUT = ["--first-sync-timeout", "1s"];

/** By the heading of the entry. */
export const FAILURES: ReadonlyMap<string, Failure> = new Map<string, Failure>([
  ["No API server is configured", (folder) => run(folder, ["serve"])],
  ["The kubeconfig does not exist", (folder) => serve(folder, ["--kubeconfig", "none"])],
  [
    "The context does not exist",
    async (folder) => serve(folder, ["--kubeconfig", await kubeconfig(folder), "--context", "production"]),
  ],
  [
    "The API server is unreachable",
    async (folder) => serve(folder, ["--kubeconfig", await kubeconfig(folder), ...TIMEOUT]),
  ],
  [
    "The API server's certificate is not trusted",
    (folder) =>
      withApiServer(folder, ({ server }) =>
        kubeconfigOf(folder, server.url, createCertificateAuthority().certificatePem),
      ),
  ],
  [
    "The API server does not accept the credentials",
    (folder) =>
      withApiServer(folder, ({ server }) => {
        server.access.setTokens({ another: "alice" });
        return kubeconfigOf(folder, server.url, server.caPem);
      }),
  ],
  [
    "A permission is missing",
    (folder) =>
      withApiServer(folder, ({ server }) => {
        server.access.setRules([]);
        return kubeconfigOf(folder, server.url, server.caPem);
      }),
  ],
  ["The folder does not exist", (folder) => serve(folder, ["--source", "manifests", "--manifests", "none"])],
  [
    "A manifest cannot be used",
    (folder) => {
      writeFileSync(join(folder, "secrets", "db.yaml"), "kind: Secret\nmetadata: [\n");
      return run(folder, ["check", ...manifests(), ...listen(folder)]);
    },
  ],
  [
    "The selection is empty",
    (folder) => run(folder, ["check", ...manifests(), "--selector", "app=web", ...listen(folder)]),
  ],
  [
    "A required credential is missing",
    (folder) => serve(folder, [...manifests(), "--require", "db-main", ...TIMEOUT]),
  ],
  [
    "The source exceeds the limits",
    (folder) => {
      writeFileSync(join(folder, "secrets", "b.yaml"), SECRET.replace("name: db", "name: b"));
      return serve(folder, [...manifests(), "--max-credentials", "1", ...TIMEOUT]);
    },
  ],
  ["An option does not exist", (folder) => serve(folder, [...manifests(), "--max-stael", "2m"])],
  [
    "The configuration file is not valid",
    (folder) => {
      writeFileSync(join(folder, "podkey.yaml"), `${HEAD}maxStale: soon\n`);
      return serve(folder, [...manifests(), "--config", "podkey.yaml"]);
    },
  ],
  ["The socket is in use", (folder) => beside(folder, () => serve(folder, manifests()))],
  [
    "The socket folder does not exist",
    (folder) =>
      run(folder, ["serve", ...manifests(), "--admin", "none", "--listen", "unix:./none/podkey.sock"]),
  ],
  ["podkey does not run", (folder) => run(folder, ["list", "--endpoint", `unix:${folder}/podkey.sock`])],
  [
    "A credential is not found",
    (folder) =>
      beside(folder, () => run(folder, ["get", "nope", "--endpoint", `unix:${folder}/podkey.sock`])),
  ],
  [
    "A key is not found",
    (folder) =>
      beside(folder, () =>
        run(folder, ["get", "db", "--key", "nope", "-o", "raw", "--endpoint", `unix:${folder}/podkey.sock`]),
      ),
  ],
  [
    "The policy denies a credential",
    (folder) => {
      const consumer = `{name: web, listen: "unix:./podkey.sock", allow: [{names: [db], namespaces: [default]}]}`;
      writeFileSync(join(folder, "podkey.yaml"), `${HEAD}consumers: [${consumer}]\n`);
      const client = (): Promise<Symptom> =>
        run(folder, ["get", "other", "--endpoint", `unix:${folder}/podkey.sock`]);
      return beside(folder, client, ["--config", "podkey.yaml"]);
    },
  ],
]);

const HEAD = "apiVersion: config.podkey.dev/v1\nkind: SidecarConfiguration\n";

function manifests(): readonly string[] {
  return ["--source", "manifests", "--manifests", "secrets"];
}

function listen(folder: string): readonly string[] {
  return ["--admin", "none", "--listen", `unix:${folder}/podkey.sock`];
}

function serve(folder: string, args: readonly string[]): Promise<Symptom> {
  return run(folder, ["serve", ...listen(folder), ...args]);
}

async function run(folder: string, args: readonly string[]): Promise<Symptom> {
  const { code, stdout, stderr } = await runPodkey(args, { cwd: folder, env: { HOME: folder } });
  return { code, output: stdout + stderr };
}

/** Runs the client while a podkey serves the folder `secrets`. */
async function beside(
  folder: string,
  client: () => Promise<Symptom>,
  args?: readonly string[],
): Promise<Symptom> {
  const source = ["serve", "--admin", "none", ...manifests()];
  const podkey = new RunningPodkey([...source, ...(args ?? listen(folder))], {
    cwd: folder,
    env: { HOME: folder },
  });
  try {
    await podkey.logged("app_ready");
    return await client();
  } finally {
    podkey.kill("SIGTERM");
    await podkey.ended();
  }
}

/** Creates the folder `secrets` with one Secret, for any failure. */
export function prepareFolder(folder: string): void {
  mkdirSync(join(folder, "secrets"), { recursive: true });
  writeFileSync(join(folder, "secrets", "a.yaml"), SECRET);
}

function kubeconfig(folder: string): Promise<string> {
  return Promise.resolve(kubeconfigOf(folder, "https://127.0.0.1:9", new FakeApiServer().caPem));
}

function kubeconfigOf(folder: string, url: string, caPem: string): string {
  return writeKubeconfig(join(folder, "kubeconfig"), { url, caPem, identity: { kind: "token", token: "t" } });
}

async function withApiServer(
  folder: string,
  configure: (world: { readonly server: FakeApiServer }) => string,
  args: readonly string[] = [],
): Promise<Symptom> {
  const server = new FakeApiServer();
  await server.start();
  try {
    const config = configure({ server });
    return await serve(folder, ["--kubeconfig", config, "--first-sync-timeout", "3s", ...args]);
  } finally {
    await server.stop();
  }
}
