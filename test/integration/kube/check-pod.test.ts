/**
 * `podkey check --pod` with pods as a real API server stores them: admission mounts the ServiceAccount's token into every
 * container by default, which the manifest does not show.
 */
import { expect } from "chai";
import type { KubeApiServer } from "../../support/kube/kube-api-server.ts";
import { describeKube, sharedKubeApiServer, uniqueName } from "../../support/kube/shared-kube-api-server.ts";
import type { Ended } from "../../support/process/run-podkey.ts";
import { runPodkey } from "../../support/process/run-podkey.ts";

describeKube("podkey check --pod on kube-apiserver", function () {
  this.timeout(20_000);
  let server: KubeApiServer;
  let namespace: string;

  before(async () => {
    server = await sharedKubeApiServer();
    namespace = uniqueName("shop");
    await server.objects.createNamespace(namespace);
    await server.objects.createServiceAccount(namespace, "podkey");
  });

  async function createPod(name: string, spec: object): Promise<void> {
    const socket = { name: "socket", mountPath: "/run/podkey", readOnly: true };
    await server.admin.send("POST", `/api/v1/namespaces/${namespace}/pods`, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec: {
        serviceAccountName: "podkey",
        initContainers: [
          {
            name: "podkey",
            image: "podkey:1",
            restartPolicy: "Always",
            startupProbe: { httpGet: { path: "/startupz", port: 19402 } },
            volumeMounts: [{ name: "socket", mountPath: "/run/podkey" }],
          },
        ],
        containers: [{ name: "app", image: "app:1", volumeMounts: [socket] }],
        volumes: [{ name: "socket", emptyDir: {} }],
        ...spec,
      },
    });
  }

  function check(name: string): Promise<Ended> {
    const identity = { kind: "certificate", pair: server.pki.admin } as const;
    const kubeconfig = server.writeKubeconfig(`${namespace}.admin.kubeconfig`, identity, { namespace });
    return runPodkey(["check", "--kubeconfig", kubeconfig, "--pod", name]);
  }

  it("fails for a pod whose containers got the token by admission", async () => {
    await createPod("careless", {});
    const { code, stdout } = await check("careless");
    expect(stdout).to.match(/^fail {2}Pod careless {2}container app has the ServiceAccount token/m);
    expect(code).to.equal(2);
  });

  it("passes a pod with automount off", async () => {
    await createPod("careful", { automountServiceAccountToken: false });
    const { code, stdout } = await check("careful");
    expect(stdout).to.match(/^ok {4}Pod careful {2}no other container has a ServiceAccount token/m);
    expect(code).to.equal(0);
  });

  it("reports that the pod does not exist", async () => {
    const { code, stdout } = await check("absent");
    expect(stdout).to.match(/^fail {2}Pod absent .* 404 .*pods "absent" not found/m);
    expect(code).to.equal(6);
  });
});
