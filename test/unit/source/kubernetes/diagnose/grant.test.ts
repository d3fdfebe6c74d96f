// The kubectl commands that grant a missing permission.
import { expect } from "chai";
import type { ScopeId } from "../../../../../src/core/snapshot/sync-event.ts";
import { grantCommands } from "../../../../../src/source/kubernetes/diagnose/grant.ts";

const CASES = [
  [
    "a namespace",
    { namespace: "shop", name: undefined },
    "system:serviceaccount:shop:podkey",
    "kubectl create role podkey --verb=get,list,watch --resource=secrets -n shop && kubectl create rolebinding podkey --role=podkey --serviceaccount=shop:podkey -n shop",
  ],
  [
    "one name",
    { namespace: "shop", name: "db" },
    "alice@example.io",
    "kubectl create role podkey-db --verb=get,list,watch --resource=secrets --resource-name=db -n shop && kubectl create rolebinding podkey-db --role=podkey-db --user=alice@example.io -n shop",
  ],
  [
    "all namespaces",
    { namespace: undefined, name: undefined },
    "Al O'Hara",
    "kubectl create clusterrole podkey --verb=get,list,watch --resource=secrets && kubectl create clusterrolebinding podkey --clusterrole=podkey --user='Al O'\\''Hara'",
  ],
  [
    "an unknown user",
    { namespace: "shop", name: undefined },
    undefined,
    "kubectl create role podkey --verb=get,list,watch --resource=secrets -n shop && kubectl create rolebinding podkey --role=podkey --user=USER -n shop",
  ],
] as const;

describe("kubernetes: grant", () => {
  for (const [what, scope, user, expected] of CASES)
    it(`prints the commands for ${what}`, () => {
      expect(grantCommands({ id: "s" as ScopeId, ...scope }, user)).to.equal(expected);
    });
});
