/**
 * The first log lines: version, source, selection, and the listeners and policy of each consumer. They contain names of
 * consumers, keys and selectors, which are configuration, and no values.
 */
import type { ListenAddress } from "../../config/value/address.ts";
import { formatAdmin, formatListen } from "../../config/value/address.ts";
import { nameRefsCodec } from "../../config/value/names.ts";
import { formatBytes } from "../../config/value/quantity.ts";
import type { ConsumerConfig, SidecarConfig } from "../../config/schema/sidecar-config.ts";
import type { Policy } from "../../core/select/policy.ts";
import type { EventFields } from "../../log/events.ts";

/** Fields of `started`. */
export function bannerFields(
  config: SidecarConfig,
  facts: { readonly version: string; readonly server: string | undefined },
): EventFields {
  return {
    version: facts.version,
    source: sourceText(config, facts.server),
    selection: selectionText(config),
    admin: config.admin === undefined ? "none" : formatAdmin(config.admin),
    limits: `${String(config.maxCredentials)} credentials, ${formatBytes(config.maxBytes)}`,
    configFile: config.configFile,
  };
}

/** Fields of `app_listening`, one line per consumer. */
export function consumerFields(consumer: ConsumerConfig): EventFields {
  return {
    consumer: consumer.name,
    listen: consumer.listen.map(formatListen).join(","),
    policy: policyText(consumer.policy),
    peer: consumer.peer === undefined ? undefined : peerText(consumer.peer),
  };
}

/** Example commands, for a user of `npm start`. */
export function howToRead(address: ListenAddress): readonly string[] {
  const endpoint =
    address.kind === "unix" ? formatListen(address) : formatListen(address).slice("tcp:".length);
  return [
    "Read it from another terminal:",
    `  npm run -s podkey -- list --endpoint ${endpoint}`,
    `  npm run -s podkey -- get NAME --show-values --endpoint ${endpoint}`,
    `  npm run -s podkey -- watch --endpoint ${endpoint}`,
    "Edit a file of the folder and watch it change. Ctrl-C stops.",
    "",
  ];
}

/** The source with its folder or server. */
export function sourceText(config: SidecarConfig, server: string | undefined): string {
  switch (config.source) {
    case "kubernetes":
      return `kubernetes at ${server ?? "an unknown server"}`;
    case "manifests":
      return `manifests in ${config.manifests ?? ""}`;
    case "volume":
      return `volumes in ${config.volume ?? ""}`;
  }
}

function selectionText(config: SidecarConfig): string {
  const where = config.allNamespaces ? "all namespaces" : config.namespace.join(",");
  const what =
    config.names.length > 0
      ? `names ${nameRefsCodec.format(config.names)}`
      : config.selector === undefined || config.selector === ""
        ? "everything"
        : config.selector;
  return where === "" ? what : `${what} in ${where}`;
}

function policyText(policy: Policy): string {
  if (policy.rules.length === 0) return "nothing is allowed";
  return policy.rules.map(ruleText).join(" or ");
}

function ruleText(rule: Policy["rules"][number]): string {
  const parts = [
    ...(rule.names === undefined ? [] : [`names ${rule.names.join(",")}`]),
    ...(rule.selector === undefined ? [] : ["selector"]),
    ...(rule.types === undefined ? [] : [`types ${rule.types.join(",")}`]),
    ...(rule.namespaces === undefined ? [] : [`in ${rule.namespaces.join(",")}`]),
    ...(rule.keys === undefined ? [] : [`keys ${rule.keys.join(",")}`]),
  ];
  return parts.length === 0 ? "everything" : parts.join(" ");
}

function peerText(peer: { readonly uid: number | undefined; readonly gid: number | undefined }): string {
  return [
    ...(peer.uid === undefined ? [] : [`uid=${String(peer.uid)}`]),
    ...(peer.gid === undefined ? [] : [`gid=${String(peer.gid)}`]),
  ].join(" ");
}
