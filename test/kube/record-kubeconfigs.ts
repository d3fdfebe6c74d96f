/**
 * `npm run kube:record`: plays every kubeconfig of the comparison against the real kubectl and against podkey, and
 * writes test/support/kubeconfig/answers.json. Run it after a change of the rows, of a sentence or of the version of
 * kubectl, and read the diff.
 */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { findKubeAssets, HOW_TO_GET_KUBE } from "../support/kube/assets.ts";
import { KUBECONFIG_CASES } from "../support/kubeconfig/kubeconfig-cases.ts";
import { KubeconfigLab } from "../support/kubeconfig/kubeconfig-lab.ts";
import { playKubectl } from "../support/kubeconfig/play-kubectl.ts";
import { playPodkey } from "../support/kubeconfig/play-podkey.ts";
import type { RecordedRow } from "../support/kubeconfig/recorded-answers.ts";
import { writeRecordedAnswers } from "../support/kubeconfig/recorded-answers.ts";
import { readKubeVersions } from "./versions.ts";

async function main(): Promise<number> {
  const assets = findKubeAssets();
  if (assets === undefined) {
    process.stdout.write(`${HOW_TO_GET_KUBE}\n`);
    return 1;
  }
  const lab = await KubeconfigLab.start();
  const rows: Record<string, RecordedRow> = {};
  for (const row of KUBECONFIG_CASES) {
    const kubectl = await playKubectl(lab, row, join(assets, "kubectl"));
    const podkey = await playPodkey(lab, row);
    rows[row.name] = { kubectl, ...(!isDeepStrictEqual(kubectl, podkey) && { podkey }) };
  }
  await lab.close();
  writeRecordedAnswers({ kubectl: readKubeVersions().kubernetes, rows });
  process.stdout.write(`Recorded ${String(KUBECONFIG_CASES.length)} kubeconfigs.\n`);
  return 0;
}

process.exitCode = await main();
