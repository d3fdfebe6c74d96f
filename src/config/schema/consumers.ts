/**
 * From checked entries of `consumers` to consumers: policies, defaults and the rules between them (names and addresses
 * are unique, TCP has a token once consumers must be told apart). Without entries there is one, `default`.
 */
import type { Policy, Rule } from "../../core/select/policy.ts";
import { ALLOW_ALL } from "../../core/select/policy.ts";
import { formatListen } from "../value/address.ts";
import type { ConsumerEntry, RuleEntry } from "./consumers-schema.ts";
import type { OptionValues } from "./schema.ts";
import type { ConsumerConfig } from "./sidecar-config.ts";

/** A rule between consumers that is broken; `path` leads to the field inside the file. */
export interface ConsumerProblem {
  readonly path: readonly (string | number)[];
  readonly problem: string;
}

/** The one consumer of a configuration that names none: it may read everything the source selects. */
export function defaultConsumer(values: OptionValues): ConsumerConfig {
  return {
    name: "default",
    listen: values.listen,
    socketMode: values.socketMode,
    uid: undefined,
    gid: undefined,
    tokenFile: values.listen.some((address) => address.kind === "tcp") ? values.tokenFile : undefined,
    peer: undefined,
    policy: ALLOW_ALL,
  };
}

/** An entry with its defaults. */
export function consumerOf(entry: ConsumerEntry): ConsumerConfig {
  return {
    name: entry.name,
    listen: entry.listen,
    socketMode: entry.socketMode ?? 0o660,
    uid: entry.uid,
    gid: entry.gid,
    tokenFile: entry.tokenFile,
    peer: entry.peer === undefined ? undefined : { uid: entry.peer.uid, gid: entry.peer.gid },
    policy: policyOf(entry.allow ?? []),
  };
}

function policyOf(rules: readonly RuleEntry[]): Policy {
  return { rules: rules.map(ruleOf) };
}

function ruleOf(entry: RuleEntry): Rule {
  return {
    ...(entry.names !== undefined && { names: entry.names }),
    ...(entry.namespaces !== undefined && { namespaces: entry.namespaces }),
    ...(entry.keys !== undefined && { keys: entry.keys }),
    ...(entry.selector !== undefined && { selector: entry.selector }),
    ...(entry.types !== undefined && { types: entry.types }),
  };
}

/** Whether more than one namespace may be served, as far as the options tell. */
export function servesSeveralNamespaces(values: OptionValues): boolean {
  if (values.allNamespaces || values.namespace.length > 1) return true;
  if (values.source === "manifests" && values.namespace.length === 0) return true;
  return new Set(values.names.map(({ namespace }) => namespace)).size > 1;
}

/** Every rule between consumers, and between them and the options, that is broken. */
export function consumerProblems(
  consumers: readonly ConsumerConfig[],
  severalNamespaces: boolean,
): readonly ConsumerProblem[] {
  const problems: ConsumerProblem[] = [];
  const names = new Set<string>();
  const owners = new Map<string, string>();
  for (const [index, consumer] of consumers.entries()) {
    const report = (field: string, problem: string): void => {
      problems.push({ path: ["consumers", index, field], problem });
    };
    if (names.has(consumer.name))
      report("name", `"${consumer.name}" is the name of two consumers; each needs its own`);
    names.add(consumer.name);
    for (const address of consumer.listen) {
      const text = formatListen(address);
      const owner = owners.get(text);
      if (owner !== undefined)
        report("listen", `${text} already belongs to consumer ${owner}; the listener is the identity`);
      owners.set(text, consumer.name);
    }
    checkFactors(consumer, consumers.length, report);
    for (const [at, rule] of consumer.policy.rules.entries()) {
      if (!severalNamespaces || rule.namespaces !== undefined) continue;
      const problem =
        "needs namespaces, because podkey may serve several; list them, or give one --namespace";
      problems.push({ path: ["consumers", index, "allow", at], problem });
    }
  }
  return problems;
}

function checkFactors(
  consumer: ConsumerConfig,
  count: number,
  report: (field: string, problem: string) => void,
): void {
  const overTcp = consumer.listen.some((address) => address.kind === "tcp");
  if (overTcp && count > 1 && consumer.tokenFile === undefined) {
    report(
      "tokenFile",
      "is needed: every container of the pod reaches a TCP listener, and there is more than one consumer",
    );
  }
  if (!overTcp && consumer.tokenFile !== undefined)
    report("tokenFile", "has no TCP listener to guard; remove it");
  if (overTcp && consumer.peer !== undefined)
    report("peer", "cannot be read over TCP; use a unix: listener, or a tokenFile");
}
