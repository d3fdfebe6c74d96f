/**
 * The import graph of src/ by areas, as mermaid. Solid: code of the other area runs; dotted: only its types are used.
 * Left out is what nearly everything uses and would only make lines: `core`, two constants, the types of `log`.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const LEFT_OUT: ReadonlySet<string> = new Set(["core", "exit-code", "version"]);

/** What is used of dependency-cruiser's JSON. */
interface Cruise {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly {
      readonly resolved: string;
      readonly dependencyTypes: readonly string[];
    }[];
  }[];
}

/** The graph's text. */
export function importGraph(): string {
  const edges = new Map<string, boolean>();
  const areas = new Set<string>();
  for (const { source, dependencies } of cruise().modules) {
    const from = areaOf(source);
    if (from === undefined) continue;
    areas.add(from);
    for (const { resolved, dependencyTypes } of dependencies) {
      const typesOnly = dependencyTypes.includes("type-only");
      const to = areaOf(resolved);
      if (to === undefined || to === from || (to === "log" && typesOnly)) continue;
      const edge = `${from} ${to}`;
      edges.set(edge, (edges.get(edge) ?? true) && typesOnly);
    }
  }
  const lines = [...edges].sort().map(([edge, typesOnly]) => {
    const [from = "", to = ""] = edge.split(" ");
    return `  ${idOf(from)} ${typesOnly ? "-.->" : "-->"} ${idOf(to)}\n`;
  });
  const boxes = [...areas].sort().map((area) => `  ${idOf(area)}["${area}"]\n`);
  return `flowchart LR\n${boxes.join("")}${lines.join("")}`;
}

function cruise(): Cruise {
  const command = join(ROOT, "node_modules/.bin/depcruise");
  const args = ["--config", ".dependency-cruiser.cjs", "--output-type", "json", "--no-progress", "src"];
  try {
    return JSON.parse(
      execFileSync(command, args, { cwd: ROOT, encoding: "utf8", maxBuffer: 64 << 20 }),
    ) as Cruise;
  } catch (error) {
    // Broken rules give another exit code; they are check:imports' business, the graph is the same.
    if (
      error instanceof Error &&
      "stdout" in error &&
      typeof error.stdout === "string" &&
      error.stdout !== ""
    )
      return JSON.parse(error.stdout) as Cruise;
    throw error;
  }
}

/** `src/rpc/method/get.ts` is `rpc`; each source is an area of its own; what they share is `source`. Undefined: not drawn. */
function areaOf(path: string): string | undefined {
  const [src, area = "", inner = ""] = path.split("/");
  if (src !== "src") return undefined;
  if (area === "source" && ["kubernetes", "manifests", "volume", "folder"].includes(inner))
    return `source/${inner}`;
  const name = area.replace(/\.ts$/, "");
  return LEFT_OUT.has(name) ? undefined : name;
}

function idOf(area: string): string {
  return area.replace("/", "_");
}
