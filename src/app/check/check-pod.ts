/**
 * Checks a pod spec: whether podkey has what it needs, and whether other containers can bypass its policy. Pure. Called for
 * `podkey check --pod` and `-f`.
 */
import { EXIT } from "../../exit-code.ts";
import type { Finding } from "./finding.ts";
import type { FoundPod, PodContainer, PodSpec } from "./pod-spec.ts";

/** Where the spec comes from: only in the API server's are the token mounts of automount visible. */
export type PodOrigin = "manifest" | "api-server";

/** Checks one pod. The subject of all findings is its `title`. */
export function checkPod({ title, spec }: FoundPod, origin: PodOrigin): readonly Finding[] {
  const podkey = findPodkey(spec);
  if (podkey === undefined) {
    const text =
      "has no container named podkey; add the component deploy/kustomize/components/sidecar, or the label podkey.dev/inject.";
    return [{ subject: title, level: "fail", exitCode: EXIT.usage, text }];
  }
  const others = containersOf(spec).filter(({ name }) => name !== PODKEY);
  const found = [
    ...tokenFindings(spec, others, origin),
    ...placeFindings(spec, podkey),
    ...socketFindings(spec, podkey, others),
    ...sharingFindings(spec, podkey),
  ].map((finding): Finding => ({ subject: title, ...finding }));
  if (found.length > 0) return found;
  const text =
    "no other container has a ServiceAccount token; podkey starts before the app and stops after it.";
  return [{ subject: title, level: "ok", text }];
}

type Found = Omit<Finding, "subject">;

/** The container name in the manifests and the injection. */
const PODKEY = "podkey";

/** Where automount mounts the token. */
const TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

function containersOf(spec: PodSpec): readonly PodContainer[] {
  return [...spec.initContainers, ...spec.containers, ...spec.ephemeralContainers];
}

function findPodkey(spec: PodSpec): PodContainer | undefined {
  return containersOf(spec).find(({ name }) => name === PODKEY);
}

/** A container with podkey's token can read the Secrets without podkey. */
function tokenFindings(spec: PodSpec, others: readonly PodContainer[], origin: PodOrigin): readonly Found[] {
  const volumes = tokenVolumes(spec);
  const holders = others.filter(({ volumeMounts }) =>
    volumeMounts.some(({ name, mountPath }) => volumes.has(name) || mountPath === TOKEN_FOLDER),
  );
  const fail = (text: string): Found => ({ level: "fail", exitCode: EXIT.usage, text });
  const found = holders.map(({ name }) =>
    fail(
      `container ${name} has the ServiceAccount token, so it can read what podkey can and bypass its policy; set automountServiceAccountToken: false and mount the projected token into podkey only.`,
    ),
  );
  if (origin === "manifest" && spec.automountServiceAccountToken !== false) {
    found.push(
      fail(
        "automountServiceAccountToken is not false, so every container gets the ServiceAccount token and can bypass podkey's policy; set it to false and project a token into podkey only.",
      ),
    );
  }
  return found;
}

/** The API server does not accept a token for another audience (Vault, a cloud). */
function tokenVolumes({ volumes }: PodSpec): ReadonlySet<string> {
  const holding = volumes.filter(({ projected }) =>
    projected?.sources.some(
      ({ serviceAccountToken: token }) =>
        token !== null && token !== undefined && (token.audience ?? "") === "",
    ),
  );
  return new Set(holding.map(({ name }) => name));
}

/** KEP-753: an init container with restartPolicy Always starts before the app and stops after it. */
function placeFindings(spec: PodSpec, podkey: PodContainer): readonly Found[] {
  const place = spec.initContainers.indexOf(podkey);
  if (place === -1 || podkey.restartPolicy !== "Always") {
    const text =
      "podkey is not a native sidecar, so the app may start before it or stop after it, and a Job never completes; move it to initContainers with restartPolicy: Always.";
    return [{ level: "warn", text }];
  }
  const found: Found[] = [];
  if (place > 0) {
    const earlier = spec.initContainers.slice(0, place).map(({ name }) => name);
    const text = `${earlier.join(", ")} runs before podkey and has no socket; if it needs credentials, make podkey the first init container.`;
    found.push({ level: "warn", text });
  }
  if (podkey.startupProbe === null || podkey.startupProbe === undefined) {
    const text =
      "podkey has no startupProbe, so the app may start before the first sync; add httpGet /startupz on the admin port.";
    found.push({ level: "warn", text });
  }
  return found;
}

/** The folder of the socket separates the consumers. */
function socketFindings(
  spec: PodSpec,
  podkey: PodContainer,
  others: readonly PodContainer[],
): readonly Found[] {
  const emptyDirs = new Set(
    spec.volumes
      .filter(({ emptyDir }) => emptyDir !== null && emptyDir !== undefined)
      .map(({ name }) => name),
  );
  const sockets = new Set(podkey.volumeMounts.map(({ name }) => name).filter((name) => emptyDirs.has(name)));
  return others.flatMap(({ name, volumeMounts }) => {
    const mounts = volumeMounts.filter((mount) => sockets.has(mount.name));
    const found: Found[] = [];
    if (mounts.some(({ subPath, subPathExpr }) => (subPath ?? subPathExpr ?? "") !== "")) {
      const text = `container ${name} mounts the socket folder with subPath, so it keeps a dead socket when podkey restarts; mount the whole volume.`;
      found.push({ level: "fail", exitCode: EXIT.usage, text });
    }
    if (mounts.some(({ readOnly }) => readOnly !== true)) {
      const text = `container ${name} can write to the socket folder, so it could replace the socket; mount it readOnly (clients can still connect).`;
      found.push({ level: "warn", text });
    }
    if (mounts.length > 1) {
      const text = `container ${name} mounts the socket folders of several consumers, so it can read the credentials of each; mount one.`;
      found.push({ level: "warn", text });
    }
    return found;
  });
}

function sharingFindings(spec: PodSpec, podkey: PodContainer): readonly Found[] {
  const found: Found[] = [];
  if (spec.shareProcessNamespace === true) {
    const text =
      "shareProcessNamespace is true, so a container with podkey's uid, or root, can read podkey's files and memory through /proc; remove it.";
    found.push({ level: "warn", text });
  }
  if (spec.hostNetwork === true && podkey.args.some((arg) => /(^|[=,])tcp:/.test(arg))) {
    const text =
      "hostNetwork is true and podkey listens on TCP, so every process of the node can connect; use a Unix socket.";
    found.push({ level: "warn", text });
  }
  return found;
}
