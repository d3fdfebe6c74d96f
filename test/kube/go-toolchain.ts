/** Finds the Go compiler for `npm run kube:build`, checks its version, and runs it. */
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether Go can build the modules; if not, a sentence with the reason and the remedy. */
export type GoCheck = { readonly ok: true } | { readonly ok: false; readonly sentence: string };

/**
 * Compares the installed Go with the version that go.mod requires. GOTOOLCHAIN=local, because a build that first
 * downloads another compiler prints nothing for minutes.
 */
export async function checkGo(wanted: string): Promise<GoCheck> {
  const remedy = `install Go ${wanted} or newer (https://go.dev/dl), or set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver and kubectl.`;
  let found: string;
  try {
    const { stdout } = await run("go", ["env", "GOVERSION"], {
      env: { ...process.env, GOTOOLCHAIN: "local" },
    });
    found = stdout.trim().replace(/^go/, "");
  } catch {
    return {
      ok: false,
      sentence: `Go is needed to build Kubernetes for the tests, but there is no \`go\` on the PATH: ${remedy}`,
    };
  }
  return isOlder(found, wanted)
    ? { ok: false, sentence: `Go ${found} is too old to build Kubernetes for the tests: ${remedy}` }
    : { ok: true };
}

/** Compares Go versions by their numbers; `1.26rc1` counts as 1.26.0. */
export function isOlder(found: string, wanted: string): boolean {
  const numbers = (version: string): readonly number[] =>
    (/^\d+(\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);
  const a = numbers(found);
  const b = numbers(wanted);
  for (let i = 0; i < 3; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Runs `go build`; rejects with its output. */
export async function goBuild(deps: {
  readonly moduleFolder: string;
  readonly packagePath: string;
  readonly ldflags: string;
  readonly output: string;
}): Promise<void> {
  const { moduleFolder, packagePath, ldflags, output } = deps;
  const child = spawn("go", ["build", "-trimpath", "-ldflags", ldflags, "-o", output, packagePath], {
    cwd: moduleFolder,
    env: { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "-mod=readonly" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed = (printed + text).slice(-8_192);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  if (code !== 0) throw new Error(`go build ${packagePath} failed:\n${printed.trim()}`);
}
