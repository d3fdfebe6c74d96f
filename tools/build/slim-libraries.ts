/**
 * Parts of libraries that podkey never runs, left out of the bundle, since every part that is in it is read, parsed and
 * kept by every sidecar. Each entry says why it cannot be missed. Called by build.ts.
 */
import { join } from "node:path";
import type { Plugin } from "esbuild";

/** What is left out: what is asked for, and by whom. */
interface LeftOut {
  readonly asked: RegExp;
  readonly by: RegExp;
}

const LEFT_OUT: readonly LeftOut[] = [
  // grpc-js loads it for channelz and ORCA, services that podkey does not offer; our own client imports it itself.
  { asked: /^@grpc\/proto-loader$/, by: /\/@grpc\/grpc-js\// },
  // Metrics of a cluster of workers; with it come node:cluster and node:child_process.
  { asked: /^\.\/lib\/cluster$/, by: /\/prom-client\// },
  { asked: /^\.\/lib\/pushgateway$/, by: /\/prom-client\// },
  // pino's transports run in worker threads; podkey writes its log itself.
  { asked: /^thread-stream$/, by: /\/pino\// },
];

/**
 * protobufjs loads `long` for numbers of 64 bits as objects, and it compiles WebAssembly as it loads: 1 MiB for what only a
 * client and a request with a duration make. Here it is loaded when one is made; protobufjs asks no more before.
 */
const LATE_LONG = `
  const long = () => require("long");
  module.exports = new Proxy(function () {}, {
    get: (_, name) => (name === "isLong" ? (value) => long().isLong(value) : long()[name]),
    construct: (_, parts) => new (long())(...parts),
  });`;

/** The plugin; `root` is the checkout. */
export function slimLibraries(root: string): Plugin {
  return {
    name: "slim-libraries",
    setup(build) {
      // Node gets RxJS as CommonJS, of which nothing can be shaken off: 250 KB instead of 50.
      build.onResolve({ filter: /^rxjs$/ }, () => ({
        path: join(root, "node_modules/rxjs/dist/esm/index.js"),
        sideEffects: false,
      }));
      for (const { asked, by } of LEFT_OUT)
        build.onResolve({ filter: asked }, ({ importer }) =>
          by.test(importer) ? { path: "nothing", namespace: "left-out" } : undefined,
        );
      build.onResolve({ filter: /^long$/ }, ({ importer }) =>
        importer.includes("/protobufjs/") ? { path: "long", namespace: "late" } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: "late" }, () => ({ contents: LATE_LONG, resolveDir: root }));
      build.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({
        contents: "module.exports = class LeftOut {};",
      }));
    },
  };
}
