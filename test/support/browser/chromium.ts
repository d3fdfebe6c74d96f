/**
 * Headless Chromium: one process per screenshot, without a driver. `npm run test:browser` installs Debian's package if it has the
 * permission; otherwise the tests are skipped.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../run-command.ts";

/** Settings of a screenshot. */
export interface Look {
  readonly scheme: "light" | "dark";
  readonly widthPx: number;
  readonly heightPx: number;
}

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];
/** Chromium's names of `prefers-color-scheme`. */
const SCHEMES = { light: 1, dark: 0 } as const;

/** The installed browser, if any. */
export function findChromium(): string | undefined {
  return PROGRAMS.find((name) => spawnSync(name, ["--version"]).status === 0);
}

/** Installs Debian's package with root permissions; returns the browser, if any. */
export async function installChromium(say: (line: string) => void): Promise<string | undefined> {
  const found = findChromium();
  if (found !== undefined || process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0)
    return found;
  say("installing Debian packages: chromium fonts-dejavu-core");
  await runCommand("apt-get", ["update", "-qq"]);
  await runCommand(
    "apt-get",
    ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
    {
      DEBIAN_FRONTEND: "noninteractive",
    },
  );
  return findChromium();
}

/** Saves a screenshot as PNG. @throws with the browser's output. */
export async function photograph(browser: string, url: string, file: string, look: Look): Promise<void> {
  await run(browser, [
    `--screenshot=${file}`,
    `--window-size=${String(look.widthPx)},${String(look.heightPx)}`,
    `--blink-settings=preferredColorScheme=${String(SCHEMES[look.scheme])}`,
    url,
  ]);
}

/** The document after style and layout, as the browser serialises it. */
export function dumpDom(browser: string, url: string): Promise<string> {
  return run(browser, ["--dump-dom", url]);
}

async function run(browser: string, args: readonly string[]): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), "podkey-chromium-"));
  try {
    return await runCommand(browser, [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--hide-scrollbars",
      "--force-device-scale-factor=1",
      `--user-data-dir=${profile}`,
      ...args,
    ]);
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}
