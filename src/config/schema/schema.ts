/**
 * Every option of `podkey serve`: the source of flags, `PODKEY_*` variables, fields of the file, `--help`, shell
 * completion, JSON Schema and docs/configuration.md. A new option needs only a row here. Rules between options are in
 * cross-checks.ts, defaults that depend on other options in resolve.ts.
 */
import type { AdminAddress, ListenAddress } from "../value/address.ts";
import { adminCodec, listenCodec } from "../value/address.ts";
import { choiceCodec } from "../value/choice.ts";
import type { Codec } from "../value/codec.ts";
import { listCodec, optional, switchCodec, textCodec } from "../value/codec.ts";
import type { NameRef, Requirement } from "../value/names.ts";
import {
  annotationCodec,
  nameRefsCodec,
  namespaceCodec,
  prefixCodec,
  requirementCodec,
  selectorCodec,
} from "../value/names.ts";
import type { Group, Option, SourceKind } from "../value/option.ts";
import { byteSizeCodec, countCodec, durationCodec, fileModeCodec, rateCodec } from "../value/quantity.ts";

/** Which reads the audit log contains. */
export type AuditMode = "off" | "denied" | "all";

/** The lowest level that is logged. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

const none: readonly never[] = [];
const fileCodec = textCodec("FILE");
const directoryCodec = textCodec("DIR");
const namespacesCodec: Codec<readonly string[]> = listCodec(namespaceCodec);
const listenersCodec: Codec<readonly ListenAddress[]> = listCodec(listenCodec);
const requirementsCodec: Codec<readonly Requirement[]> = listCodec(requirementCodec);

/** Infers the value type of a row. */
function option<T>(line: Option<T>): Option<T> {
  return line;
}

/** In the order of `--help` and docs/configuration.md. */
export const OPTIONS = {
  config: option<string | undefined>({
    codec: optional(fileCodec),
    group: "source",
    help: "configuration file; re-read when it changes and on SIGHUP",
    default: undefined,
  }),
  source: option<SourceKind>({
    codec: choiceCodec(["kubernetes", "manifests", "volume"]),
    group: "source",
    help: "where credentials come from; podkey never switches to another source",
    default: "kubernetes",
  }),
  manifests: option<string | undefined>({
    codec: optional(directoryCodec),
    group: "source",
    help: "folder of Secret manifests (.yaml, .yml, .json)",
    default: undefined,
    sources: ["manifests"],
  }),
  volume: option<string | undefined>({
    codec: optional(directoryCodec),
    group: "source",
    help: "folder whose subfolders are mounted Secrets",
    default: undefined,
    sources: ["volume"],
  }),
  namespace: option<readonly string[]>({
    codec: namespacesCodec,
    group: "source",
    help: "namespaces to serve",
    default: none,
    defaultText: "the pod's own; manifests: all in the folder",
  }),
  allNamespaces: option({
    codec: switchCodec,
    group: "source",
    help: "serve every namespace (needs a ClusterRole)",
    default: false,
    sources: ["kubernetes"],
  }),
  selector: option<string | undefined>({
    codec: optional(selectorCodec),
    group: "source",
    help: "label selector of the Secrets to serve",
    default: undefined,
    defaultText: "podkey.dev/serve=true; manifests: none",
    sources: ["kubernetes", "manifests"],
  }),
  names: option<readonly NameRef[]>({
    codec: nameRefsCodec,
    group: "source",
    help: "serve only these Secrets; RBAC with resourceNames is enough",
    default: none,
    sources: ["kubernetes"],
  }),
  kubeconfig: option<string | undefined>({
    codec: optional(fileCodec),
    group: "source",
    help: "kubeconfig to use",
    default: undefined,
    defaultText: "in-cluster, else KUBECONFIG, else ~/.kube/config",
    sources: ["kubernetes"],
  }),
  context: option<string | undefined>({
    codec: optional(textCodec("NAME")),
    group: "source",
    help: "context of the kubeconfig",
    default: undefined,
    defaultText: "its current-context",
    sources: ["kubernetes"],
  }),
  apiQps: option({
    codec: rateCodec({ least: 0.1, most: 1000 }),
    group: "source",
    help: "average number of requests to the API server per second",
    default: 20,
    sources: ["kubernetes"],
  }),
  apiBurst: option({
    codec: countCodec({ least: 1, most: 10_000 }),
    group: "source",
    help: "largest burst of requests to the API server",
    default: 30,
    sources: ["kubernetes"],
  }),
  pageSize: option({
    codec: countCodec({ least: 1, most: 10_000 }),
    group: "source",
    help: "Secrets per page of a list",
    default: 500,
    sources: ["kubernetes"],
  }),
  antiEntropy: option({
    codec: durationCodec({ least: 60_000, zeroMeans: "off" }),
    group: "source",
    help: "interval of comparing names and versions with the API server",
    default: 1_800_000,
    sources: ["kubernetes"],
  }),
  annotation: option<readonly string[]>({
    codec: listCodec(annotationCodec),
    group: "source",
    help: "annotations to serve in addition to podkey.dev/*",
    default: none,
  }),
  lifetimePrefix: option<string | undefined>({
    codec: optional(prefixCodec),
    group: "source",
    help: "second prefix for the lifetime annotations (expires-at, previous-for, …)",
    default: undefined,
  }),
  listen: option<readonly ListenAddress[]>({
    codec: listenersCodec,
    group: "serving",
    help: "gRPC listeners: unix:PATH, tcp:127.0.0.1:PORT or tcp:[::1]:PORT",
    default: [{ kind: "unix", path: "/run/podkey/podkey.sock" }],
  }),
  socketMode: option({
    codec: fileModeCodec,
    group: "serving",
    help: "mode of the Unix sockets",
    default: 0o660,
  }),
  tokenFile: option<string | undefined>({
    codec: optional(fileCodec),
    group: "serving",
    help: "file with the bearer token that TCP listeners require",
    default: undefined,
  }),
  reflection: option({ codec: switchCodec, group: "serving", help: "gRPC server reflection", default: true }),
  maxStreams: option({
    codec: countCodec({ least: 1, most: 1_000_000 }),
    group: "serving",
    help: "maximum number of open Watches per consumer",
    default: 1024,
  }),
  maxConnections: option({
    codec: countCodec({ least: 1, most: 1_000_000 }),
    group: "serving",
    help: "maximum number of connections per listener",
    default: 256,
  }),
  maxCredentials: option({
    codec: countCodec({ least: 1, most: 10_000_000 }),
    group: "serving",
    help: "maximum number of credentials; above it, the last good snapshot is served as STALE with LIMIT",
    default: 10_000,
  }),
  maxBytes: option({
    codec: byteSizeCodec({ least: 1024 }),
    group: "serving",
    help: "maximum bytes of values; above it, as for --max-credentials",
    default: 67_108_864,
  }),
  require: option<readonly Requirement[]>({
    codec: requirementsCodec,
    group: "lifetime",
    help: "credentials that must exist before /startupz succeeds",
    default: none,
  }),
  firstSyncTimeout: option({
    codec: durationCodec({ least: 1000, zeroMeans: "no limit" }),
    group: "lifetime",
    help: "exit if the first sync, including everything in --require, takes longer",
    default: 0,
  }),
  maxStale: option({
    codec: durationCodec({ least: 120_000, zeroMeans: "off" }),
    group: "lifetime",
    help: "refuse Get and List of data that was last verified longer ago; never a Watch",
    default: 0,
  }),
  previousFor: option({
    codec: durationCodec({ least: 1000, zeroMeans: "off" }),
    group: "lifetime",
    help: "how long the previous data of a changed credential stays readable",
    default: 3_600_000,
  }),
  previousMax: option({
    codec: durationCodec({ least: 1000 }),
    group: "lifetime",
    help: "longest overlap that an annotation can set",
    default: 86_400_000,
  }),
  drain: option({
    codec: durationCodec({ least: 1, most: 3_600_000, zeroMeans: "at once" }),
    group: "lifetime",
    help: "how long calls may continue after SIGTERM",
    default: 1000,
  }),
  admin: option<AdminAddress | "none" | undefined>({
    codec: optional(adminCodec),
    group: "seen",
    help: "admin HTTP: /livez /readyz /startupz /metrics /statusz",
    default: undefined,
    defaultText: ":19402 with source kubernetes in a pod; else 127.0.0.1:19402",
  }),
  audit: option<AuditMode>({
    codec: choiceCodec(["off", "denied", "all"]),
    group: "seen",
    help: "which reads get an audit line in the log",
    default: "off",
  }),
  metricsCredentialNames: option({
    codec: switchCodec,
    group: "seen",
    help: "credential names in /metrics and /statusz",
    default: false,
  }),
  logLevel: option<LogLevel>({
    codec: choiceCodec(["trace", "debug", "info", "warn", "error"]),
    group: "seen",
    help: "lowest level that is logged",
    default: "info",
  }),
  logFormat: option<"json" | "pretty" | undefined>({
    codec: optional(choiceCodec(["json", "pretty"])),
    group: "seen",
    help: "format of the log",
    default: undefined,
    defaultText: "json; on a terminal: pretty",
  }),
} as const;

/** The key of an option: its field name in the file. */
export type OptionKey = keyof typeof OPTIONS;

/** All keys, in the order of the table. */
export const OPTION_KEYS = Object.keys(OPTIONS) as readonly OptionKey[];

/** A value for every option. */
export type OptionValues = {
  readonly [Key in OptionKey]: (typeof OPTIONS)[Key] extends Option<infer T> ? T : never;
};

/** The headings of the groups in `--help`. */
export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  source: "Source",
  serving: "Serving",
  lifetime: "Lifetime",
  seen: "Observing",
};
