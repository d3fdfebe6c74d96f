/**
 * The rooms of src/ from top to bottom, held by `npm run check:imports`. A file may import from its own room and from rooms
 * below it, never from a room above: so there is no circle between rooms, and no arrow that runs up. A new folder gets its
 * place in this list.
 */
const ROOMS = `
main.ts
cli cli/command cli/deliver cli/show cli/output cli/run
client
app app/check app/open app/status app/process
admin
observe observe/tracing
rpc rpc/sds rpc/reflection rpc/method rpc/direct rpc/call rpc/listen rpc/consumer rpc/watch rpc/request rpc/codec rpc/observe
source/volume source/manifests source/folder
source/kubernetes source/kubernetes/diagnose source/kubernetes/watch source/kubernetes/api
source/kubernetes/transport source/kubernetes/target source/kubernetes/kubeconfig source/kubernetes/failure
source/decode source/content source/yaml
store
sync/scope sync/engine sync/port
log
config/explain config/load config/schema config/value
core/view core/snapshot core/select core/credential core/errors core/time
exit-code.ts socket-path.ts version.ts
`
  .trim()
  .split(/\s+/);

/** The files directly in a room, or the one file that is a room. */
const filesOf = (room) => (room.endsWith(".ts") ? `^src/${room}$` : `^src/${room}/[^/]+$`);

const downwards = ROOMS.flatMap((room, index) =>
  index === 0
    ? []
    : {
        name: `${room}-imports-only-downwards`,
        comment: "The list of rooms in .dependency-cruiser.cjs runs from top to bottom.",
        severity: "error",
        from: { path: filesOf(room) },
        to: { path: ROOMS.slice(0, index).map(filesOf) },
      },
);

const area = (name) => `^src/${name}(/|\\.ts$)`;

/** Nothing in `from` imports anything of `to`, not even a type. */
const never = (from, to, comment) => ({
  name: `${from}-not-to-others`,
  comment,
  severity: "error",
  from: { path: area(from) },
  to: { path: to.map(area) },
});

module.exports = {
  forbidden: [
    ...downwards,
    {
      name: "every-room-is-listed",
      comment: "Give the new folder its place in the list of rooms.",
      severity: "error",
      from: { path: "^src/", pathNot: [...ROOMS.map(filesOf), "/generated/"] },
      to: {},
    },
    {
      name: "no-cycles",
      comment: "Two files that need each other, if only for a type, are one file or hide a third.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "core-is-pure",
      comment: "core is values and pure functions: no I/O, no clock, no library.",
      severity: "error",
      from: { path: area("core") },
      to: { pathNot: area("core") },
    },
    never("main", ["app", "admin", "client", "rpc", "source", "store", "sync"], "main hands over to cli."),
    never("rpc", ["source", "sync", "store"], "rpc reads views; it does not depend on where they come from."),
    never("source", ["store"], "A source only makes events."),
    never("store", ["sync"], "The store consumes events; it does not depend on how they are made."),
    never("admin", ["rpc", "source", "sync"], "admin reports what it is given."),
    never("client", ["app", "core", "source", "store", "sync", "rpc"], "The client is published on its own."),
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
      from: { path: "^src/(admin|cli|client|config|core|rpc|log|observe)/" },
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
    doNotFollow: { path: ["node_modules", "/generated/"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default"],
    },
  },
};
