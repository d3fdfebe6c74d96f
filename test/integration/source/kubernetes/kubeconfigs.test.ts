/**
 * podkey beside kubectl: every kubeconfig of test/support/kubeconfig/cases must lead to the same request, or to a
 * refusal, as the recorded kubectl. test/kube/kubeconfigs.test.ts checks that the record is still true.
 */
import { expect } from "chai";
import { KUBECONFIG_CASES } from "../../../support/kubeconfig/kubeconfig-cases.ts";
import { KubeconfigLab } from "../../../support/kubeconfig/kubeconfig-lab.ts";
import type { Outcome } from "../../../support/kubeconfig/outcome.ts";
import { playPodkey } from "../../../support/kubeconfig/play-podkey.ts";
import { readRecordedAnswers } from "../../../support/kubeconfig/recorded-answers.ts";

/** What has to be equal: the words of a refusal are each program's own. */
function comparable({ refused, ...rest }: Outcome): object {
  return { ...rest, isRefused: refused !== undefined };
}

describe("kubeconfigs: podkey beside kubectl", () => {
  const { rows } = readRecordedAnswers();
  let lab: KubeconfigLab;

  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);

  before(async () => {
    process.on("warning", onWarning);
    lab = await KubeconfigLab.start();
  });

  after(async () => {
    process.off("warning", onWarning);
    await lab.close();
  });

  it("has a record of every row and no other", () => {
    const names = KUBECONFIG_CASES.map(({ name }) => name);
    expect(new Set(names).size, "names are unique").to.equal(names.length);
    expect(Object.keys(rows)).to.deep.equal(names);
  });

  for (const row of KUBECONFIG_CASES) {
    const recorded = rows[row.name];
    it(`${row.name}${row.differs === undefined ? "" : `; ${row.differs}`}`, async () => {
      const outcome = await playPodkey(lab, row);
      if (recorded === undefined) throw new Error("Not recorded; run npm run kube:record.");
      if (row.differs === undefined) expect(comparable(outcome)).to.deep.equal(comparable(recorded.kubectl));
      else expect(comparable(outcome)).to.not.deep.equal(comparable(recorded.kubectl));
      expect(outcome).to.deep.equal(recorded.podkey ?? recorded.kubectl);
      if (outcome.refused !== undefined) expect(outcome.refused).to.match(/^[A-Z`][^\n]*\.$/);
      expect(outcome.refused ?? "").to.not.contain("hunter2");
    });
  }

  it("makes Node print no warning, such as DEP0123 for an address as tls-server-name", () => {
    expect(warnings).to.deep.equal([]);
  });
});
