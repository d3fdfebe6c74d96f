/** Step 30: two containers, two policies, two sockets; only podkey's container has a token. */
import { expect } from "chai";
import type { Bench, Step } from "../bench.ts";
import { Tenant } from "../tenant.ts";
import { deployment } from "../workloads.ts";
import { applyInjection } from "./80-injection.ts";

const CONFIG = `apiVersion: config.podkey.dev/v1
kind: SidecarConfiguration
consumers:
  - name: web
    listen: unix:/run/podkey/web/podkey.sock
    socketMode: "0666"
    allow: [{ names: [db], keys: [username] }]
  - name: worker
    listen: unix:/run/podkey/worker/podkey.sock
    socketMode: "0666"
    allow: [{ names: [queue] }]
`;

/** See the file comment. */
export const CONSUMERS: Step = {
  number: "30",
  name: "two consumers have two policies, and no other container has a token",
  async run(bench) {
    const tenant = await Tenant.create(bench, "consumers");
    const name = await start(bench, tenant);
    const get = (container: string, ...what: readonly string[]): Promise<string> =>
      tenant.exec(name, container, "podkey", "get", ...what, "-o", "raw").catch(String);

    expect(await get("web", "db", "--key", "username")).to.equal("shop");
    expect(await get("worker", "queue", "--key", "token")).to.equal("t");
    expect(await get("web", "db", "--key", "password")).to.contain("exit code 3");
    expect(await get("web", "queue", "--key", "token")).to.contain("exit code 3");
    expect(await get("worker", "db", "--key", "username")).to.contain("exit code 3");

    for (const container of ["web", "worker"]) {
      const seen = JSON.parse(await tenant.exec(name, container, "/nodejs/bin/node", "-e", PROBE)) as object;
      expect(seen, container).to.deep.equal({ token: false, sockets: ["podkey.sock"], isWritable: false });
    }
    await tenant.end();
  },
};

/** Prints what a container can access of podkey and its token. */
const PROBE = `const fs = require("fs");
let isWritable = true;
try { fs.writeFileSync("/run/podkey/x", ""); } catch { isWritable = false; }
console.log(JSON.stringify({
  token: fs.existsSync("/var/run/secrets/kubernetes.io/serviceaccount"),
  sockets: fs.readdirSync("/run/podkey"),
  isWritable,
}));`;

async function start(bench: Bench, tenant: Tenant): Promise<string> {
  await tenant.putSecret("db", { username: "shop", password: "secret" });
  await tenant.putSecret("queue", { token: "t" });
  await tenant.apply([
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "shop-podkey" },
      data: { "config.yaml": CONFIG },
    },
  ]);
  await applyInjection(bench);
  await tenant.apply([
    deployment("web", {
      containers: ["web", "worker"],
      env: { APP_KEY: "username" },
      labels: { "podkey.dev/inject": "true" },
      annotations: { "podkey.dev/config": "shop-podkey" },
    }),
  ]);
  return (await tenant.ready("web")).metadata.name;
}
