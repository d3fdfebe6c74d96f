/** Parses `server` of a cluster as client-go does: without a scheme it is plain HTTP. Called by kubeconfig.ts. */
import { TargetError } from "../failure/target-error.ts";
import type { ClusterEntry } from "./kubeconfig-entries.ts";

/** The URL without query and fragment. @throws TargetError if it is not an address. */
export function parseServer({ server = "", path }: ClusterEntry, name: string): URL {
  const hasScheme = server.includes("://");
  const text = hasScheme ? server : `http://${server}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === "https:" || url?.protocol === "http:";
  // Without a scheme only HOST:PORT is allowed, as in client-go.
  if (!isHttp || (!hasScheme && url.pathname !== "/")) {
    throw new TargetError(
      `\`server\` of the cluster ${name} in the kubeconfig ${path} is not a valid http:// or https:// URL: ${server}.`,
    );
  }
  url.search = "";
  url.hash = "";
  return url;
}
