/** The record of kubectl's answers to kubeconfigs, checked against the real kubectl. podkey's side runs in every `npm test`. */
import { expect } from "chai";
import { join } from "node:path";
import { findKubeAssets } from "../support/kube/assets.ts";
import { describeKube } from "../support/kube/shared-kube-api-server.ts";
import { KUBECONFIG_CASES } from "../support/kubeconfig/kubeconfig-cases.ts";
import { KubeconfigLab } from "../support/kubeconfig/kubeconfig-lab.ts";
import { playKubectl } from "../support/kubeconfig/play-kubectl.ts";
import { readRecordedAnswers } from "../support/kubeconfig/recorded-answers.ts";
import { readKubeVersions } from "./versions.ts";

describeKube("kubeconfigs: the real kubectl", () => {
  const recorded = readRecordedAnswers();
  let lab: KubeconfigLab;

  before(async () => {
    lab = await KubeconfigLab.start();
  });

  after(() => lab.close());

  it("is the version that was recorded", () => {
    expect(recorded.kubectl).to.equal(readKubeVersions().kubernetes);
  });

  for (const row of KUBECONFIG_CASES) {
    it(`answers as recorded: ${row.name}`, async () => {
      const outcome = await playKubectl(lab, row, join(findKubeAssets() ?? "", "kubectl"));
      expect(outcome).to.deep.equal(recorded.rows[row.name]?.kubectl);
    });
  }
});
