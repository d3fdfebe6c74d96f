/**
 * Runs the source contract against every source. `mocha test/contract/source.test.ts -g manifests` runs one.
 */
import { describeKube } from "../support/kube/shared-kube-api-server.ts";
import { sourceContract } from "./source.contract.ts";
import { FAKE_H1, FAKE_H2, FAKE_LIST } from "./source/targets/fake-api-server.ts";
import { kubeApiServer } from "./source/targets/kube-api-server.ts";
import { MANIFESTS } from "./source/targets/manifests.ts";
import { VOLUME } from "./source/targets/volume.ts";

describe("source contract", () => {
  for (const target of [MANIFESTS, VOLUME, FAKE_H2, FAKE_H1, FAKE_LIST]) sourceContract(target);
  describeKube("real", () => {
    sourceContract(kubeApiServer());
  });
});
