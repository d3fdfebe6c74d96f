/** The address of the server and how it is verified. */
import { ANONYMOUS } from "../differences.ts";
import type { KubeconfigCase } from "../kubeconfig-case.ts";
import { base64, clusterA, oneContext, simpleCase } from "../kubeconfig-case.ts";

/** See the file comment. */
export const SERVER_CASES: readonly KubeconfigCase[] = [
  simpleCase("the server has a path", (facts) => ({
    cluster: { ...clusterA(facts), server: `${facts.a}/k8s/clusters/c-1` },
  })),
  simpleCase("the server has a path with a slash at its end", (facts) => ({
    cluster: { ...clusterA(facts), server: `${facts.a}/k8s/` },
  })),
  simpleCase("the server has a query and a fragment", (facts) => ({
    cluster: { ...clusterA(facts), server: `${facts.a}/k8s?a=b#c` },
  })),
  simpleCase("the scheme is in upper case", (facts) => ({
    cluster: { ...clusterA(facts), server: facts.a.replace("https", "HTTPS") },
  })),
  simpleCase("the server has no scheme", (facts) => ({
    cluster: { ...clusterA(facts), server: facts.plain.replace("http://", "") },
  })),
  simpleCase("the server has another scheme", (facts) => ({
    cluster: { ...clusterA(facts), server: "ftp://127.0.0.1:21" },
  })),
  simpleCase("the server is not an address", (facts) => ({
    cluster: { ...clusterA(facts), server: "lab/with/path" },
  })),
  simpleCase(
    "user and password in the server",
    (facts) => ({
      cluster: { ...clusterA(facts), server: facts.a.replace("https://", "https://joe:pass%20word@") },
      user: {},
    }),
    { differs: ANONYMOUS },
  ),
  simpleCase("user and password in the server beside a token", (facts) => ({
    cluster: { ...clusterA(facts), server: facts.a.replace("https://", "https://joe:pass@") },
  })),
  simpleCase("plain HTTP with a token", ({ plain }) => ({ cluster: { server: plain } })),
  simpleCase("plain HTTP in upper case with a token", ({ plain }) => ({
    cluster: { server: plain.replace("http", "HTTP") },
  })),
  {
    name: "plain HTTP with a tokenFile",
    files: (facts) => ({
      config: oneContext(facts, { cluster: { server: facts.plain }, user: { tokenFile: "token" } }),
      token: "token-of-file",
    }),
  },
  simpleCase("plain HTTP with user and password", ({ plain }) => ({
    cluster: { server: plain },
    user: { username: "joe", password: "p" },
  })),
  simpleCase("plain HTTP with impersonation", ({ plain }) => ({
    cluster: { server: plain },
    user: { token: "t", as: "deputy" },
  })),
  {
    name: "the CA is a file",
    files: (facts) => ({
      config: oneContext(facts, { cluster: { server: facts.a, "certificate-authority": "ca.crt" } }),
      "ca.crt": facts.caPem,
    }),
  },
  {
    name: "the CA file is missing",
    files: (facts) => ({
      config: oneContext(facts, { cluster: { server: facts.a, "certificate-authority": "ca.crt" } }),
    }),
  },
  {
    name: "the CA file has no certificate",
    files: (facts) => ({
      config: oneContext(facts, { cluster: { server: facts.a, "certificate-authority": "ca.crt" } }),
      "ca.crt": "not a certificate\n",
    }),
  },
  {
    name: "the CA file is empty",
    files: (facts) => ({
      config: oneContext(facts, { cluster: { server: facts.a, "certificate-authority": "ca.crt" } }),
      "ca.crt": "",
    }),
  },
  simpleCase("one certificate of the CA bundle is malformed", ({ a, caPem }) => ({
    cluster: {
      server: a,
      "certificate-authority-data": base64(
        `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${caPem}`,
      ),
    },
  })),
  simpleCase("the CA bundle has two certificates and text between them", ({ a, caPem, otherCaPem }) => ({
    cluster: { server: a, "certificate-authority-data": base64(`# other\n${otherCaPem}\n# lab\n${caPem}`) },
  })),
  simpleCase("the CA data is not base64", ({ a }) => ({
    cluster: { server: a, "certificate-authority-data": "%%%" },
  })),
  simpleCase("the CA data has line breaks", ({ a, caPem }) => ({
    cluster: { server: a, "certificate-authority-data": base64(caPem).replaceAll(/.{64}/g, "$&\n") },
  })),
  {
    name: "the same CA as data and as a file",
    files: (facts) => ({
      config: oneContext(facts, { cluster: { ...clusterA(facts), "certificate-authority": "ca.crt" } }),
      "ca.crt": facts.caPem,
    }),
  },
  simpleCase("the wrong CA", ({ a, otherCaPem }) => ({
    cluster: { server: a, "certificate-authority-data": base64(otherCaPem) },
  })),
  simpleCase("no CA", ({ a }) => ({ cluster: { server: a } })),
  {
    name: "no CA, and SSL_CERT_FILE names a bundle",
    files: (facts) => ({
      config: oneContext(facts, { cluster: { server: facts.a } }),
      "bundle.crt": `${facts.otherCaPem}${facts.caPem}`,
    }),
    env: { KUBECONFIG: "FOLDER/config", SSL_CERT_FILE: "FOLDER/bundle.crt" },
  },
  simpleCase("insecure-skip-tls-verify", ({ b }) => ({
    cluster: { server: b, "insecure-skip-tls-verify": true },
  })),
  simpleCase("insecure-skip-tls-verify beside a CA", (facts) => ({
    cluster: { ...clusterA(facts), "insecure-skip-tls-verify": true },
  })),
  simpleCase("insecure-skip-tls-verify with a tls-server-name", ({ b }) => ({
    cluster: { server: b, "insecure-skip-tls-verify": true, "tls-server-name": "api.lab" },
  })),
  simpleCase("insecure-skip-tls-verify: false beside a CA", (facts) => ({
    cluster: { ...clusterA(facts), "insecure-skip-tls-verify": false },
  })),
  simpleCase("empty fields beside a CA", (facts) => ({
    cluster: { ...clusterA(facts), "certificate-authority": "", "tls-server-name": "", "proxy-url": null },
  })),
  simpleCase("empty CA data", ({ a }) => ({ cluster: { server: a, "certificate-authority-data": "" } })),
  simpleCase("tls-server-name", (facts) => ({
    cluster: { ...clusterA(facts), "tls-server-name": "api.lab" },
  })),
  simpleCase("tls-server-name that the certificate does not have", (facts) => ({
    cluster: { ...clusterA(facts), "tls-server-name": "wrong.lab" },
  })),
  simpleCase("tls-server-name is an address", (facts) => ({
    cluster: { ...clusterA(facts), "tls-server-name": "127.0.0.1" },
  })),
  simpleCase("tls-server-name is another address of the certificate", (facts) => ({
    cluster: { ...clusterA(facts), "tls-server-name": "127.0.0.9" },
  })),
  simpleCase("tls-server-name is an address that the certificate does not have", (facts) => ({
    cluster: { ...clusterA(facts), "tls-server-name": "10.0.0.1" },
  })),
  simpleCase("the server is a name", (facts) => ({
    cluster: { ...clusterA(facts), server: facts.a.replace("127.0.0.1", "localhost") },
  })),
  simpleCase("a proxy-url with http", (facts) => ({
    cluster: { ...clusterA(facts), "proxy-url": facts.proxy },
  })),
  simpleCase("a proxy-url with user and password", (facts) => ({
    cluster: { ...clusterA(facts), "proxy-url": facts.proxy.replace("//", "//joe:p%40ss@") },
  })),
  simpleCase("a proxy-url with socks5", (facts) => ({
    cluster: { ...clusterA(facts), "proxy-url": facts.socks },
  })),
  simpleCase("a proxy-url with socks5 and a server name", (facts) => ({
    cluster: {
      ...clusterA(facts),
      server: facts.a.replace("127.0.0.1", "localhost"),
      "proxy-url": facts.socks,
    },
  })),
  simpleCase("an empty proxy-url", (facts) => ({ cluster: { ...clusterA(facts), "proxy-url": "" } })),
  simpleCase("a proxy-url of an unknown scheme", (facts) => ({
    cluster: { ...clusterA(facts), "proxy-url": "ftp://proxy:1" },
  })),
  simpleCase("a proxy-url that is not a URL", (facts) => ({
    cluster: { ...clusterA(facts), "proxy-url": "proxy.example:3128" },
  })),
];
