/**
 * Builds the image with the Dockerfile from a copy of this checkout, in Debian's buildah with local base images, and checks its
 * contents, size and reproducibility. Needs root and buildah.
 */
import { expect } from "chai";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, globSync, mkdtempSync } from "node:fs";
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Buildah } from "../support/image/buildah.ts";
import { buildBases, buildPodkeyImage, copyContext } from "../support/image/podkey-image.ts";
import { runCommand } from "../support/run-command.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const IMAGE = "localhost/podkey:test";

const CACHE = "usr/local/lib/podkey/compile-cache";

interface ImageConfig {
  readonly OCIv1: {
    readonly config: {
      readonly User: string;
      readonly Entrypoint: readonly string[];
      readonly Cmd: readonly string[];
      readonly Env: readonly string[];
      readonly Labels: Readonly<Record<string, string>>;
    };
    readonly rootfs: { readonly diff_ids: readonly string[] };
  };
}

const isPossible = process.getuid?.() === 0 && existsSync("/usr/bin/buildah");
if (!isPossible) console.error("The image tests are skipped: they need root and Debian's package buildah.");

(isPossible ? describe : describe.skip)("Dockerfile", function () {
  // Most of the time is npm ci in the build.
  this.timeout(600_000);
  let folder: string;
  let buildah: Buildah;
  let context: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "podkey-image-"));
    buildah = new Buildah(join(folder, "buildah"));
    context = copyContext(ROOT, join(folder, "context"));
    await buildBases(buildah, join(folder, "bases"));
    await buildPodkeyImage(buildah, { context, image: IMAGE, revision: "abc123" });
  });

  after(async () => {
    await buildah.remove();
    await rm(folder, { recursive: true, force: true });
  });

  async function inspect(image: string): Promise<ImageConfig["OCIv1"]> {
    return (JSON.parse(await buildah.run("inspect", "--type", "image", image)) as ImageConfig).OCIv1;
  }

  it("runs `podkey serve` as 65532 and has labels", async () => {
    const { config } = await inspect(IMAGE);
    expect(config.User).to.equal("65532:65532");
    expect(config.Entrypoint).to.deep.equal(["/usr/local/bin/podkey"]);
    expect(config.Cmd).to.deep.equal(["serve"]);
    expect(config.Env).to.include.members(["NODE_OPTIONS=--max-semi-space-size=4", "MALLOC_ARENA_MAX=2"]);
    expect(config.Labels).to.include({
      "org.opencontainers.image.title": "podkey",
      "org.opencontainers.image.licenses": "Apache-2.0",
      "org.opencontainers.image.revision": "abc123",
    });
  });

  it("holds the bundle, the descriptors, the native file and the compile cache: no shell, no npm, no sources", async () => {
    await buildah.withFiles(IMAGE, (root) => {
      const files = globSync("**/*", { cwd: root }).filter((path) =>
        statSync(join(root, path), { throwIfNoEntry: false })?.isFile(),
      );
      const own = files.filter((path) => path.startsWith("usr/local"));
      expect(own).to.include.members([
        "usr/local/bin/podkey",
        "usr/local/lib/podkey/podkey.js",
        `usr/local/lib/podkey/node_modules/@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`,
      ]);
      expect(
        own.some((path) => path.endsWith("descriptors.json") || path.endsWith("descriptors.binpb")),
      ).to.equal(true);
      const [version = ""] = readdirSync(join(root, CACHE));
      expect(readdirSync(join(root, CACHE, version))).to.have.length.of.at.least(1);
      expect(
        files.filter((path) => /(^|\/)(sh|bash|dash|npm|npx|apt)$|\.ts$|\.npmrc$|extra-ca/.test(path)),
      ).to.deep.equal([]);
      return Promise.resolve();
    });
  });

  it("runs in its own root: podkey is on the PATH, and Node takes the compile cache", async () => {
    await buildah.withFiles(IMAGE, async (root) => {
      const { Env } = (await inspect(IMAGE)).config;
      const node = ["/usr/sbin/chroot", "--userspec=65532:65532", root, "/nodejs/bin/node"];
      const env = ["-i", ...Env, "NODE_DEBUG_NATIVE=COMPILE_CACHE"];
      const output = await runCommand("/usr/bin/env", [...env, ...node, "/usr/local/bin/podkey", "version"]);
      expect(output).to.contain("abc123");
      expect(output).to.match(/cache for \S*\/podkey\.js was accepted/);
    });
  });

  it("is built the same twice, but for the layer of the compile cache", async () => {
    const again = new Buildah(join(folder, "again"));
    try {
      await buildBases(again, join(folder, "bases-again"));
      await buildPodkeyImage(again, {
        context: copyContext(ROOT, join(folder, "copy")),
        image: IMAGE,
        revision: "abc123",
      });
      const text = await again.run("inspect", "--type", "image", IMAGE);
      const second = (JSON.parse(text) as ImageConfig).OCIv1.rootfs.diff_ids;
      const first = (await inspect(IMAGE)).rootfs.diff_ids;
      expect(first).to.have.length(3);
      expect(second.slice(0, 2)).to.deep.equal(first.slice(0, 2));
    } finally {
      await again.remove();
    }
  });

  it("takes the native file of the platform it is built for", async () => {
    const image = "localhost/podkey-arm64-build:test";
    await buildPodkeyImage(buildah, { context, image, revision: "abc123", target: "build", arch: "arm64" });
    await buildah.withFiles(image, (root) => {
      const modules = join(root, "src/dist/node_modules/@koromix");
      expect(readdirSync(modules)).to.deep.equal(["koffi-linux-arm64"]);
      const native = readFileSync(join(modules, "koffi-linux-arm64/linux_arm64/koffi.node"));
      // e_machine of the ELF header: 183 is AArch64.
      expect(native.readUInt16LE(18)).to.equal(183);
      return Promise.resolve();
    });
  });

  it("adds at most 12 MB to its base", async () => {
    const sizes = await buildah.run("images", "--format", "{{.Name}} {{.Size}}");
    const podkeyBytes = await buildah.withFiles(IMAGE, (root) =>
      Promise.resolve(
        globSync("usr/local/**/*", { cwd: root })
          .map((path) => statSync(join(root, path)))
          .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0),
      ),
    );
    console.log(
      `      ${sizes.trim().replaceAll("\n", ", ")}; podkey's own files: ${(podkeyBytes / 1e6).toFixed(1)} MB`,
    );
    expect(podkeyBytes).to.be.below(12e6);
  });

  it("starts faster with its compile cache than without it", async () => {
    await buildah.withFiles(IMAGE, async (root) => {
      const { Env } = (await inspect(IMAGE)).config;
      const env = Object.fromEntries(
        Env.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
      );
      const timesMs: { readonly cached: number[]; readonly plain: number[] } = { cached: [], plain: [] };
      // In turn, so that a busy moment of the machine meets both.
      const [cache, aside] = [join(root, CACHE), join(root, `${CACHE}.aside`)];
      for (let round = 0; round < 5; round += 1) {
        timesMs.cached.push(await startMs(root, env));
        renameSync(cache, aside);
        timesMs.plain.push(await startMs(root, env));
        renameSync(aside, cache);
      }
      const [cached, plain] = [median(timesMs.cached), median(timesMs.plain)];
      console.log(
        `      start to ready: ${cached.toFixed(0)} ms, without the compile cache ${plain.toFixed(0)} ms`,
      );
      expect(cached).to.be.below(plain);
    });
  });
});

/** Milliseconds from the start of the process in the image's root until it logs that it is ready. */
function startMs(root: string, env: NodeJS.ProcessEnv): Promise<number> {
  const folder = mkdtempSync(join(root, "tmp", "start-"));
  chmodSync(folder, 0o777);
  const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: b}\n";
  writeFileSync(join(folder, "a.yaml"), secret);
  const inside = folder.slice(root.length);
  const podkey = ["/nodejs/bin/node", "/usr/local/bin/podkey", "serve", "--source", "manifests"];
  const options = ["--manifests", inside, "--listen", `unix:${inside}/podkey.sock`, "--admin", "none"];
  const startedMs = performance.now();
  const args = ["--userspec=65532:65532", root, ...podkey, ...options];
  const child = spawn("/usr/sbin/chroot", args, { env, stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let output = "";
    let readyMs: number | undefined;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (readyMs !== undefined || !output.includes("podkey is ready")) return;
      readyMs = performance.now() - startedMs;
      child.kill("SIGTERM");
    });
    child.once("error", reject).once("close", () => {
      if (readyMs === undefined) reject(new Error(`podkey did not get ready: ${output}`));
      else resolve(readyMs);
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
