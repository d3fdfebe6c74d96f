import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KUBE_PARAMETERS } from "../../../../../src/source/kubernetes/target/parameters.ts";
import { createServiceAccountCredentials } from "../../../../../src/source/kubernetes/target/service-account.ts";
import type { Credentials } from "../../../../../src/source/kubernetes/target/credentials.ts";
import { SyncError } from "../../../../../src/sync/port/sync-error.ts";
import { ManualTime } from "../../../../support/core/manual-time.ts";
import { createCertificateAuthority, testAuthority } from "../../../../support/tls/certificate-authority.ts";

describe("service account credentials", () => {
  let directory: string;
  let time: ManualTime;
  let logged: string[];
  let credentials: Credentials;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "podkey-account-"));
    await writeFile(join(directory, "token"), "one\n");
    await writeFile(join(directory, "ca.crt"), testAuthority().certificatePem);
    time = new ManualTime();
    logged = [];
    const log = (event: string): void => {
      logged.push(event);
    };
    credentials = createServiceAccountCredentials({
      clock: time,
      log,
      parameters: KUBE_PARAMETERS,
      directory,
    });
  });

  afterEach(() => rm(directory, { recursive: true }));

  async function bearer(): Promise<unknown> {
    return (await credentials.headers())["authorization"];
  }

  it("reads the token again after a minute", async () => {
    expect(await bearer()).to.equal("Bearer one");
    await writeFile(join(directory, "token"), "two");
    time.advance(59_000);
    expect(await bearer()).to.equal("Bearer one");
    time.advance(1_000);
    expect(await bearer()).to.equal("Bearer two");
  });

  it("keeps the old token while the file is missing or empty, and logs it once (scenario 30)", async () => {
    await bearer();
    await writeFile(join(directory, "token"), "");
    time.advance(60_000);
    expect(await bearer()).to.equal("Bearer one");
    await rm(join(directory, "token"));
    time.advance(60_000);
    expect(await bearer()).to.equal("Bearer one");
    expect(logged).to.deep.equal(["kube_token_kept"]);
  });

  it("keeps the old CA bundle while the file is empty or malformed (scenario 32)", async () => {
    const old = testAuthority().certificatePem;
    await credentials.tls();
    const halfWritten = createCertificateAuthority().certificatePem.slice(0, 200);
    for (const content of ["", "garbage", `${old}${halfWritten}-----END CERTIFICATE-----\n`]) {
      await writeFile(join(directory, "ca.crt"), content);
      expect(await credentials.renew(), content).to.equal(false);
      expect((await credentials.tls()).ca).to.equal(old);
    }
    expect(logged).to.deep.equal(["kube_ca_kept"]);
  });

  it("reads token and CA at once if the API server rejects them", async () => {
    await bearer();
    await credentials.tls();
    const rotated = createCertificateAuthority().certificatePem;
    await writeFile(join(directory, "token"), "two");
    await writeFile(join(directory, "ca.crt"), rotated);
    expect(await credentials.renew()).to.equal(true);
    expect(await bearer()).to.equal("Bearer two");
    expect((await credentials.tls()).ca).to.equal(rotated);
    expect(await credentials.renew()).to.equal(false);
  });

  it("fails with the file's name and none of its content until a read has succeeded", async () => {
    await writeFile(join(directory, "token"), "hunter2\nhunter2");
    const thrown = await bearer().catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(SyncError).with.property("kind", "unauthorized");
    expect((thrown as Error).message)
      .to.contain(join(directory, "token"))
      .and.not.to.contain("hunter2");
  });
});
