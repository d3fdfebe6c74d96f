/**
 * The import graph of src/ by area, as mermaid. A solid line runs code of the other area; a dotted line only uses its
 * types. `core`, two constants and the types of `log` are left out, because nearly every area uses them.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const LEFT_OUT: ReadonlySet<string> = new Set(["core", "exit-code", "socket-path", "version"]);

/** The part of dependency-cruiser's JSON that is used here. */
interface Cruise {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly {
      readonly resolved: string;
      readonly dependencyTypes: readonly string[];
    }[];
  }[];
}

/** The graph as text. */
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
    // A broken rule changes the exit code but not the graph; `check:imports` reports the rule.
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

/** `src/rpc/method/get.ts` is in `rpc`. Each source is an area; the code that they share is in `source`. Undefined: not drawn. */
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
