/** Which context, cluster and user are chosen. */
import { ANONYMOUS } from "../differences.ts";
import type { KubeconfigCase } from "../kubeconfig-case.ts";
import { clusterA, simpleCase } from "../kubeconfig-case.ts";

/** See the file comment. */
export const CONTEXT_CASES: readonly KubeconfigCase[] = [
  simpleCase(
    "--context wins over current-context",
    (facts) => ({
      more: {
        contexts: [
          { name: "lab", context: { cluster: "lab", user: "me" } },
          { name: "other", context: { cluster: "lab", user: "you" } },
        ],
        users: [
          { name: "me", user: { token: "token-of-me" } },
          { name: "you", user: { token: "token-of-you" } },
        ],
        clusters: [{ name: "lab", cluster: clusterA(facts) }],
      },
    }),
    { context: "other" },
  ),
  simpleCase("--context names an unknown context", () => ({}), { context: "prod" }),
  simpleCase("current-context is unknown", () => ({ more: { "current-context": "prod" } })),
  simpleCase("there is no current-context", () => ({ more: { "current-context": "" } })),
  simpleCase("a context without user is anonymous with the CA", () => ({ context: { user: "" } }), {
    differs: ANONYMOUS,
  }),
  simpleCase("a context with an unknown user", () => ({ context: { user: "ghost" } })),
  simpleCase("a context without cluster", () => ({ context: { cluster: "" } })),
  simpleCase("a context with an unknown cluster", () => ({ context: { cluster: "ghost" } })),
  simpleCase("the cluster is empty", () => ({ cluster: {} })),
  simpleCase("the cluster has no server", ({ caPem }) => ({
    cluster: { "certificate-authority-data": Buffer.from(caPem).toString("base64") },
  })),
  simpleCase("unused clusters, users and contexts may be incomplete", (facts) => ({
    more: {
      clusters: [
        { name: "lab", cluster: clusterA(facts) },
        { name: "minikube", cluster: { extensions: [] } },
        { name: "bare" },
      ],
      users: [
        { name: "me", user: { token: "token-of-me" } },
        { name: "gone", user: { "client-certificate": "/no/such/file" } },
        { name: "bare" },
      ],
      contexts: [
        { name: "lab", context: { cluster: "lab", user: "me" } },
        { name: "minikube", context: { cluster: "", user: "" } },
        { name: "bare" },
      ],
    },
  })),
  simpleCase("unused entries without a name", (facts) => ({
    more: {
      clusters: [{ name: "lab", cluster: clusterA(facts) }, { cluster: {} }],
      users: [{ name: "me", user: { token: "token-of-me" } }, { user: {} }],
      contexts: [{ name: "lab", context: { cluster: "lab", user: "me" } }, { context: {} }],
    },
  })),
  simpleCase("a namespace that is not valid", () => ({ context: { namespace: "Not_A_Label" } })),
];
