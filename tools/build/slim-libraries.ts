/**
 * Leaves parts of libraries that podkey never runs out of the bundle, because every sidecar reads, parses and keeps what is
 * in it. Each entry says why nothing needs it. Called by build.ts.
 */
import { join } from "node:path";
import type { Plugin } from "esbuild";

/** An import that is left out: what is imported, and by which file. */
interface LeftOut {
  readonly asked: RegExp;
  readonly by: RegExp;
}

const LEFT_OUT: readonly LeftOut[] = [
  // grpc-js loads it for channelz and ORCA, which podkey does not serve. src/client imports it itself.
  { asked: /^@grpc\/proto-loader$/, by: /\/@grpc\/grpc-js\// },
  // Metrics of a cluster of workers; it loads node:cluster and node:child_process.
  { asked: /^\.\/lib\/cluster$/, by: /\/prom-client\// },
  { asked: /^\.\/lib\/pushgateway$/, by: /\/prom-client\// },
  // pino's transports run in worker threads; podkey writes its log to stdout.
  { asked: /^thread-stream$/, by: /\/pino\// },
];

/**
 * protobufjs uses `long` for 64-bit numbers as objects. Loading `long` compiles WebAssembly and costs 1 MiB, but only a
 * client and a request with a duration need it. This proxy loads it when such a number is made.
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
      // Node resolves RxJS to CommonJS, which cannot be tree-shaken: 250 KB instead of 50.
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
