/**
 * What `kubectl create --dry-run=server` answers to the manifests of manifest-cases.ts: recorded in kubectl-answers.json,
 * which `npm run test:kube` compares with a real API server. To record again:
 * PODKEY_RECORD=1 npm run test:kube -- manifests
 */
import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findKubeAssets } from "../kube/assets.ts";
import type { KubeApiServer } from "../kube/kube-api-server.ts";

/** The fields of a Secret that a manifest decides. Long values are replaced by their hash. */
export interface AnsweredSecret {
  readonly type: string;
  readonly immutable: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

/** The answer to one file: the Secrets that would be created, by `namespace/name`, and the first error. */
export interface KubectlAnswer {
  readonly secrets: Readonly<Record<string, AnsweredSecret>>;
  readonly error?: string;
}

const FILE = join(import.meta.dirname, "kubectl-answers.json");
const SHORT = 200;

/** The recorded answers, by the title of the case. */
export function recordedAnswers(): Readonly<Record<string, KubectlAnswer>> {
  return JSON.parse(readFileSync(FILE, "utf8")) as Readonly<Record<string, KubectlAnswer>>;
}

/** Records the answers. */
export function recordAnswers(answers: Readonly<Record<string, KubectlAnswer>>): void {
  writeFileSync(FILE, `${JSON.stringify(answers, null, 2)}\n`);
}

/** A value as it is recorded. */
export function recordedText(text: string): string {
  return text.length <= SHORT ? text : `sha256 ${createHash("sha256").update(text).digest("hex")}`;
}

/** Asks kubectl and a real API server. Nothing is created. */
export async function askKubectl(
  server: KubeApiServer,
  content: string | Uint8Array,
): Promise<KubectlAnswer> {
  const file = server.path("manifest.yaml");
  writeFileSync(file, content);
  const kubeconfig = server.writeKubeconfig("admin.kubeconfig", {
    kind: "certificate",
    pair: server.pki.admin,
  });
  const args = ["create", "--dry-run=server", "--namespace=default", "--output=json", `--filename=${file}`];
  return new Promise((resolve) => {
    const binary = join(findKubeAssets() ?? "", "kubectl");
    execFile(
      binary,
      ["--kubeconfig", kubeconfig, ...args],
      { maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const secrets = Object.fromEntries(objectsOf(stdout).flatMap(answeredSecrets));
        const [line = ""] = stderr.replaceAll(file, "FILE").split("\n");
        resolve(error === null ? { secrets } : { secrets, error: line.slice(0, SHORT) });
      },
    );
  });
}

interface ApiObject {
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly items?: readonly ApiObject[];
  readonly [field: string]: unknown;
}

/** kubectl prints one indented JSON object after another. */
function objectsOf(stdout: string): readonly ApiObject[] {
  const texts = stdout.split(/(?<=^\})\n/m).filter((text) => text.trim() !== "");
  return texts.map((text) => JSON.parse(text) as ApiObject).flatMap((object) => object.items ?? [object]);
}

function answeredSecrets({
  kind,
  metadata,
  ...fields
}: ApiObject): readonly (readonly [string, AnsweredSecret])[] {
  if (kind !== "Secret") return [];
  const strings = (value: unknown): Record<string, string> =>
    Object.fromEntries(
      Object.entries((value ?? {}) as Record<string, string>).map(([key, text]) => [key, recordedText(text)]),
    );
  const { generateName } = metadata;
  const name = typeof generateName === "string" ? `${generateName}*` : metadata["name"];
  const secret = {
    type: String(fields["type"]),
    immutable: fields["immutable"] === true,
    labels: strings(metadata["labels"]),
    annotations: strings(metadata["annotations"]),
    data: strings(fields["data"]),
  };
  return [[`${String(metadata["namespace"])}/${String(name)}`, secret]];
}
