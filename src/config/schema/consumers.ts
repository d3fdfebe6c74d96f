/**
 * Converts parsed entries of `consumers` to consumers, and checks the rules between them: names and addresses are unique,
 * and with several consumers a TCP listener has a token. Without entries there is one consumer, `default`.
 */
import type { Policy, Rule } from "../../core/select/policy.ts";
import { ALLOW_ALL } from "../../core/select/policy.ts";
import { formatListen } from "../value/address.ts";
import type { ConsumerEntry, RuleEntry } from "./consumers-schema.ts";
import type { OptionValues } from "./schema.ts";
import type { ConsumerConfig } from "./sidecar-config.ts";

/** A violated rule between consumers; `path` is the field in the file. */
export interface ConsumerProblem {
  readonly path: readonly (string | number)[];
  readonly problem: string;
}

/** The consumer of a configuration without `consumers`. It may read everything that the source selects. */
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

/** Whether the options allow more than one namespace. */
export function servesSeveralNamespaces(values: OptionValues): boolean {
  if (values.allNamespaces || values.namespace.length > 1) return true;
  if (values.source === "manifests" && values.namespace.length === 0) return true;
  return new Set(values.names.map(({ namespace }) => namespace)).size > 1;
}

/** Every violated rule between consumers, and between consumers and options. */
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
      report("name", `"${consumer.name}" is the name of two consumers; give each its own`);
    names.add(consumer.name);
    for (const address of consumer.listen) {
      const text = formatListen(address);
      const owner = owners.get(text);
      if (owner !== undefined)
        report("listen", `${text} is already the listener of consumer ${owner}; give each consumer its own`);
      owners.set(text, consumer.name);
    }
    checkFactors(consumer, consumers.length, report);
    for (const [at, rule] of consumer.policy.rules.entries()) {
      if (!severalNamespaces || rule.namespaces !== undefined) continue;
      const problem = "needs namespaces, because podkey can serve several; list them, or set one --namespace";
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
      "is required: there are several consumers, and every container of the pod can reach a TCP listener",
    );
  }
  if (!overTcp && consumer.tokenFile !== undefined)
    report("tokenFile", "has no effect without a TCP listener; remove it");
  if (overTcp && consumer.peer !== undefined)
    report("peer", "cannot be verified over TCP; use a unix: listener, or a tokenFile");
}
