import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KUBE_PARAMETERS } from "../../../../src/source/kubernetes/target/parameters.ts";
import { resolveTarget } from "../../../../src/source/kubernetes/target/target.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { startFakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { collect } from "./collect.ts";
import type { TestClient } from "./test-client.ts";
import { openTestClient } from "./test-client.ts";

const V1 = "client.authentication.k8s.io/v1";
const CONSISTENT = { resourceVersion: "" };

describe("renewal: exec plugin", () => {
  let folder: string;
  let server: FakeApiServer;
  let time: ManualTime;
  let test: TestClient;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "podkey-exec-renewal-"));
    server = await startFakeApiServer();
    server.access.setTokens({ "token-1": "podkey" });
    time = new ManualTime();
    await print({ token: "token-1" });
    const config = {
      "current-context": "lab",
      clusters: [
        {
          name: "lab",
          cluster: {
            server: server.url,
            "certificate-authority-data": Buffer.from(server.caPem).toString("base64"),
          },
        },
      ],
      contexts: [{ name: "lab", context: { cluster: "lab", user: "me" } }],
      users: [
        {
          name: "me",
          user: {
            exec: {
              apiVersion: V1,
              command: "sh",
              args: [join(folder, "plugin.sh")],
              interactiveMode: "Never",
            },
          },
        },
      ],
    };
    await writeFile(join(folder, "config"), JSON.stringify(config));
    const { credentials } = await resolveTarget({
      env: { PATH: process.env["PATH"] },
      clock: time,
      timers: time,
      log: () => undefined,
      parameters: KUBE_PARAMETERS,
      kubeconfig: join(folder, "config"),
      context: undefined,
    });
    test = openTestClient({ url: server.url, credentials });
  });

  afterEach(async () => {
    test.client.close();
    await server.kill("fin");
    await rm(folder, { recursive: true });
  });

  /** Lets the plugin print this status. */
  async function print(status: object): Promise<void> {
    const credential = JSON.stringify({ apiVersion: V1, kind: "ExecCredential", status });
    await writeFile(join(folder, "plugin.sh"), `echo '${credential}'\n`);
  }

  it("runs the plugin again after a 401 and sends the request again, without an error", async () => {
    await collect(test.upstream().list(CONSISTENT));
    server.access.setTokens({ "token-2": "podkey" });
    await print({ token: "token-2" });
    time.advance(1_000);
    const lists = await Promise.all([1, 2].map(() => collect(test.upstream().list(CONSISTENT))));
    expect(lists.map(({ error }) => error)).to.deep.equal([undefined, undefined]);
    expect(server.requests.count({ verb: "list" })).to.equal(1 + 2 * 2);
  });

  it("runs the plugin again before a request when its credentials have expired", async () => {
    const expirationTimestamp = new Date(time.wallMs() + 60_000).toISOString();
    await print({ token: "token-1", expirationTimestamp });
    await collect(test.upstream().list(CONSISTENT));
    server.access.setTokens({ "token-2": "podkey" });
    await print({ token: "token-2" });
    time.advance(61_000);
    expect((await collect(test.upstream().list(CONSISTENT))).error).to.equal(undefined);
    expect(server.requests.count({ verb: "list" })).to.equal(2);
  });

  it("fails with unauthorized and the plugin's reason, and recovers when the plugin works again", async () => {
    await collect(test.upstream().list(CONSISTENT));
    server.access.setTokens({ "token-2": "podkey" });
    await writeFile(join(folder, "plugin.sh"), "echo 'log in first' >&2\nexit 1\n");
    time.advance(1_000);
    const { error } = await collect(test.upstream().list(CONSISTENT));
    expect(error?.kind).to.equal("unauthorized");
    expect(error?.message).to.equal(
      "The exec plugin sh of the user me failed with exit code 1: log in first.",
    );
    await print({ token: "token-2" });
    time.advance(5_000);
    expect((await collect(test.upstream().list(CONSISTENT))).error).to.equal(undefined);
  });
});
