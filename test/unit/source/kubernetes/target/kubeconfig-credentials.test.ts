import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventName } from "../../../../../src/log/events.ts";
import { TargetError } from "../../../../../src/source/kubernetes/failure/target-error.ts";
import type { Credentials } from "../../../../../src/source/kubernetes/target/credentials.ts";
import { KUBE_PARAMETERS } from "../../../../../src/source/kubernetes/target/parameters.ts";
import type { Target } from "../../../../../src/source/kubernetes/target/target.ts";
import { resolveTarget } from "../../../../../src/source/kubernetes/target/target.ts";
import { ManualTime } from "../../../../support/core/manual-time.ts";

describe("kubeconfig credentials", () => {
  let folder: string;
  let time: ManualTime;
  let logged: EventName[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "podkey-kubeconfig-credentials-"));
    time = new ManualTime();
    logged = [];
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function write(changes: object): Promise<void> {
    const config = {
      "current-context": "lab",
      contexts: [
        { name: "lab", context: { cluster: "lab", user: "me" } },
        { name: "prod", context: { cluster: "prod", user: "you" } },
      ],
      clusters: [
        { name: "lab", cluster: { server: "https://lab.example" } },
        { name: "prod", cluster: { server: "https://prod.example" } },
      ],
      users: [
        { name: "me", user: { token: "token-of-lab" } },
        { name: "you", user: { token: "token-of-prod" } },
      ],
      ...changes,
    };
    await writeFile(join(folder, "config"), JSON.stringify(config));
  }

  function resolve(env: Readonly<Record<string, string>> = {}): Promise<Target> {
    return resolveTarget({
      env: { KUBECONFIG: join(folder, "config"), ...env },
      clock: time,
      timers: time,
      log: (event) => logged.push(event),
      parameters: KUBE_PARAMETERS,
      kubeconfig: undefined,
      context: undefined,
      serviceAccountDir: folder,
    });
  }

  async function authorization(credentials: Credentials): Promise<unknown> {
    return (await credentials.headers())["authorization"];
  }

  it("keeps the context of the start, whatever kubectl config use-context selects later", async () => {
    await write({});
    const { credentials } = await resolve();
    await write({ "current-context": "prod" });
    expect(await credentials.renew()).to.equal(false);
    expect(await authorization(credentials)).to.equal("Bearer token-of-lab");
  });

  it("keeps its credentials if the context now names another server", async () => {
    await write({});
    const { credentials } = await resolve();
    await write({ contexts: [{ name: "lab", context: { cluster: "prod", user: "you" } }] });
    expect(await credentials.renew()).to.equal(false);
    expect(await authorization(credentials)).to.equal("Bearer token-of-lab");
    expect(logged).to.deep.equal(["kube_credentials_kept"]);
  });

  it("reads a new token of the same context after a refusal", async () => {
    await write({});
    const { credentials } = await resolve();
    await write({ users: [{ name: "me", user: { token: "new-token" } }] });
    expect(await credentials.renew()).to.equal(true);
    expect(await authorization(credentials)).to.equal("Bearer new-token");
  });

  it("reads a tokenFile again after a minute, although there is a token too", async () => {
    await writeFile(join(folder, "token"), "one");
    await write({ users: [{ name: "me", user: { token: "inline", tokenFile: "token" } }] });
    const { credentials } = await resolve();
    expect(await authorization(credentials)).to.equal("Bearer one");
    await writeFile(join(folder, "token"), "two");
    time.advance(60_000);
    expect(await authorization(credentials)).to.equal("Bearer two");
  });

  for (const server of ["http://lab.example", "HTTP://lab.example", "lab.example:8080"]) {
    it(`sends no credentials to ${server}, and warns once`, async () => {
      await write({
        clusters: [{ name: "lab", cluster: { server } }],
        users: [{ name: "me", user: { token: "hunter2", as: "deputy" } }],
      });
      const { credentials } = await resolve();
      await credentials.renew();
      expect(await credentials.headers()).to.deep.equal({ "impersonate-user": "deputy" });
      expect(logged).to.deep.equal(["kube_plain_http"]);
    });
  }

  it("runs no plugin for plain HTTP", async () => {
    await write({
      clusters: [{ name: "lab", cluster: { server: "http://lab.example" } }],
      users: [
        {
          name: "me",
          user: {
            exec: {
              apiVersion: "client.authentication.k8s.io/v1",
              command: "/no/such/plugin",
              interactiveMode: "Never",
            },
          },
        },
      ],
    });
    const { credentials } = await resolve();
    await credentials.renew();
    expect(await credentials.headers()).to.deep.equal({});
    expect((await credentials.tls()).cert).to.equal(undefined);
  });

  it("refuses at the start what it cannot use, and keeps what it had when that happens later", async () => {
    await write({ users: [{ name: "me", user: { tokenFile: "missing" } }] });
    expect(await resolve().catch((error: unknown) => error)).to.be.instanceOf(TargetError);
    await writeFile(join(folder, "missing"), "now-there");
    const { credentials } = await resolve();
    await rm(join(folder, "missing"));
    expect(await credentials.renew()).to.equal(false);
    expect(await authorization(credentials)).to.equal("Bearer now-there");
  });

  it("uses the bundle of SSL_CERT_FILE for a cluster without CA", async () => {
    await writeFile(join(folder, "bundle"), "BUNDLE");
    await write({});
    const { credentials } = await resolve({ SSL_CERT_FILE: join(folder, "bundle") });
    expect((await credentials.tls()).ca).to.equal("BUNDLE");
  });
});
