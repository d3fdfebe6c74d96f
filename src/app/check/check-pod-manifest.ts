/**
 * `podkey check -f`: judges the pods of a manifest before they exist, such as what `kubectl kustomize` prints. Loaded
 * only then, since it brings the YAML parser.
 */
import type { Document } from "yaml";
import { parseAllDocuments } from "yaml";
import { EXIT } from "../../exit-code.ts";
import { checkPod } from "./check-pod.ts";
import type { Finding } from "./finding.ts";
import { findPods } from "./pod-spec.ts";

/**
 * Judges every pod, and everything that makes pods, in a text of YAML or JSON documents.
 * @param from where the text is from, for messages.
 */
export function checkPodManifest(text: string, from: string): readonly Finding[] {
  const parsed: Document[] = [];
  for (const document of parseAllDocuments(text)) parsed.push(document);
  const fail = (problem: string): readonly Finding[] => [
    { subject: from, level: "fail", exitCode: EXIT.usage, text: problem },
  ];
  const broken = parsed.flatMap(({ errors }) => errors)[0];
  if (broken !== undefined) {
    const line = broken.linePos?.[0].line;
    return fail(`line ${String(line ?? "?")} is no YAML (${broken.code}); mend it, then check again.`);
  }
  const pods = parsed.flatMap((document) => findPods(document.toJS()));
  if (pods.length === 0)
    return fail("holds no Pod, Deployment, StatefulSet, DaemonSet, Job or CronJob with a readable spec.");
  return pods.flatMap((pod) => checkPod(pod, "manifest"));
}
