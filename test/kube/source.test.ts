/** The source contract on API servers with other flags: no WatchList, frequent GOAWAY, one request at a time. */
import { sourceContract } from "../contract/source.contract.ts";
import { kubeApiServerWith } from "../contract/source/targets/kube-api-server.ts";
import { QUICK_STOP } from "../support/kube/kube-api-server.ts";
import { describeKube } from "../support/kube/shared-kube-api-server.ts";

describeKube("source contract", () => {
  sourceContract(
    kubeApiServerWith("kube-apiserver without WatchList", [...QUICK_STOP, "--feature-gates=WatchList=false"]),
  );
  sourceContract(
    kubeApiServerWith("kube-apiserver that sends GOAWAY to 2 % of requests", [
      ...QUICK_STOP,
      "--goaway-chance=0.02",
    ]),
  );
  sourceContract(
    kubeApiServerWith("kube-apiserver with one request at a time", [
      ...QUICK_STOP,
      "--max-requests-inflight=1",
      "--max-mutating-requests-inflight=1",
      "--enable-priority-and-fairness=false",
    ]),
  );
});
