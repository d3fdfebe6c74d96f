/** Exec plugins: what they get, what their output means. */
import type { KubeconfigCase } from "../kubeconfig-case.ts";
import { clusterA, oneContext } from "../kubeconfig-case.ts";
import type { LabFacts } from "../kubeconfig-lab.ts";

const V1 = "client.authentication.k8s.io/v1";
const V1BETA1 = "client.authentication.k8s.io/v1beta1";

/** A plugin that records what it gets in `plugin.json` beside itself and prints this output. */
function plugin(output: string, end = ""): string {
  return `#!/bin/sh
cd "$(dirname "$0")"
if read -r line; then stdin=data; else stdin=end; fi
printf '{"info":%s,"stdin":"%s","flavour":"%s","args":"%s"}' \\
  "$KUBERNETES_EXEC_INFO" "$stdin" "$FLAVOUR" "$*" > plugin.json
cat <<'END'
${output}
END
${end}
`;
}

function credential(status: object | undefined, apiVersion: string | undefined = V1): string {
  return JSON.stringify({ apiVersion, kind: "ExecCredential", status });
}

const EXEC = { apiVersion: V1, command: "./plugin.sh", interactiveMode: "Never" };

/** A row with the plugin of `EXEC`. */
function execCase(
  name: string,
  parts: {
    readonly exec?: object;
    readonly user?: (facts: LabFacts) => object;
    readonly cluster?: (facts: LabFacts) => object;
    readonly script?: (facts: LabFacts) => string;
  } = {},
): KubeconfigCase {
  return {
    name: `exec: ${name}`,
    files: (facts) => ({
      config: oneContext(facts, {
        user: { exec: { ...EXEC, ...parts.exec }, ...parts.user?.(facts) },
        ...(parts.cluster && { cluster: parts.cluster(facts) }),
      }),
      "plugin.sh": parts.script?.(facts) ?? plugin(credential({ token: "from-plugin" })),
    }),
  };
}

/** See the file comment. */
export const EXEC_CASES: readonly KubeconfigCase[] = [
  execCase("a token of v1"),
  execCase("a token of v1beta1", {
    exec: { apiVersion: V1BETA1 },
    script: () => plugin(credential({ token: "from-plugin" }, V1BETA1)),
  }),
  execCase("v1beta1 without interactiveMode", {
    exec: { apiVersion: V1BETA1, interactiveMode: undefined },
    script: () => plugin(credential({ token: "from-plugin" }, V1BETA1)),
  }),
  execCase("v1 without interactiveMode", { exec: { interactiveMode: undefined } }),
  execCase("interactiveMode IfAvailable without a terminal", { exec: { interactiveMode: "IfAvailable" } }),
  execCase("interactiveMode Always without a terminal", { exec: { interactiveMode: "Always" } }),
  execCase("an unknown interactiveMode", { exec: { interactiveMode: "Sometimes" } }),
  execCase("v1alpha1", {
    exec: { apiVersion: "client.authentication.k8s.io/v1alpha1" },
    script: () => plugin(credential({ token: "t" }, "client.authentication.k8s.io/v1alpha1")),
  }),
  execCase("no apiVersion", { exec: { apiVersion: undefined } }),
  execCase("no command", { exec: { command: undefined } }),
  execCase("the output is of another version", {
    script: () => plugin(credential({ token: "t" }, V1BETA1)),
  }),
  execCase("the output has no apiVersion", {
    script: () => plugin(JSON.stringify({ kind: "ExecCredential", status: { token: "t" } })),
  }),
  execCase("the output is of another kind", {
    script: () => plugin(JSON.stringify({ apiVersion: V1, kind: "Secret", status: { token: "t" } })),
  }),
  execCase("the output is YAML", {
    script: () => plugin(`apiVersion: ${V1}\nkind: ExecCredential\nstatus:\n  token: from-yaml`),
  }),
  execCase("the output is not JSON", { script: () => plugin("hunter2 is the token") }),
  execCase("no output", { script: () => "#!/bin/sh\nexit 0\n" }),
  execCase("no status", { script: () => plugin(credential(undefined)) }),
  execCase("an empty status", { script: () => plugin(credential({})) }),
  execCase("a status with a certificate but no key", {
    script: ({ bob }) => plugin(credential({ clientCertificateData: bob.certificatePem })),
  }),
  execCase("a status with a certificate and its key", {
    script: ({ bob }) =>
      plugin(credential({ clientCertificateData: bob.certificatePem, clientKeyData: bob.keyPem })),
  }),
  execCase("a status with token and certificate", {
    script: ({ bob }) =>
      plugin(
        credential({
          token: "from-plugin",
          clientCertificateData: bob.certificatePem,
          clientKeyData: bob.keyPem,
        }),
      ),
  }),
  execCase("a status with a malformed certificate", {
    script: ({ bob }) => plugin(credential({ clientCertificateData: "x", clientKeyData: bob.keyPem })),
  }),
  execCase("a token that is a number", { script: () => plugin(credential({ token: 1 })) }),
  execCase("an expirationTimestamp in the future", {
    script: () => plugin(credential({ token: "t", expirationTimestamp: "2999-01-01T00:00:00Z" })),
  }),
  execCase("an expirationTimestamp in the past", {
    script: () => plugin(credential({ token: "t", expirationTimestamp: "2001-01-01T00:00:00Z" })),
  }),
  execCase("an expirationTimestamp that is not a time", {
    script: () => plugin(credential({ token: "t", expirationTimestamp: "tomorrow" })),
  }),
  execCase("exit code 3 and a line on stderr", {
    script: () => plugin("hunter2", "echo 'please log in first' >&2\necho more >&2\nexit 3"),
  }),
  execCase("output and exit code 1", {
    script: () => plugin(credential({ token: "t" }), "exit 1"),
  }),
  execCase("killed by a signal", { script: () => plugin("", "kill -9 $$") }),
  execCase("a command that is not there", {
    exec: { command: "./missing.sh", installHint: "Install it from example.com." },
  }),
  execCase("a command that is not on the PATH", {
    exec: { command: "podkey-no-such-plugin", installHint: "Install it from example.com." },
  }),
  execCase("a file that is not executable", { exec: { command: "./config" } }),
  {
    name: "exec: a command relative to the folder of its kubeconfig",
    files: (facts) => ({
      "sub/config": oneContext(facts, { user: { exec: { ...EXEC, command: "../tools/plugin.sh" } } }),
      "tools/plugin.sh": plugin(credential({ token: "from-tools" })),
    }),
    env: { KUBECONFIG: "FOLDER/sub/config" },
  },
  {
    name: "exec: a command on the PATH",
    files: (facts) => ({
      config: oneContext(facts, { user: { exec: { ...EXEC, command: "plugin.sh" } } }),
      "bin/plugin.sh": plugin(credential({ token: "from-path" })),
    }),
    env: { KUBECONFIG: "FOLDER/config", PATH: "FOLDER/bin:/usr/bin:/bin" },
  },
  {
    name: "exec: a PATH in env is only for the plugin",
    files: (facts) => ({
      config: oneContext(facts, {
        user: {
          exec: {
            ...EXEC,
            command: "plugin.sh",
            env: [{ name: "PATH", value: "/usr/bin:/bin" }],
          },
        },
      }),
      "bin/plugin.sh": plugin(credential({ token: "from-path" })),
    }),
    env: { KUBECONFIG: "FOLDER/config", PATH: "FOLDER/bin:/usr/bin:/bin" },
  },
  execCase("arguments and environment", {
    exec: { args: ["get", "--quiet"], env: [{ name: "FLAVOUR", value: "vanilla" }] },
  }),
  execCase("an environment variable without a name", { exec: { env: [{ name: "", value: "x" }] } }),
  execCase("provideClusterInfo", {
    exec: { provideClusterInfo: true },
    cluster: (facts) => ({
      ...clusterA(facts),
      "tls-server-name": "api.lab",
      extensions: [
        { name: "client.authentication.k8s.io/exec", extension: { audience: "lab" } },
        { name: "other", extension: { a: 1 } },
      ],
    }),
  }),
  execCase("provideClusterInfo of an insecure cluster", {
    exec: { provideClusterInfo: true },
    cluster: ({ b }) => ({ server: b, "insecure-skip-tls-verify": true }),
  }),
  execCase("provideClusterInfo with a proxy and a path", {
    exec: { provideClusterInfo: true },
    cluster: (facts) => ({
      ...clusterA(facts),
      server: `${facts.a}/k8s`,
      "proxy-url": facts.proxy,
      "disable-compression": true,
    }),
  }),
  execCase("a tokenFile that is missing beside the plugin", { user: () => ({ tokenFile: "missing" }) }),
  execCase("a token beside the plugin", { user: () => ({ token: "static" }) }),
  execCase("a client certificate beside the plugin", {
    user: ({ alice }) => ({
      "client-certificate-data": Buffer.from(alice.certificatePem).toString("base64"),
      "client-key-data": Buffer.from(alice.keyPem).toString("base64"),
    }),
  }),
  execCase("an auth-provider beside the plugin", { user: () => ({ "auth-provider": { name: "gcp" } }) }),
  execCase("impersonation beside the plugin", { user: () => ({ as: "deputy" }) }),
  execCase("plain HTTP", { cluster: ({ plain }) => ({ server: plain }) }),
];
