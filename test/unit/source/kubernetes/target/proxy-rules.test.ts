import { expect } from "chai";
import { proxyFor } from "../../../../../src/source/kubernetes/target/proxy-rules.ts";

const SERVER = new URL("https://10.96.0.1:443/");
const PROXY = { HTTPS_PROXY: "http://proxy.corp:3128" };

function isProxied(server: string, noProxy: string): boolean {
  return proxyFor(new URL(server), { ...PROXY, NO_PROXY: noProxy }, undefined) !== undefined;
}

describe("proxy rules", () => {
  it("uses no proxy without HTTPS_PROXY", () => {
    expect(proxyFor(SERVER, {}, undefined)).to.equal(undefined);
    expect(proxyFor(SERVER, { HTTP_PROXY: "http://p:1" }, undefined)).to.equal(undefined);
  });

  it("reads both spellings of the variable, and a proxy without scheme", () => {
    expect(proxyFor(SERVER, PROXY, undefined)?.host).to.equal("proxy.corp:3128");
    expect(proxyFor(SERVER, { https_proxy: "proxy.corp:3128" }, undefined)?.host).to.equal("proxy.corp:3128");
  });

  it("never uses a proxy for loopback addresses", () => {
    for (const host of ["localhost", "127.0.0.1", "127.8.8.8", "[::1]"]) {
      expect(isProxied(`https://${host}:6443`, ""), host).to.equal(false);
    }
  });

  it("prefers the kubeconfig's proxy-url, also over NO_PROXY", () => {
    const proxy = proxyFor(SERVER, { ...PROXY, NO_PROXY: "*" }, "http://mine:1");
    expect(proxy?.host).to.equal("mine:1");
  });

  it("rejects an unsupported kind of proxy, without showing its password", () => {
    for (const url of ["socks4://u:hunter2@p:1", "http://[", "ftp://p"]) {
      expect(() => proxyFor(SERVER, { HTTPS_PROXY: url }, undefined), url)
        .to.throw(RangeError, /HTTPS_PROXY/)
        .with.property("message")
        .that.does.not.contain("hunter2");
    }
  });

  const RULES: readonly (readonly [noProxy: string, server: string, proxied: boolean])[] = [
    ["*", "https://10.0.0.1", false],
    ["10.0.0.1", "https://10.0.0.1", false],
    ["10.0.0.1", "https://10.0.0.2", true],
    ["10.0.0.0/8", "https://10.200.0.1", false],
    ["10.0.0.0/8", "https://11.0.0.1", true],
    ["10.0.0.0/99", "https://10.0.0.1", true],
    ["fd00::/8", "https://[fd00::1]", false],
    ["fd00::1", "https://[fd00::1]", false],
    ["[fd00::1]:443", "https://[fd00::1]", false],
    ["example.com", "https://example.com", false],
    ["example.com", "https://api.example.com", false],
    ["example.com", "https://badexample.com", true],
    [".example.com", "https://api.example.com", false],
    [".example.com", "https://example.com", true],
    ["*.example.com", "https://api.example.com", false],
    ["EXAMPLE.com", "https://Example.COM", false],
    ["example.com:6443", "https://example.com:6443", false],
    ["example.com:6443", "https://example.com", true],
    ["example.com:443", "https://example.com", false],
    ["a, ,b , .svc", "https://kubernetes.default.svc", false],
  ];
  for (const [noProxy, server, proxied] of RULES) {
    it(`${proxied ? "proxies" : "connects directly to"} ${server} with NO_PROXY=${noProxy}`, () => {
      expect(isProxied(server, noProxy)).to.equal(proxied);
    });
  }
});
