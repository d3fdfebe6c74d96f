// The findings of `podkey check --pod` and `-f`, rule by rule.
import { expect } from "chai";
import { checkPod } from "../../../../src/app/check/check-pod.ts";
import type { PodOrigin } from "../../../../src/app/check/check-pod.ts";
import { findPods } from "../../../../src/app/check/pod-spec.ts";

type Fields = Readonly<Record<string, unknown>>;

const TOKEN_VOLUME = {
  name: "podkey-token",
  projected: {
    sources: [{ serviceAccountToken: { path: "token" } }, { configMap: { name: "kube-root-ca.crt" } }],
  },
};
const TOKEN_MOUNT = { name: "podkey-token", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" };
const PODKEY = {
  name: "podkey",
  restartPolicy: "Always",
  startupProbe: { httpGet: { path: "/startupz", port: 19402 } },
  args: ["serve", "--listen=unix:/run/podkey/app/podkey.sock"],
  volumeMounts: [{ name: "socket", mountPath: "/run/podkey/app" }, TOKEN_MOUNT],
};
const APP = { name: "app", volumeMounts: [{ name: "socket", mountPath: "/run/podkey", readOnly: true }] };
const GOOD = {
  automountServiceAccountToken: false,
  initContainers: [PODKEY],
  containers: [APP],
  volumes: [{ name: "socket", emptyDir: { medium: "Memory" } }, TOKEN_VOLUME],
};

/** The findings for a pod that differs from a correct one in these fields, as `level: text`. */
function judge(difference: Fields = {}, origin: PodOrigin = "manifest"): readonly string[] {
  const pods = findPods({ kind: "Pod", metadata: { name: "web" }, spec: { ...GOOD, ...difference } });
  return pods.flatMap((pod) => checkPod(pod, origin)).map(({ level, text }) => `${level}: ${text}`);
}

function withApp(volumeMounts: readonly Fields[]): Fields {
  return { containers: [{ ...APP, volumeMounts }] };
}

const cases: readonly (readonly [string, Fields, RegExp])[] = [
  [
    "an app that mounts podkey's token",
    withApp([TOKEN_MOUNT]),
    /^fail: container app has the ServiceAccount token/,
  ],
  [
    "an app that mounts any token at the ServiceAccount's place",
    withApp([{ name: "other", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }]),
    /^fail: container app has/,
  ],
  [
    "a debug container that holds the token",
    { ephemeralContainers: [{ name: "debugger", volumeMounts: [TOKEN_MOUNT] }] },
    /^fail: container debugger has/,
  ],
  [
    "automount left on",
    { automountServiceAccountToken: undefined },
    /^fail: automountServiceAccountToken is not false/,
  ],
  [
    "podkey beside the app",
    { initContainers: [], containers: [PODKEY, APP] },
    /^warn: podkey is not a native sidecar/,
  ],
  [
    "podkey that ends before the app starts",
    { initContainers: [{ ...PODKEY, restartPolicy: undefined }] },
    /^warn: podkey is not a native sidecar/,
  ],
  [
    "an init container before podkey",
    { initContainers: [{ name: "migrate" }, PODKEY] },
    /^warn: migrate runs before podkey/,
  ],
  [
    "no startupProbe",
    { initContainers: [{ ...PODKEY, startupProbe: null }] },
    /^warn: podkey has no startupProbe/,
  ],
  [
    "the socket by subPath",
    withApp([{ name: "socket", mountPath: "/s", subPath: "podkey.sock", readOnly: true }]),
    /^fail: container app mounts the socket folder with subPath/,
  ],
  [
    "a socket folder that the app may write",
    withApp([{ name: "socket", mountPath: "/run/podkey" }]),
    /^warn: container app can write to the socket folder/,
  ],
  ["a shared process namespace", { shareProcessNamespace: true }, /^warn: shareProcessNamespace is true/],
  [
    "TCP on the node's network",
    { hostNetwork: true, initContainers: [{ ...PODKEY, args: ["--listen=tcp:127.0.0.1:1"] }] },
    /^warn: hostNetwork is true and podkey listens on TCP/,
  ],
];

describe("check: pod", () => {
  it("accepts the pod of deploy/kustomize", () => {
    expect(judge()).to.deep.equal([
      "ok: no other container has a ServiceAccount token; podkey starts before the app and stops after it.",
    ]);
  });

  for (const [what, difference, expected] of cases) {
    it(`reports one finding with the remedy for ${what}`, () => {
      const found = judge(difference);
      expect(found, found.join("\n")).to.have.length(1);
      expect(found[0])
        .to.match(expected)
        .and.to.match(/; .*\.$/);
    });
  }

  it("warns about a container that mounts the folders of two consumers", () => {
    const found = judge({
      initContainers: [
        { ...PODKEY, volumeMounts: [...PODKEY.volumeMounts, { name: "second", mountPath: "/run/podkey/b" }] },
      ],
      containers: [
        { ...APP, volumeMounts: [...APP.volumeMounts, { name: "second", mountPath: "/b", readOnly: true }] },
      ],
      volumes: [...GOOD.volumes, { name: "second", emptyDir: {} }],
    });
    expect(found).to.have.length(1);
    expect(found[0]).to.match(/^warn: container app mounts the socket folders of several consumers/);
  });

  it("accepts a token for another audience, which the API server does not accept", () => {
    const volume = {
      name: "vault",
      projected: { sources: [{ serviceAccountToken: { audience: "vault" } }] },
    };
    const mounts = [...APP.volumeMounts, { name: "vault", mountPath: "/vault" }];
    expect(judge({ ...withApp(mounts), volumes: [...GOOD.volumes, volume] })[0]).to.match(/^ok: /);
  });

  it("ignores the automount field of a pod from the API server, because the ServiceAccount may turn it off", () => {
    expect(judge({ automountServiceAccountToken: undefined }, "api-server")[0]).to.match(/^ok: /);
  });

  it("reports a pod without podkey", () => {
    expect(judge({ initContainers: [] })[0]).to.match(/^fail: has no container named podkey/);
  });
});

describe("check: pods of a manifest", () => {
  const spec = { containers: [{ name: "app" }] };
  const template = { spec };
  const objects: readonly (readonly [string, Fields])[] = [
    ...["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"].map(
      (kind) => [kind, { kind, metadata: { name: "x" }, spec: { template } }] as const,
    ),
    ["CronJob", { kind: "CronJob", metadata: { name: "x" }, spec: { jobTemplate: { spec: { template } } } }],
  ];
  for (const [kind, object] of objects) {
    it(`finds the pod of a ${kind}`, () => {
      expect(findPods(object).map(({ title }) => title)).to.deep.equal([`${kind} x`]);
    });
  }

  it("finds all pods of a List, and none in other kinds or without an object", () => {
    const list = {
      kind: "List",
      items: [{ kind: "Pod", metadata: { name: "a" }, spec }, { kind: "Service" }],
    };
    expect(findPods(list).map(({ title }) => title)).to.deep.equal(["Pod a"]);
    for (const other of [null, undefined, 3, "Pod", [], { kind: "Pod" }, { kind: "Service", spec }])
      expect(findPods(other)).to.deep.equal([]);
  });
});
