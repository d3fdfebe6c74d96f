import { expect } from "chai";
import type { Problem } from "../../../../src/core/credential/problem.ts";
import { SecretValue } from "../../../../src/core/credential/secret-value.ts";
import { inspectContent } from "../../../../src/source/content/inspect-content.ts";
import type { Lifetime } from "../../../../src/source/content/read-lifetime.ts";
import { createCertificateAuthority } from "../../../support/tls/certificate-authority.ts";

const authority = createCertificateAuthority();
const FROM_MS = Date.UTC(2026, 0, 1);
const TO_MS = Date.UTC(2027, 0, 1);
const pair = authority.issue({ notBeforeMs: FROM_MS, notAfterMs: TO_MS });
const otherPair = authority.issue();

function inspect(
  type: string,
  data: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>> = {},
): Lifetime {
  const values = Object.entries(data).map(
    ([key, text]) => [key, new SecretValue(Buffer.from(text))] as const,
  );
  return inspectContent({
    name: "x",
    type,
    data: new Map(values),
    annotations,
    options: { annotations: [] },
  });
}

function brief({ reason, key, keys }: Problem): string {
  return `${reason} ${key} [${keys.join(",")}]`;
}

function jwt(payload: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256" })}.${part(payload)}.c2ln`;
}

const ACCOUNT = { "kubernetes.io/service-account.name": "app" };
const EXP = TO_MS / 1000;

describe("content checks", () => {
  const rows: readonly [string, string, Record<string, string>, Record<string, string>, readonly string[]][] =
    [
      ["Opaque with anything", "Opaque", { x: "\u0000" }, {}, []],
      ["an unknown type", "example.io/x", {}, {}, []],
      [
        "a good pair",
        "kubernetes.io/tls",
        { "tls.crt": pair.certificatePem, "tls.key": pair.keyPem },
        {},
        [],
      ],
      [
        "a pair with its chain and CA",
        "kubernetes.io/tls",
        {
          "tls.crt": pair.certificatePem + authority.certificatePem,
          "tls.key": pair.keyPem,
          "ca.crt": authority.certificatePem,
        },
        {},
        [],
      ],
      [
        "no key",
        "kubernetes.io/tls",
        { "tls.crt": pair.certificatePem },
        {},
        ["MISSING_KEY tls.key [tls.key]"],
      ],
      [
        "an empty pair, as issuers leave it",
        "kubernetes.io/tls",
        { "tls.crt": "", "tls.key": "" },
        {},
        ["EMPTY_KEY tls.crt [tls.crt]", "EMPTY_KEY tls.key [tls.key]"],
      ],
      [
        "the key of another certificate",
        "kubernetes.io/tls",
        { "tls.crt": pair.certificatePem, "tls.key": otherPair.keyPem },
        {},
        ["CERTIFICATE_KEY_MISMATCH tls.key [tls.crt,tls.key]"],
      ],
      [
        "garbage in all three",
        "kubernetes.io/tls",
        {
          "tls.crt": "a",
          "tls.key": "b",
          "ca.crt": "-----BEGIN CERTIFICATE-----\nc\n-----END CERTIFICATE-----",
        },
        {},
        [
          "BAD_CERTIFICATE tls.crt [tls.crt]",
          "BAD_CERTIFICATE ca.crt [ca.crt]",
          "BAD_PRIVATE_KEY tls.key [tls.key]",
        ],
      ],
      ["docker JSON", "kubernetes.io/dockerconfigjson", { ".dockerconfigjson": '{"auths":{}}' }, {}, []],
      [
        "docker JSON that is a list",
        "kubernetes.io/dockerconfigjson",
        { ".dockerconfigjson": "[]" },
        {},
        ["BAD_JSON .dockerconfigjson [.dockerconfigjson]"],
      ],
      [
        "no docker JSON",
        "kubernetes.io/dockerconfigjson",
        {},
        {},
        ["MISSING_KEY .dockerconfigjson [.dockerconfigjson]"],
      ],
      [
        "broken dockercfg",
        "kubernetes.io/dockercfg",
        { ".dockercfg": '{"a": secret}' },
        {},
        ["BAD_JSON .dockercfg [.dockercfg]"],
      ],
      ["a password alone", "kubernetes.io/basic-auth", { password: "x" }, {}, []],
      [
        "neither user nor password",
        "kubernetes.io/basic-auth",
        { other: "x" },
        {},
        ["MISSING_KEY  [username,password]"],
      ],
      [
        "an SSH key",
        "kubernetes.io/ssh-auth",
        { "ssh-privatekey": "-----BEGIN OPENSSH PRIVATE KEY-----\n" },
        {},
        [],
      ],
      [
        "a public SSH key",
        "kubernetes.io/ssh-auth",
        { "ssh-privatekey": "ssh-ed25519 AAAA" },
        {},
        ["BAD_PRIVATE_KEY ssh-privatekey [ssh-privatekey]"],
      ],
      ["no SSH key", "kubernetes.io/ssh-auth", {}, {}, ["MISSING_KEY ssh-privatekey [ssh-privatekey]"]],
      ["a token", "kubernetes.io/service-account-token", { token: jwt({ sub: "s" }) }, ACCOUNT, []],
      [
        "no token and no ServiceAccount",
        "kubernetes.io/service-account-token",
        {},
        {},
        ["MISSING_ANNOTATION  []", "MISSING_KEY token [token]"],
      ],
      [
        "a token that is not a JWT",
        "kubernetes.io/service-account-token",
        { token: "a.b.c" },
        ACCOUNT,
        ["BAD_TOKEN token [token]"],
      ],
      [
        "a token that ends before it begins",
        "kubernetes.io/service-account-token",
        { token: jwt({ exp: EXP, nbf: EXP + 1 }) },
        ACCOUNT,
        ["DATES_OUT_OF_ORDER token [token]"],
      ],
      [
        "a bootstrap token",
        "bootstrap.kubernetes.io/token",
        { "token-id": "abcdef", "token-secret": "0123456789abcdef" },
        {},
        [],
      ],
      [
        "a bad bootstrap token",
        "bootstrap.kubernetes.io/token",
        { "token-id": "ABCDEF", expiration: "tomorrow" },
        {},
        [
          "MISSING_KEY token-secret [token-secret]",
          "BAD_FORMAT token-id [token-id]",
          "BAD_TIME expiration [expiration]",
        ],
      ],
      [
        "a bad time in an annotation",
        "Opaque",
        {},
        { "podkey.dev/expires-at": "2027-02-30T00:00:00Z" },
        ["BAD_TIME  []"],
      ],
      [
        "a bad overlap in an annotation",
        "Opaque",
        {},
        { "podkey.dev/previous-for": "soon" },
        ["BAD_TIME  []"],
      ],
      [
        "an annotation that ends before it begins",
        "Opaque",
        {},
        { "podkey.dev/expires-at": "2027-01-01T00:00:00Z", "podkey.dev/rotated-at": "2027-01-01T00:00:01Z" },
        ["DATES_OUT_OF_ORDER  []"],
      ],
      [
        "more than an API server accepts",
        "Opaque",
        { x: "x".repeat(1_048_577) },
        {},
        ["OVER_SECRET_LIMIT  [x]"],
      ],
    ];
  for (const [what, type, data, annotations, expected] of rows) {
    it(`finds ${expected.length === 0 ? "nothing wrong" : expected.join(", ")} with ${what} (${type})`, () => {
      expect(inspect(type, data, annotations).problems.map(brief)).to.deep.equal(expected);
    });
  }

  it("uses the earliest expiry of the chain, in every type", () => {
    const late = authority.issue({ notBeforeMs: FROM_MS, notAfterMs: TO_MS + 1000 });
    const { expiry } = inspect("Opaque", { "tls.crt": late.certificatePem + pair.certificatePem });
    expect(expiry).to.deep.equal({ atMs: TO_MS, keys: ["tls.crt"] });
  });

  it("reports a certificate that ends before it begins", () => {
    const odd = authority.issue({ notBeforeMs: TO_MS, notAfterMs: FROM_MS });
    expect(inspect("Opaque", { "tls.crt": odd.certificatePem }).problems.map(brief)).to.deep.equal([
      "DATES_OUT_OF_ORDER tls.crt [tls.crt]",
    ]);
  });

  it("reads the expiry of a ServiceAccount's token in a mounted folder, and of no other token", () => {
    const projected = jwt({ exp: EXP, sub: "system:serviceaccount:shop:app" });
    expect(inspect("Opaque", { token: projected }).expiry).to.deep.equal({ atMs: TO_MS, keys: ["token"] });
    expect(inspect("Opaque", { token: jwt({ exp: EXP, sub: "me" }) }).expiry).to.equal(undefined);
  });

  it("uses the earliest expiry of certificate and annotation", () => {
    const annotations = { "podkey.dev/expires-at": "2026-06-01T00:00:00+02:00" };
    const { expiry } = inspect("Opaque", { "tls.crt": pair.certificatePem }, annotations);
    expect(expiry).to.deep.include({ atMs: Date.UTC(2026, 4, 31, 22), keys: [] });
    expect(expiry?.otherwise?.keys).to.deep.equal(["tls.crt"]);
  });

  it("ignores an exp outside the calendar", () => {
    for (const exp of [-1, 1e300, "1", null]) {
      expect(
        inspect("kubernetes.io/service-account-token", { token: jwt({ exp }) }, ACCOUNT).expiry,
      ).to.equal(undefined);
    }
  });
});
