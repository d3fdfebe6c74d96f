/** Which files are read and how they are merged. */
import { ANONYMOUS } from "../differences.ts";
import type { KubeconfigCase } from "../kubeconfig-case.ts";
import { clusterA, oneContext, simpleCase } from "../kubeconfig-case.ts";
import type { LabFacts } from "../kubeconfig-lab.ts";

/** The usual kubeconfig as YAML of one field a line. */
function plainYaml(facts: LabFacts): string {
  return `apiVersion: v1
kind: Config
current-context: lab
clusters:
- name: lab
  cluster: ${JSON.stringify(clusterA(facts))}
contexts:
- name: lab
  context:
    cluster: lab
    user: me
users:
- name: me
  user:
    token: token-of-me
`;
}

/** See the file comment. */
export const FILE_CASES: readonly KubeconfigCase[] = [
  simpleCase("a file with one context", () => ({})),
  {
    name: "~/.kube/config is the default",
    files: (facts) => ({ ".kube/config": oneContext(facts) }),
    env: {},
  },
  {
    name: "--kubeconfig wins over KUBECONFIG",
    files: (facts) => ({
      config: oneContext(facts, { user: { token: "from-env" } }),
      other: oneContext(facts, { user: { token: "from-flag" } }),
    }),
    kubeconfig: "FOLDER/other",
  },
  {
    name: "--kubeconfig names a missing file",
    files: (facts) => ({ config: oneContext(facts) }),
    kubeconfig: "FOLDER/missing",
  },
  {
    name: "a missing file of KUBECONFIG is skipped",
    files: (facts) => ({ config: oneContext(facts) }),
    env: { KUBECONFIG: "FOLDER/missing:FOLDER/config" },
  },
  {
    name: "empty entries and duplicates of KUBECONFIG are skipped",
    files: (facts) => ({ config: oneContext(facts) }),
    env: { KUBECONFIG: ":FOLDER/config::FOLDER/config:" },
  },
  {
    name: "all files of KUBECONFIG are missing",
    files: () => ({}),
    env: { KUBECONFIG: "FOLDER/missing:FOLDER/gone" },
  },
  {
    name: "a malformed file beside a good one is refused",
    files: (facts) => ({ broken: "apiVersion: v1\nkind: Config\nusers: [\n", config: oneContext(facts) }),
    env: { KUBECONFIG: "FOLDER/broken:FOLDER/config" },
  },
  {
    name: "a malformed file after a good one is refused",
    files: (facts) => ({ broken: "users:\n- name: a\n  user: {token: x\n", config: oneContext(facts) }),
    env: { KUBECONFIG: "FOLDER/config:FOLDER/broken" },
  },
  {
    name: "a folder in KUBECONFIG is refused",
    files: (facts) => ({ "dir/x": "", config: oneContext(facts) }),
    env: { KUBECONFIG: "FOLDER/dir:FOLDER/config" },
  },
  {
    name: "an empty file is skipped",
    files: (facts) => ({ empty: "", config: oneContext(facts) }),
    env: { KUBECONFIG: "FOLDER/empty:FOLDER/config" },
  },
  {
    name: "a file with only a comment",
    files: (facts) => ({ comment: "# nothing\n", config: oneContext(facts) }),
    env: { KUBECONFIG: "FOLDER/comment:FOLDER/config" },
  },
  {
    name: "a file that is a list is refused",
    files: (facts) => ({ list: "- a\n- b\n", config: oneContext(facts) }),
    env: { KUBECONFIG: "FOLDER/list:FOLDER/config" },
  },
  {
    name: "a file of another kind is refused",
    files: (facts) => ({ other: "apiVersion: v1\nkind: Secret\n", config: oneContext(facts) }),
    env: { KUBECONFIG: "FOLDER/other:FOLDER/config" },
  },
  {
    name: "a file of another version is refused",
    files: (facts) => ({ other: "apiVersion: v2\nkind: Config\n", config: oneContext(facts) }),
    env: { KUBECONFIG: "FOLDER/other:FOLDER/config" },
  },
  {
    name: "apiVersion and kind may be absent",
    files: (facts) => ({
      config: { ...oneContext(facts), apiVersion: undefined, kind: undefined },
    }),
  },
  {
    name: "unknown fields are ignored",
    files: (facts) => ({
      config: oneContext(facts, {
        cluster: { ...clusterA(facts), flavour: "x", "disable-compression": true },
        user: { token: "t", nickname: "x" },
        more: { preferences: { colors: true }, extensions: [{ name: "e", extension: { a: 1 } }], more: 1 },
      }),
    }),
  },
  {
    name: "only the first document of a file is read",
    files: (facts) => ({
      config: `${JSON.stringify(oneContext(facts))}\n---\n{"current-context": "other", "kind": "Nonsense"}\n`,
    }),
  },
  {
    name: "the same key twice in a mapping",
    files: (facts) => ({
      config: `current-context: lab
clusters: [{name: lab, cluster: ${JSON.stringify(clusterA(facts))}}]
contexts: [{name: lab, context: {cluster: lab, user: me}}]
users:
- name: me
  user:
    token: first
    token: second
`,
    }),
  },
  {
    name: "the first file that has an entry wins as a whole",
    files: (facts) => ({
      one: oneContext(facts, { user: { as: "deputy" } }),
      two: oneContext(facts, { user: { token: "from-two" } }),
    }),
    env: { KUBECONFIG: "FOLDER/one:FOLDER/two" },
    differs: ANONYMOUS,
  },
  {
    name: "cluster, user and context come from three files",
    files: (facts) => ({
      one: { contexts: [{ name: "lab", context: { cluster: "lab", user: "me" } }] },
      two: { clusters: [{ name: "lab", cluster: clusterA(facts) }], "current-context": "lab" },
      three: { users: [{ name: "me", user: { token: "from-three" } }], "current-context": "wrong" },
    }),
    env: { KUBECONFIG: "FOLDER/one:FOLDER/two:FOLDER/three" },
  },
  {
    name: "an empty current-context does not hide the one of a later file",
    files: (facts) => ({
      one: { "current-context": "" },
      two: oneContext(facts),
    }),
    env: { KUBECONFIG: "FOLDER/one:FOLDER/two" },
  },
  {
    name: "relative paths are relative to their own file",
    files: (facts) => ({
      "one/config": {
        "current-context": "lab",
        contexts: [{ name: "lab", context: { cluster: "lab", user: "me" } }],
        users: [{ name: "me", user: { tokenFile: "token" } }],
      },
      "one/token": "token-of-one\n",
      "two/config": {
        clusters: [{ name: "lab", cluster: { server: facts.a, "certificate-authority": "pki/ca.crt" } }],
      },
      "two/pki/ca.crt": facts.caPem,
      token: "wrong",
    }),
    env: { KUBECONFIG: "FOLDER/one/config:FOLDER/two/config" },
  },
  {
    name: "null in place of lists and texts",
    files: (facts) => ({
      one: { clusters: null, users: null, contexts: null, "current-context": null },
      config: oneContext(facts, { context: { namespace: null } }),
    }),
    env: { KUBECONFIG: "FOLDER/one:FOLDER/config" },
  },
  {
    name: "lines that end with CR LF",
    files: (facts) => ({ config: plainYaml(facts).replaceAll("\n", "\r\n") }),
  },
  { name: "a byte order mark", files: (facts) => ({ config: `\uFEFF${plainYaml(facts)}` }) },
  {
    name: "JSON indented with tabs",
    files: (facts) => ({ config: JSON.stringify(oneContext(facts), undefined, "\t") }),
  },
  {
    name: "anchors, aliases and merge keys",
    files: (facts) => ({
      config: `common: &common {insecure-skip-tls-verify: true}
current-context: lab
clusters: [{name: lab, cluster: {<<: *common, server: "${facts.a}"}}]
contexts: [{name: lab, context: {cluster: lab, user: &me me}}]
users: [{name: *me, user: {token: t}}]
`,
    }),
  },
  {
    name: "fields in another case are ignored",
    files: (facts) => ({
      config: oneContext(facts, { cluster: { ...clusterA(facts), server: undefined, Server: facts.a } }),
    }),
  },
  {
    name: "names with slashes, colons and blanks",
    files: (facts) => ({
      config: {
        "current-context": "arn:aws:eks:eu-1:42:cluster/lab one",
        clusters: [{ name: "a/b:c d", cluster: clusterA(facts) }],
        users: [{ name: "me@example.com/x y", user: { token: "t" } }],
        contexts: [
          {
            name: "arn:aws:eks:eu-1:42:cluster/lab one",
            context: { cluster: "a/b:c d", user: "me@example.com/x y" },
          },
        ],
      },
    }),
  },
  {
    name: "a number as a name is refused",
    files: (facts) => ({
      config: oneContext(facts, { more: { users: [{ name: 7, user: { token: "t" } }] } }),
    }),
  },
  {
    name: "a number as current-context is refused",
    files: (facts) => ({ config: oneContext(facts, { more: { "current-context": 7 } }) }),
  },
  {
    name: "a date as the token",
    files: (facts) => ({
      config: plainYaml(facts).replace("token: token-of-me", "token: 2026-01-02"),
    }),
  },
  {
    name: "a number as the token is refused",
    files: (facts) => ({ config: oneContext(facts, { user: { token: 12345 } }) }),
  },
  {
    name: "a number as the token of an unused user is refused",
    files: (facts) => ({
      config: oneContext(facts, {
        more: {
          users: [
            { name: "me", user: { token: "token-of-me" } },
            { name: "x", user: { token: 1 } },
          ],
        },
      }),
    }),
  },
  {
    name: "a text as insecure-skip-tls-verify is refused",
    files: (facts) => ({
      config: oneContext(facts, { cluster: { server: facts.a, "insecure-skip-tls-verify": "true" } }),
    }),
  },
  {
    name: "yes is a boolean",
    files: (facts) => ({
      config: `current-context: lab
clusters: [{name: lab, cluster: {server: "${facts.a}", insecure-skip-tls-verify: yes}}]
contexts: [{name: lab, context: {cluster: lab, user: me}}]
users: [{name: me, user: {token: t}}]
`,
    }),
  },
  {
    name: "an entry that is not a mapping is refused",
    files: (facts) => ({ config: oneContext(facts, { more: { users: ["me"] } }) }),
  },
  {
    name: "a list that is a mapping is refused",
    files: (facts) => ({ config: oneContext(facts, { more: { users: { me: {} } } }) }),
  },
  {
    name: "two users of one name in a file are refused",
    files: (facts) => ({
      config: oneContext(facts, {
        more: {
          users: [
            { name: "me", user: { token: "one" } },
            { name: "me", user: { token: "two" } },
          ],
        },
      }),
    }),
  },
  {
    name: "two unused clusters of one name in a file are refused",
    files: (facts) => ({
      config: oneContext(facts, {
        more: {
          clusters: [
            { name: "lab", cluster: clusterA(facts) },
            { name: "x", cluster: {} },
            { name: "x", cluster: {} },
          ],
        },
      }),
    }),
  },
  {
    name: "two contexts of one name in a file are refused",
    files: (facts) => ({
      config: oneContext(facts, {
        more: {
          contexts: [
            { name: "lab", context: { cluster: "lab", user: "me" } },
            { name: "lab", context: { cluster: "lab", user: "me" } },
          ],
        },
      }),
    }),
  },
];
