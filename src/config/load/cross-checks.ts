/**
 * Rules between options: what a source requires, which options exclude each other. A default value never violates a rule.
 */
import type { Setting } from "./layer.ts";
import { flagOf, variableOf } from "../value/option.ts";
import type { Option } from "../value/option.ts";
import type { ConfigProblem } from "./problem-report.ts";
import type { OptionKey, OptionValues } from "../schema/schema.ts";
import { OPTION_KEYS, OPTIONS } from "../schema/schema.ts";

/** The input of the rules. */
export interface Checked {
  readonly values: OptionValues;
  readonly winners: ReadonlyMap<OptionKey, Setting>;
  /** Whether the file has `consumers`. */
  readonly hasConsumers: boolean;
}

/** All violated rules. */
export function crossChecks(checked: Checked): readonly ConfigProblem[] {
  return [
    ...foreignOptions(checked),
    ...sourceNeeds(checked),
    ...selectionClashes(checked),
    ...servingClashes(checked),
  ];
}

/** Options that have no effect with the chosen source. */
function foreignOptions({ values, winners }: Checked): readonly ConfigProblem[] {
  return OPTION_KEYS.flatMap((key) => {
    const sources = (OPTIONS[key] as Option<unknown>).sources;
    const setting = winners.get(key);
    if (setting === undefined || sources === undefined || sources.includes(values.source)) return [];
    const remedy = `remove it, or use --source ${sources.join(" or ")}`;
    return [{ where: setting.where, problem: `has no effect with --source ${values.source}; ${remedy}` }];
  });
}

function sourceNeeds({ values }: Checked): readonly ConfigProblem[] {
  const key = values.source;
  if (key === "kubernetes" || values[key] !== undefined) return [];
  return [
    {
      where: flagOf(key),
      problem: `is required with --source ${key}; set the folder with it or with ${variableOf(key)}`,
    },
  ];
}

function selectionClashes({ values, winners }: Checked): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const clash = (key: OptionKey, problem: string): void => {
    const where = winners.get(key)?.where;
    if (where !== undefined) problems.push({ where, problem });
  };
  if (values.names.length > 0) {
    clash("selector", "cannot be combined with --names; remove one of them");
    if (values.allNamespaces)
      clash("allNamespaces", "cannot be combined with --names; write NS/NAME in --names instead");
    const listed = values.namespace;
    const outside = values.names.find(
      ({ namespace }) => namespace !== undefined && listed.length > 0 && !listed.includes(namespace),
    );
    if (outside?.namespace !== undefined) {
      clash(
        "names",
        `namespace ${outside.namespace} is not among --namespace ${listed.join(",")}; add it there or remove --namespace`,
      );
    }
    if (listed.length > 1 && values.names.some(({ namespace }) => namespace === undefined)) {
      clash("names", "needs a namespace for every name, because --namespace has several; write NS/NAME");
    }
  }
  if (values.allNamespaces && values.namespace.length > 0) {
    clash("namespace", "cannot be combined with --all-namespaces; remove one of them");
  }
  return problems;
}

function servingClashes({ values, winners, hasConsumers }: Checked): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const key of hasConsumers ? (["listen", "socketMode", "tokenFile"] as const) : []) {
    const where = winners.get(key)?.where;
    if (where !== undefined) {
      problems.push({
        where,
        problem: "cannot be combined with consumers in the file; set it there for each consumer",
      });
    }
  }
  const tokenWhere = winners.get("tokenFile")?.where;
  // PODKEY_TOKEN_FILE is also a variable of the client commands, so it is not an error in the environment.
  if (!hasConsumers && tokenWhere !== undefined && tokenWhere !== variableOf("tokenFile")) {
    if (!values.listen.some((address) => address.kind === "tcp")) {
      problems.push({
        where: tokenWhere,
        problem: "has no effect without a TCP listener; add --listen tcp:127.0.0.1:PORT or remove it",
      });
    }
  }
  if (values.previousFor > values.previousMax) {
    const where = (winners.get("previousFor") ?? winners.get("previousMax"))?.where ?? flagOf("previousFor");
    problems.push({
      where,
      problem: "--previous-for exceeds --previous-max; lower the first or raise the second",
    });
  }
  return problems;
}
