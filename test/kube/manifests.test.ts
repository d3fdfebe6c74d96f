/** The answers of kubectl that podkey's manifests are compared with are those of a real API server of today. */
import { expect } from "chai";
import type { KubeApiServer } from "../support/kube/kube-api-server.ts";
import { describeKube, sharedKubeApiServer } from "../support/kube/shared-kube-api-server.ts";
import type { KubectlAnswer } from "../support/manifests/kubectl-answers.ts";
import { askKubectl, recordAnswers, recordedAnswers } from "../support/manifests/kubectl-answers.ts";
import { MANIFEST_CASES } from "../support/manifests/manifest-cases.ts";

describeKube("manifests: recorded answers of kubectl", function () {
  const answers: Record<string, KubectlAnswer> = {};
  let server: KubeApiServer;

  before(async () => {
    server = await sharedKubeApiServer();
  });

  for (const [title, content] of Object.entries(MANIFEST_CASES))
    it(`records ${title}`, async () => {
      answers[title] = await askKubectl(server, content);
      if (process.env["PODKEY_RECORD"] !== undefined) return;
      expect(answers[title]).to.deep.equal(recordedAnswers()[title]);
    });

  after(() => {
    if (process.env["PODKEY_RECORD"] !== undefined) recordAnswers(answers);
  });
});
