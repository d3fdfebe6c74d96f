/**
 * Whether a pod gives podkey what it needs, and gives nobody else what makes its policy void. Pure: from the spec alone,
 * as written in a manifest or as the API server has it. Called for `podkey check --pod` and `-f`.
 */
import { EXIT } from "../../exit-code.ts";
import type { Finding } from "./finding.ts";
import type { FoundPod, PodContainer, PodSpec } from "./pod-spec.ts";

/** Where the pod was read: only the API server has already mounted the ServiceAccount's token. */
export type PodOrigin = "manifest" | "api-server";

/** Findings about one pod; all are of the subject `title`. */
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
    "no other container holds a ServiceAccount token; podkey starts before the app and stops after it.";
  return [{ subject: title, level: "ok", text }];
}

type Found = Omit<Finding, "subject">;

/** The name that the manifests and the injection give it. */
const PODKEY = "podkey";

/** Where every container finds the ServiceAccount. */
const TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

function containersOf(spec: PodSpec): readonly PodContainer[] {
  return [...spec.initContainers, ...spec.containers, ...spec.ephemeralContainers];
}

function findPodkey(spec: PodSpec): PodContainer | undefined {
  return containersOf(spec).find(({ name }) => name === PODKEY);
}

/** Whoever holds podkey's token reads the Secrets without podkey. */
function tokenFindings(spec: PodSpec, others: readonly PodContainer[], origin: PodOrigin): readonly Found[] {
  const volumes = tokenVolumes(spec);
  const holders = others.filter(({ volumeMounts }) =>
    volumeMounts.some(({ name, mountPath }) => volumes.has(name) || mountPath === TOKEN_FOLDER),
  );
  const fail = (text: string): Found => ({ level: "fail", exitCode: EXIT.usage, text });
  const found = holders.map(({ name }) =>
    fail(
      `container ${name} holds the ServiceAccount's token, so it can read what podkey can and policy is no boundary for it; set automountServiceAccountToken: false and mount the projected token into podkey only.`,
    ),
  );
  if (origin === "manifest" && spec.automountServiceAccountToken !== false) {
    found.push(
      fail(
        "automountServiceAccountToken is not false, so every container will hold the ServiceAccount's token and policy is no boundary; set it to false and project a token into podkey only.",
      ),
    );
  }
  return found;
}

/** A token for another audience (Vault, a cloud) opens nothing at the API server. */
function tokenVolumes({ volumes }: PodSpec): ReadonlySet<string> {
  const holding = volumes.filter(({ projected }) =>
    projected?.sources.some(
      ({ serviceAccountToken: token }) =>
        token !== null && token !== undefined && (token.audience ?? "") === "",
    ),
  );
  return new Set(holding.map(({ name }) => name));
}

/** KEP-753: an init container that is restarted for ever starts before the app and stops after it. */
function placeFindings(spec: PodSpec, podkey: PodContainer): readonly Found[] {
  const place = spec.initContainers.indexOf(podkey);
  if (place === -1 || podkey.restartPolicy !== "Always") {
    const text =
      "podkey is no native sidecar, so the app may start before it and outlive it, and a Job never completes; put it among initContainers with restartPolicy: Always.";
    return [{ level: "warn", text }];
  }
  const found: Found[] = [];
  if (place > 0) {
    const earlier = spec.initContainers.slice(0, place).map(({ name }) => name);
    const text = `${earlier.join(", ")} runs before podkey and finds no socket; put podkey first among initContainers if it needs credentials.`;
    found.push({ level: "warn", text });
  }
  if (podkey.startupProbe === null || podkey.startupProbe === undefined) {
    const text =
      "podkey has no startupProbe, so the app starts before the first sync; add httpGet /startupz on the admin port.";
    found.push({ level: "warn", text });
  }
  return found;
}

/** The socket's folder is the boundary between consumers. */
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
      const text = `container ${name} mounts the socket's folder by subPath, so it keeps a dead socket when podkey is restarted; mount the whole volume.`;
      found.push({ level: "fail", exitCode: EXIT.usage, text });
    }
    if (mounts.some(({ readOnly }) => readOnly !== true)) {
      const text = `container ${name} may write into the socket's folder, so it could put a socket of its own there; mount it readOnly (connecting still works).`;
      found.push({ level: "warn", text });
    }
    if (mounts.length > 1) {
      const text = `container ${name} mounts the folders of several consumers, so it reads what each of them may; mount one.`;
      found.push({ level: "warn", text });
    }
    return found;
  });
}

function sharingFindings(spec: PodSpec, podkey: PodContainer): readonly Found[] {
  const found: Found[] = [];
  if (spec.shareProcessNamespace === true) {
    const text =
      "shareProcessNamespace is true, so a container with podkey's uid, or root, can read podkey's files and memory through /proc; leave it out.";
    found.push({ level: "warn", text });
  }
  if (spec.hostNetwork === true && podkey.args.some((arg) => /(^|[=,])tcp:/.test(arg))) {
    const text =
      "hostNetwork is true and podkey listens on TCP, so every process of the node can connect; listen on a Unix socket.";
    found.push({ level: "warn", text });
  }
  return found;
}
