/** The credentials of a user: token, token file, password, certificate, impersonation. */
import { ANONYMOUS, MALFORMED_TOKEN } from "../differences.ts";
import type { KubeconfigCase } from "../kubeconfig-case.ts";
import { base64, oneContext, simpleCase } from "../kubeconfig-case.ts";
import type { LabFacts } from "../kubeconfig-lab.ts";

const certificateOf = ({ alice }: LabFacts): object => ({
  "client-certificate-data": base64(alice.certificatePem),
  "client-key-data": base64(alice.keyPem),
});

/** A row with further files. */
function withFiles(
  name: string,
  user: (facts: LabFacts) => object,
  files: (facts: LabFacts) => Readonly<Record<string, string>>,
): KubeconfigCase {
  return {
    name,
    files: (facts) => ({ config: oneContext(facts, { user: user(facts) }), ...files(facts) }),
  };
}

/** See the file comment. */
export const USER_CASES: readonly KubeconfigCase[] = [
  simpleCase("a token with a newline at its end", () => ({ user: { token: "abc\n" } })),
  simpleCase("a token with blanks around it", () => ({ user: { token: " abc " } }), {
    differs: MALFORMED_TOKEN,
  }),
  simpleCase("a token with a letter outside ASCII", () => ({ user: { token: "abcé" } }), {
    differs: MALFORMED_TOKEN,
  }),
  simpleCase("an empty user is anonymous", () => ({ user: {} }), { differs: ANONYMOUS }),
  simpleCase("a user that is null is anonymous", () => ({ more: { users: [{ name: "me", user: null }] } }), {
    differs: ANONYMOUS,
  }),
  withFiles(
    "a tokenFile",
    () => ({ tokenFile: "token" }),
    () => ({ token: "  token-of-file\n\n" }),
  ),
  withFiles(
    "token and tokenFile: the file wins",
    () => ({ token: "inline", tokenFile: "token" }),
    () => ({ token: "token-of-file\n" }),
  ),
  withFiles(
    "token and a missing tokenFile: the token is used",
    () => ({ token: "inline", tokenFile: "missing" }),
    () => ({}),
  ),
  withFiles(
    "token and an empty tokenFile: the token is used",
    () => ({ token: "inline", tokenFile: "token" }),
    () => ({ token: "\n" }),
  ),
  withFiles(
    "a missing tokenFile",
    () => ({ tokenFile: "missing" }),
    () => ({}),
  ),
  withFiles(
    "an empty tokenFile",
    () => ({ tokenFile: "token" }),
    () => ({ token: "" }),
  ),
  withFiles(
    "a tokenFile with a blank line",
    () => ({ tokenFile: "token" }),
    () => ({ token: "\n" }),
  ),
  withFiles(
    "a tokenFile with two lines",
    () => ({ tokenFile: "token" }),
    () => ({ token: "one\ntwo\n" }),
  ),
  simpleCase("user and password", () => ({ user: { username: "joe", password: "pässword" } })),
  simpleCase("a user name without password", () => ({ user: { username: "joe" } })),
  simpleCase("a password without user name", () => ({ user: { password: "p" } }), { differs: ANONYMOUS }),
  simpleCase("token and password", () => ({ user: { token: "t", username: "joe", password: "p" } })),
  withFiles(
    "tokenFile and password",
    () => ({ tokenFile: "token", username: "joe", password: "p" }),
    () => ({ token: "t" }),
  ),
  simpleCase("a client certificate as data", (facts) => ({ user: certificateOf(facts) })),
  simpleCase("a client certificate and a token", (facts) => ({
    user: { ...certificateOf(facts), token: "t" },
  })),
  simpleCase("a client certificate and a password", (facts) => ({
    user: { ...certificateOf(facts), username: "joe", password: "p" },
  })),
  withFiles(
    "a client certificate as files",
    () => ({ "client-certificate": "me.crt", "client-key": "me.key" }),
    ({ bob }) => ({ "me.crt": bob.certificatePem, "me.key": bob.keyPem }),
  ),
  withFiles(
    "a client certificate and its key in one file",
    () => ({ "client-certificate": "me.pem", "client-key": "me.pem" }),
    ({ bob }) => ({ "me.pem": `${bob.keyPem}${bob.certificatePem}` }),
  ),
  simpleCase("a client certificate with its authority behind it", ({ alice, caPem }) => ({
    user: {
      "client-certificate-data": base64(`${alice.certificatePem}${caPem}`),
      "client-key-data": base64(alice.keyPem),
    },
  })),
  withFiles(
    "a client certificate as a file and its key as data",
    ({ bob }) => ({ "client-certificate": "me.crt", "client-key-data": base64(bob.keyPem) }),
    ({ bob }) => ({ "me.crt": bob.certificatePem }),
  ),
  withFiles(
    "the same client certificate as data and as a file",
    (facts) => ({ ...certificateOf(facts), "client-certificate": "me.crt" }),
    ({ alice }) => ({ "me.crt": alice.certificatePem }),
  ),
  withFiles(
    "the same client key as data and as a file",
    (facts) => ({ ...certificateOf(facts), "client-key": "me.key" }),
    ({ alice }) => ({ "me.key": alice.keyPem }),
  ),
  simpleCase("a client certificate without key", ({ alice }) => ({
    user: { "client-certificate-data": base64(alice.certificatePem) },
  })),
  simpleCase("a client key without certificate", ({ alice }) => ({
    user: { "client-key-data": base64(alice.keyPem), token: "t" },
  })),
  withFiles(
    "a missing file of a client certificate",
    () => ({ "client-certificate": "me.crt", "client-key": "me.key" }),
    ({ alice }) => ({ "me.key": alice.keyPem }),
  ),
  withFiles(
    "a missing file of a client key",
    () => ({ "client-certificate": "me.crt", "client-key": "me.key" }),
    ({ alice }) => ({ "me.crt": alice.certificatePem }),
  ),
  simpleCase("the key of another client certificate", ({ alice, bob }) => ({
    user: {
      "client-certificate-data": base64(alice.certificatePem),
      "client-key-data": base64(bob.keyPem),
    },
  })),
  simpleCase("a client certificate that is malformed", ({ alice }) => ({
    user: { "client-certificate-data": base64("garbage"), "client-key-data": base64(alice.keyPem) },
  })),
  simpleCase("a client certificate that is not base64", ({ alice }) => ({
    user: { "client-certificate-data": "%%%", "client-key-data": base64(alice.keyPem) },
  })),
  simpleCase("impersonation of a user", () => ({ user: { token: "t", as: "deputy" } })),
  simpleCase("impersonation with groups, uid and extra", () => ({
    user: {
      token: "t",
      as: "system:serviceaccount:shop:web",
      "as-groups": ["developers", "system:authenticated"],
      "as-uid": "1-2-3",
      "as-user-extra": { "example.io/Reason": ["one", "two"], scopes: ["read"], "with space%": ["x"] },
    },
  })),
  simpleCase("impersonation with letters outside ASCII", () => ({
    user: { token: "t", as: "jürgen", "as-groups": ["größe"], "as-user-extra": { ä: ["é"] } },
  })),
  simpleCase("impersonation of a user with a line break", () => ({ user: { token: "t", as: "a\nb" } })),
  simpleCase("empty impersonation", () => ({
    user: { token: "t", as: "", "as-uid": "", "as-groups": [], "as-user-extra": {} },
  })),
  simpleCase("impersonation of groups without a user", () => ({
    user: { token: "t", "as-groups": ["developers"] },
  })),
  simpleCase("impersonation of a uid without a user", () => ({ user: { token: "t", "as-uid": "1" } })),
  simpleCase("impersonation with extra without a user", () => ({
    user: { token: "t", "as-user-extra": { a: ["b"] } },
  })),
  simpleCase("as-groups is a text", () => ({ user: { token: "t", as: "x", "as-groups": "developers" } })),
  simpleCase("the auth-provider gcp", () => ({ user: { "auth-provider": { name: "gcp", config: {} } } })),
  simpleCase("the auth-provider azure", () => ({ user: { "auth-provider": { name: "azure" } } })),
  simpleCase("the auth-provider oidc", () => ({
    user: {
      "auth-provider": {
        name: "oidc",
        config: { "idp-issuer-url": "https://127.0.0.1:1", "client-id": "x", "id-token": "a.b.c" },
      },
    },
  })),
  simpleCase("an unknown auth-provider", () => ({ user: { "auth-provider": { name: "nonsense" } } })),
  simpleCase("an auth-provider beside a token", () => ({
    user: { token: "t", "auth-provider": { name: "gcp" } },
  })),
];
