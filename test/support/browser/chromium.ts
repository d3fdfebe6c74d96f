/**
 * Headless Chromium for pages that a person reads: one process a picture, no driver. `npm run test:browser` installs Debian's package where it may; elsewhere the tests are skipped.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../run-command.ts";

/** How a page is looked at. */
export interface Look {
  readonly scheme: "light" | "dark";
  readonly widthPx: number;
  readonly heightPx: number;
}

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];
/** Chromium's names of `prefers-color-scheme`. */
const SCHEMES = { light: 1, dark: 0 } as const;

/** The browser on this machine; undefined if there is none. */
export function findChromium(): string | undefined {
  return PROGRAMS.find((name) => spawnSync(name, ["--version"]).status === 0);
}

/** Installs Debian's package if this process may; returns the browser, or undefined. */
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

/** Takes a picture of a page into a PNG file. @throws with what the browser said. */
export async function photograph(browser: string, url: string, file: string, look: Look): Promise<void> {
  await run(browser, [
    `--screenshot=${file}`,
    `--window-size=${String(look.widthPx)},${String(look.heightPx)}`,
    `--blink-settings=preferredColorScheme=${String(SCHEMES[look.scheme])}`,
    url,
  ]);
}

/** The document as the browser understood it, after style and layout. */
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
