/**
 * Chooses the proxy between podkey and the API server by the rules of Go's golang.org/x/net/http/httpproxy, so that
 * podkey and kubectl agree. Pure; called once when the target is resolved.
 */
import { BlockList, isIP } from "node:net";

/** Environment variables. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for an address, or undefined for none.
 * @param fromKubeconfig `proxy-url` of the cluster; it wins over the environment.
 * @throws RangeError if the proxy's URL is not valid; its message names the source, never a password.
 */
export function proxyFor(server: URL, env: Env, fromKubeconfig: string | undefined): URL | undefined {
  if (fromKubeconfig !== undefined && fromKubeconfig !== "")
    return parseProxy(fromKubeconfig, "`proxy-url` of the kubeconfig");
  const name = server.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = nonEmpty(env, name) ?? nonEmpty(env, name.toLowerCase()) ?? "";
  if (value === "" || isExcluded(server, nonEmpty(env, "NO_PROXY") ?? nonEmpty(env, "no_proxy") ?? ""))
    return undefined;
  // In a variable, unlike in `proxy-url`, the scheme may be absent.
  return parseProxy(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`, name);
}

/** As in Go, an empty variable counts as unset. */
function nonEmpty(env: Env, name: string): string | undefined {
  return env[name] === "" ? undefined : env[name];
}

function parseProxy(text: string, source: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^(?:https?|socks5h?):$/.test(url.protocol) || url.hostname === "")
    throw new RangeError(`The proxy in ${source} is not a valid http://, https:// or socks5:// URL.`);
  return url;
}

function isExcluded(server: URL, noProxy: string): boolean {
  const host = bareHost(server.hostname);
  const port = server.port === "" ? (server.protocol === "https:" ? "443" : "80") : server.port;
  if (host === "localhost" || isLoopback(host)) return true;
  return noProxy
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== "" && entryMatches(entry, host, port));
}

/** One entry of NO_PROXY: `*`, an address, a CIDR, `name` (it and all below), `.name` (only below), each with `:port`. */
function entryMatches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return inCidr(entry, host);
  const { name, port: entryPort } = splitPort(entry);
  if (entryPort !== undefined && entryPort !== port) return false;
  if (isIP(name) !== 0) return name === host;
  const domain = name.startsWith("*.") ? name.slice(1) : name;
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function splitPort(entry: string): { readonly name: string; readonly port: string | undefined } {
  const match = /^(?:\[(?<six>[^\]]+)\]|(?<name>[^:]+))(?::(?<port>\d+))?$/.exec(entry);
  // No match: a bare IPv6 address.
  return { name: match?.groups?.["six"] ?? match?.groups?.["name"] ?? entry, port: match?.groups?.["port"] };
}

function inCidr(entry: string, host: string): boolean {
  const [network = "", bits = ""] = entry.split("/");
  const family = isIP(network);
  const prefix = Number(bits);
  if (family === 0 || family !== isIP(host) || !/^\d+$/.test(bits) || prefix > (family === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family === 4 ? "ipv4" : "ipv6");
  return list.check(host, family === 4 ? "ipv4" : "ipv6");
}

function isLoopback(host: string): boolean {
  return host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** A URL's host without the brackets of an IPv6 address. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
}
