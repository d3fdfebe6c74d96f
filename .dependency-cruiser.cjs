/**
 * The arrows of docs/architecture.md, held by `npm run check:imports`:
 *   main -> cli -> app -> { source, sync, store, rpc, admin, telemetry, shutdown }; everything -> core -> nothing.
 */
const area = (name) => `^src/${name}(/|\\.ts$)`;
const PARTS = ["admin", "rpc", "shutdown", "source", "store", "sync"];
const TOP = ["app", "cli", "client", "main"];

/** Nothing in `from` imports anything of `to`. */
const never = (from, to, comment, { evenTypes = true } = {}) => ({
  name: `${from}-not-to-${Array.isArray(to) ? "others" : to}`,
  comment,
  severity: "error",
  from: { path: area(from) },
  to: { path: [to].flat().map(area), ...(evenTypes ? {} : { dependencyTypesNot: ["type-only"] }) },
});

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Two files that need each other are one file, or hide a third. Types may refer to each other.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "core-is-pure",
      comment: "core is values and pure functions: no I/O, no clock, no library.",
      severity: "error",
      from: { path: area("core") },
      to: { pathNot: area("core") },
    },
    never("main", ["app", "client", ...PARTS], "main hands over to cli."),
    never(
      "rpc",
      ["source", "sync", "admin", ...TOP],
      "rpc reads views; where they come from is not its business.",
    ),
    never("sync", ["rpc", "source", "store", "admin", ...TOP], "sync drives the port in sync/source.ts."),
    never("source", ["rpc", "store", "admin", ...TOP], "A source only makes events."),
    never("store", ["rpc", "source", "admin", ...TOP], "The store is fed and read, it asks nobody."),
    never("admin", ["rpc", "source", ...TOP], "admin observes the store."),
    never("telemetry", [...PARTS, ...TOP], "telemetry fulfils ports it knows by type, it asks nobody.", {
      evenTypes: false,
    }),
    never("app", ["cli", "client", "main"], "app is built by cli."),
    never(
      "client",
      ["admin", "app", "cli", "core", "source", "store", "sync", "telemetry"],
      "The client is published on its own.",
    ),
    never(
      "config",
      [...PARTS.filter((part) => part !== "source"), ...TOP],
      "The configuration is read before anything is built.",
    ),
    {
      name: "one-source-does-not-know-another",
      severity: "error",
      from: { path: "^src/source/(kubernetes|manifests|volume)/" },
      to: { path: "^src/source/(kubernetes|manifests|volume)/", pathNot: "^src/source/$1/" },
    },
    {
      name: "rxjs-only-where-time-is",
      comment: "Handlers, commands and configuration read better as plain async functions.",
      severity: "error",
      from: { path: "^src/(admin|cli|client|config|core|rpc|telemetry)/" },
      to: { path: "node_modules/rxjs/" },
    },
    {
      name: "grpc-only-in-rpc-and-client",
      severity: "error",
      from: { pathNot: "^src/(rpc|client)/" },
      to: { path: "node_modules/@grpc/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "kubernetes-client-only-in-its-source",
      severity: "error",
      from: { pathNot: "^src/source/kubernetes/" },
      to: { path: "node_modules/@kubernetes/" },
    },
    {
      name: "no-dev-dependencies",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "^src/rpc/generated"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default"],
    },
  },
};
