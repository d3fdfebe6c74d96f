// /statusz of the built podkey in Chromium, in light and dark mode. With PODKEY_KEEP_PICTURES the pictures of docs/images are
// written here.
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { dumpDom, installChromium, photograph } from "../support/browser/chromium.ts";
import { ROOT } from "../support/docs/checkout.ts";
import { Stage } from "../support/drill/stage.ts";
import { copyBuilt } from "../support/process/built-copy.ts";
import { testAuthority } from "../support/tls/certificate-authority.ts";

const DAY_MS = 86_400_000;
const LOOK = { widthPx: 1000, heightPx: 1290 };

/** A podkey with a broken certificate, an expiry, a reconnect, and an unavailable API server. */
async function live(stage: Stage): Promise<void> {
  const { certificatePem, keyPem } = testAuthority().issue({ notAfterMs: Date.now() + 2 * DAY_MS });
  const tls = { type: "kubernetes.io/tls" };
  stage.server.putSecret("default", "web-tls", { "tls.crt": certificatePem, "tls.key": keyPem }, tls);
  stage.server.putSecret("default", "old-tls", { "tls.crt": "none", "tls.key": "none" }, tls);
  await stage.serve(["--metrics-credential-names"]);
  await stage.logged("app_ready");
  const watch = stage.client().watch({ heartbeatInterval: { seconds: 30 } });
  let heartbeats = 0;
  await watch.until(({ event }) => event === "heartbeat" && ++heartbeats === 16);
  await stage.server.kill();
  await watch.until(({ event }) => event === "heartbeat" && ++heartbeats === 26);
}

describe("/statusz in Chromium", function () {
  this.timeout(240_000);
  let browser: string;
  let folder: string | undefined;
  let stage: Stage;
  let url: string;

  before(async function () {
    const found = await installChromium((line) => console.log(`  ${line}`));
    if (found === undefined) this.skip();
    browser = found;
    folder = await copyBuilt();
    stage = await Stage.open(join(folder, "podkey.js"));
    await live(stage);
    url = `http://127.0.0.1:${String(stage.adminPort)}/statusz`;
  });
  after(async () => {
    if (folder === undefined) return;
    await stage.close();
    rmSync(folder, { recursive: true });
  });

  it("is valid HTML without scripts, and forbids them", async () => {
    const answer = await fetch(url);
    expect(answer.headers.get("content-security-policy"))
      .to.match(/default-src 'none'/)
      .and.not.match(/script-src/);
    const served = await answer.text();
    expect(served).to.not.match(/<script| on\w+=/);
    const seen = await dumpDom(browser, url);
    const headings = (html: string): readonly string[] =>
      [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title = ""]) => title);
    expect(headings(seen)).to.deep.equal(headings(served));
    expect(seen).to.contain("default/web-tls").and.to.contain('class="stale"');
  });

  for (const scheme of ["light", "dark"] as const) {
    it(`renders in ${scheme} mode`, async () => {
      const pictures = mkdtempSync(join(tmpdir(), "podkey-pictures-"));
      try {
        const file = join(pictures, `statusz-${scheme}.png`);
        await photograph(browser, url, file, { ...LOOK, scheme });
        const png = readFileSync(file);
        expect(png.subarray(1, 4).toString()).to.equal("PNG");
        expect([png.readUInt32BE(16), png.readUInt32BE(20)]).to.deep.equal([LOOK.widthPx, LOOK.heightPx]);
        // An empty page of this size has a few kilobytes.
        expect(png.byteLength).to.be.greaterThan(30_000);
        if (process.env["PODKEY_KEEP_PICTURES"] !== undefined)
          copyFileSync(file, join(ROOT, "docs", "images", `statusz-${scheme}.png`));
      } finally {
        rmSync(pictures, { recursive: true });
      }
    });
  }
});
