/**
 * `podkey check -f`: checks the pods of a manifest, such as the output of `kubectl kustomize`. Loaded on demand, because it
 * needs the YAML parser.
 */
import type { Document } from "yaml";
import { parseAllDocuments } from "yaml";
import { EXIT } from "../../exit-code.ts";
import { checkPod } from "./check-pod.ts";
import type { Finding } from "./finding.ts";
import { findPods } from "./pod-spec.ts";

/**
 * Checks every pod, and every object that creates pods, in YAML or JSON documents.
 * @param from the origin of the text, for messages.
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
    return fail(`line ${String(line ?? "?")} is not valid YAML (${broken.code}); fix it and check again.`);
  }
  const pods = parsed.flatMap((document) => findPods(document.toJS()));
  if (pods.length === 0)
    return fail(
      "contains no Pod, Deployment, StatefulSet, DaemonSet, Job or CronJob with a valid spec; pass a manifest that has one.",
    );
  return pods.flatMap((pod) => checkPod(pod, "manifest"));
}
