/**
 * The version of podkey from package.json; esbuild puts it into the bundle. Used by the banner, `podkey version` and
 * `podkey_build_info`.
 */
import manifest from "../package.json" with { type: "json" };

/** Semantic version. */
export const VERSION: string = manifest.version;

/** Commit that the bundle was built from; the build replaces `PODKEY_REVISION`. */
export const REVISION: string = typeof PODKEY_REVISION === "string" ? PODKEY_REVISION : "unknown";

declare const PODKEY_REVISION: string | undefined;
