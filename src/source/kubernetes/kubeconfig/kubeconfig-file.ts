/**
 * Reads one kubeconfig file by client-go's rules: strict types, unknown fields ignored, no two entries with one name,
 * relative paths relative to the folder of the file. Called by kubeconfig.ts.
 */
import { dirname, isAbsolute, join, resolve } from "node:path";
import type {
  ClusterEntry,
  ContextEntry,
  ExecEntry,
  Impersonation,
  KubeconfigFile,
  PemSource,
  UserEntry,
} from "./kubeconfig-entries.ts";
import type { YamlFields } from "./yaml-fields.ts";
import { parseYamlFields } from "./yaml-fields.ts";

/** Name of the cluster extension that exec plugins get. */
const EXEC_EXTENSION = "client.authentication.k8s.io/exec";

/** Parses the text of a file. @throws TargetError with the line and without any value. */
export function parseKubeconfigFile(text: string, path: string): KubeconfigFile {
  const file = parseYamlFields(text, path);
  if ((file.text("kind") ?? "Config") !== "Config") throw file.fault("kind", "must be Config");
  if ((file.text("apiVersion") ?? "v1") !== "v1") throw file.fault("apiVersion", "must be v1");
  const absolute = (name: string | undefined): string | undefined =>
    name === undefined || isAbsolute(name) ? name : join(dirname(resolve(path)), name);
  const pem = (fields: YamlFields, name: string): PemSource => ({
    data: fields.base64(`${name}-data`),
    file: absolute(fields.text(name)),
  });
  return {
    currentContext: file.text("current-context"),
    clusters: readNamed(file, "clusters", "cluster", (fields): ClusterEntry => ({
      path,
      server: fields.text("server"),
      serverName: fields.text("tls-server-name"),
      insecure: fields.flag("insecure-skip-tls-verify"),
      ca: pem(fields, "certificate-authority"),
      proxyUrl: fields.text("proxy-url"),
      disableCompression: fields.flag("disable-compression"),
      execConfig: fields
        .mappings("extensions")
        .find((extension) => extension.text("name") === EXEC_EXTENSION)
        ?.raw("extension"),
    })),
    users: readNamed(file, "users", "user", (fields): UserEntry => {
      const exec = fields.mapping("exec");
      const provider = fields.mapping("auth-provider");
      return {
        path,
        token: fields.text("token"),
        tokenFile: absolute(fields.text("tokenFile")),
        username: fields.text("username"),
        password: fields.text("password"),
        certificate: pem(fields, "client-certificate"),
        key: pem(fields, "client-key"),
        impersonation: readImpersonation(fields),
        authProvider: provider && (provider.text("name") ?? "(no name)"),
        exec: exec && readExec(exec, absolute),
      };
    }),
    contexts: readNamed(file, "contexts", "context", (fields): ContextEntry => ({
      path,
      cluster: fields.text("cluster"),
      user: fields.text("user"),
      namespace: fields.text("namespace"),
    })),
  };
}

function readNamed<T>(
  file: YamlFields,
  list: string,
  field: string,
  read: (fields: YamlFields) => T,
): ReadonlyMap<string, T> {
  const entries = new Map<string, T>();
  for (const entry of file.mappings(list)) {
    const name = entry.text("name") ?? "";
    if (entries.has(name)) throw entry.fault("name", `${name} appears twice in \`${list}\`; remove one`);
    entries.set(name, read(entry.mapping(field) ?? NO_FIELDS));
  }
  return entries;
}

const NO_FIELDS = parseYamlFields("", "");

function readImpersonation(fields: YamlFields): Impersonation {
  const extra = fields.mapping("as-user-extra") ?? NO_FIELDS;
  return {
    user: fields.text("as"),
    uid: fields.text("as-uid"),
    groups: fields.texts("as-groups"),
    extra: Object.fromEntries(extra.names().map((name) => [name, extra.texts(name)])),
  };
}

function readExec(fields: YamlFields, absolute: (name: string | undefined) => string | undefined): ExecEntry {
  const command = fields.text("command");
  return {
    apiVersion: fields.text("apiVersion"),
    command: command?.includes("/") === true ? absolute(command) : command,
    args: fields.texts("args"),
    env: fields.mappings("env").map((variable) => ({
      name: variable.text("name") ?? "",
      value: variable.text("value") ?? "",
    })),
    installHint: fields.text("installHint"),
    provideClusterInfo: fields.flag("provideClusterInfo"),
    interactiveMode: fields.text("interactiveMode"),
  };
}
