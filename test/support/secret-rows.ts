/**
 * The table of Secret types: each of the eight, good, incomplete, wrong and huge, with the problems that podkey must report everywhere.
 * `huge` is over 3 MiB after its gzip is decoded, and still a Secret that an API server accepts.
 */
import { gzipSync } from "node:zlib";
import { createCertificateAuthority } from "./tls/certificate-authority.ts";

/** The shape of a Secret in the table. */
export type Shape = "good" | "incomplete" | "wrong" | "huge";

/** One Secret and its expected problems. */
export interface SecretRow {
  readonly name: string;
  readonly type: string;
  readonly shape: Shape;
  readonly data: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `REASON key`, in the order in which they are served. */
  readonly problems: readonly string[];
}

/** Marks the values of the table: only an answer with values may contain it. */
export const CANARY = "cAnArY-77d1";

const { certificatePem, keyPem } = createCertificateAuthority().issue();
const { keyPem: strangeKeyPem } = createCertificateAuthority().issue();
const HUGE = { filler: CANARY + "x".repeat(3 * 1024 * 1024) };
const GZIP = { "podkey.dev/content-encoding": "gzip" };
const ACCOUNT = { "kubernetes.io/service-account.name": "app" };

function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256" })}.${part({ ...claims, note: CANARY })}.c2ln`;
}

type Data = Readonly<Record<string, string>>;

interface TypeRows {
  readonly type: string;
  readonly short: string;
  readonly annotations?: Data;
  readonly good: Data;
  /** Data, and its problems. */
  readonly incomplete: readonly [Data, ...string[]];
  readonly wrong: readonly [Data, ...string[]];
}

const TYPES: readonly TypeRows[] = [
  {
    type: "Opaque",
    short: "opaque",
    good: { any: CANARY },
    // An Opaque Secret has no requirements, so only its certificate can be wrong.
    incomplete: [{}],
    wrong: [{ "tls.crt": CANARY, token: CANARY }],
  },
  {
    type: "kubernetes.io/tls",
    short: "tls",
    good: { "tls.crt": certificatePem, "tls.key": keyPem },
    incomplete: [{ "tls.crt": certificatePem, "tls.key": "" }, "EMPTY_KEY tls.key"],
    wrong: [{ "tls.crt": certificatePem, "tls.key": strangeKeyPem }, "CERTIFICATE_KEY_MISMATCH tls.key"],
  },
  {
    type: "kubernetes.io/dockercfg",
    short: "dockercfg",
    good: { ".dockercfg": JSON.stringify({ "registry.example": { auth: CANARY } }) },
    incomplete: [{}, "MISSING_KEY .dockercfg"],
    wrong: [{ ".dockercfg": `{"auth": ${CANARY}` }, "BAD_JSON .dockercfg"],
  },
  {
    type: "kubernetes.io/dockerconfigjson",
    short: "dockerconfigjson",
    good: { ".dockerconfigjson": JSON.stringify({ auths: { "registry.example": { auth: CANARY } } }) },
    incomplete: [{}, "MISSING_KEY .dockerconfigjson"],
    wrong: [{ ".dockerconfigjson": `["${CANARY}"]` }, "BAD_JSON .dockerconfigjson"],
  },
  {
    type: "kubernetes.io/basic-auth",
    short: "basic-auth",
    good: { username: "app", password: CANARY },
    incomplete: [{ login: CANARY }, "MISSING_KEY"],
    // Name and password may have any form; only one of the keys is required.
    wrong: [{ user: "app", pass: CANARY }, "MISSING_KEY"],
  },
  {
    type: "kubernetes.io/ssh-auth",
    short: "ssh-auth",
    good: { "ssh-privatekey": `-----BEGIN OPENSSH PRIVATE KEY-----\n${CANARY}\n` },
    incomplete: [{ "ssh-privatekey": "" }, "EMPTY_KEY ssh-privatekey"],
    wrong: [{ "ssh-privatekey": `ssh-ed25519 ${CANARY}` }, "BAD_PRIVATE_KEY ssh-privatekey"],
  },
  {
    type: "kubernetes.io/service-account-token",
    short: "service-account-token",
    annotations: ACCOUNT,
    good: { token: jwt({ sub: "system:serviceaccount:shop:app", exp: 4_000_000_000 }) },
    incomplete: [{}, "MISSING_KEY token"],
    wrong: [{ token: CANARY }, "BAD_TOKEN token"],
  },
  {
    type: "bootstrap.kubernetes.io/token",
    short: "bootstrap-token",
    good: { "token-id": "abc123", "token-secret": "0123456789abcdef", expiration: "2030-01-01T00:00:00Z" },
    incomplete: [{ "token-id": "abc123" }, "MISSING_KEY token-secret"],
    wrong: [
      { "token-id": "abc123", "token-secret": CANARY, expiration: CANARY },
      "BAD_FORMAT token-secret",
      "BAD_TIME expiration",
    ],
  },
];

/** More than an API server accepts in one Secret, and less than the maximum that podkey serves: only a folder can have it. */
const OVER_SECRET_LIMIT: SecretRow = {
  ...{ name: "opaque-over-limit", type: "Opaque", shape: "huge", annotations: {} },
  data: { filler: CANARY + "x".repeat(1024 * 1024) },
  problems: ["OVER_SECRET_LIMIT"],
};

const OF_TYPES: readonly SecretRow[] = TYPES.flatMap(({ type, short, annotations = {}, ...shapes }) => {
  const row = (shape: Shape, data: Data, problems: readonly string[]): SecretRow => ({
    name: `${short}-${shape}`,
    ...{ type, shape, data, annotations, problems },
  });
  const [incomplete, ...missing] = shapes.incomplete;
  const [wrong, ...mistakes] = shapes.wrong;
  return [
    row("good", shapes.good, []),
    row("incomplete", incomplete, missing),
    row("wrong", wrong, mistakes),
    { ...row("huge", { ...shapes.good, ...HUGE }, ["TOO_LARGE"]), annotations: { ...annotations, ...GZIP } },
  ];
});

/** All rows, type by type. */
export const SECRET_ROWS: readonly SecretRow[] = [...OF_TYPES, OVER_SECRET_LIMIT];

/** The Secret as a manifest, compressed if its annotation says so. */
export function rowManifest({ name, type, data, annotations }: SecretRow): string {
  const isPacked = Object.keys(GZIP).some((name) => name in annotations);
  const encoded = Object.fromEntries(
    Object.entries(data).map(([key, text]) => {
      const bytes = isPacked ? gzipSync(text) : Buffer.from(text);
      return [key, bytes.toString("base64")];
    }),
  );
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, annotations },
    type,
    data: encoded,
  });
}
