/**
 * Rules between options that no single value can break: what a source needs, what excludes what. Each speaks of
 * options that somebody set; a default never makes a problem.
 */
import type { Setting } from "./layer.ts";
import { flagOf, variableOf } from "../value/option.ts";
import type { Option } from "../value/option.ts";
import type { ConfigProblem } from "./problem-report.ts";
import type { OptionKey, OptionValues } from "../schema/schema.ts";
import { OPTION_KEYS, OPTIONS } from "../schema/schema.ts";

/** What the rules look at. */
export interface Checked {
  readonly values: OptionValues;
  readonly winners: ReadonlyMap<OptionKey, Setting>;
  /** Whether the file has `consumers`. */
  readonly hasConsumers: boolean;
}

/** Every rule that is broken. */
export function crossChecks(checked: Checked): readonly ConfigProblem[] {
  return [
    ...foreignOptions(checked),
    ...sourceNeeds(checked),
    ...selectionClashes(checked),
    ...servingClashes(checked),
  ];
}

/** Options that mean nothing to the chosen source. */
function foreignOptions({ values, winners }: Checked): readonly ConfigProblem[] {
  return OPTION_KEYS.flatMap((key) => {
    const sources = (OPTIONS[key] as Option<unknown>).sources;
    const setting = winners.get(key);
    if (setting === undefined || sources === undefined || sources.includes(values.source)) return [];
    const remedy = `remove it, or use --source ${sources.join(" or ")}`;
    return [{ where: setting.where, problem: `means nothing to --source ${values.source}; ${remedy}` }];
  });
}

/** `manifests` and `volume` need their folder. */
function sourceNeeds({ values }: Checked): readonly ConfigProblem[] {
  const key = values.source;
  if (key === "kubernetes" || values[key] !== undefined) return [];
  return [
    {
      where: flagOf(key),
      problem: `is needed with --source ${key}; give the folder, also as ${variableOf(key)}`,
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
    clash("selector", "cannot stand beside --names, which is exact already; remove one of them");
    if (values.allNamespaces)
      clash("allNamespaces", "cannot stand beside --names; write NS/NAME in --names instead");
    const listed = values.namespace;
    const outside = values.names.find(
      ({ namespace }) => namespace !== undefined && listed.length > 0 && !listed.includes(namespace),
    );
    if (outside?.namespace !== undefined) {
      clash(
        "names",
        `namespace ${outside.namespace} is not among --namespace ${listed.join(",")}; add it there or leave --namespace out`,
      );
    }
    if (listed.length > 1 && values.names.some(({ namespace }) => namespace === undefined)) {
      clash("names", "with several namespaces every name needs its own; write NS/NAME");
    }
  }
  if (values.allNamespaces && values.namespace.length > 0) {
    clash("namespace", "cannot stand beside --all-namespaces; remove one of them");
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
        problem: "cannot stand beside consumers in the file; write it there, for each consumer",
      });
    }
  }
  const tokenWhere = winners.get("tokenFile")?.where;
  // PODKEY_TOKEN_FILE also belongs to the client commands, so from the environment it may be meant for them.
  if (!hasConsumers && tokenWhere !== undefined && tokenWhere !== variableOf("tokenFile")) {
    if (!values.listen.some((address) => address.kind === "tcp")) {
      problems.push({
        where: tokenWhere,
        problem: "has no TCP listener to guard; add --listen tcp:127.0.0.1:PORT or remove it",
      });
    }
  }
  if (values.previousFor > values.previousMax) {
    const where = (winners.get("previousFor") ?? winners.get("previousMax"))?.where ?? flagOf("previousFor");
    problems.push({
      where,
      problem: "--previous-for is longer than --previous-max; raise the one or lower the other",
    });
  }
  return problems;
}
