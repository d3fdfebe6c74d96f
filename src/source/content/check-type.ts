/**
 * Checks the eight built-in Secret types of Kubernetes: what the API server requires (ValidateSecret) and more. Other
 * types are not checked. A credential with problems is still served, because the application may accept it.
 */
import type { Problem } from "../../core/credential/problem.ts";
import { parseRfc3339 } from "../../core/time/rfc3339.ts";
import { problem } from "./problem-reasons.ts";
import { checkTls, TLS } from "./check-tls.ts";
import { readJsonObject } from "./json-object.ts";
import { readJwtClaims } from "./jwt-claims.ts";
import { SERVICE_ACCOUNT_TOKEN } from "./read-lifetime.ts";
import { requireKeys } from "./require-keys.ts";
import type { SecretContent } from "./secret-content.ts";

type Check = (content: SecretContent) => readonly Problem[];

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["Opaque", () => []],
  [SERVICE_ACCOUNT_TOKEN, checkServiceAccountToken],
  ["kubernetes.io/dockercfg", (content) => checkDockerConfig(content, ".dockercfg")],
  ["kubernetes.io/dockerconfigjson", (content) => checkDockerConfig(content, ".dockerconfigjson")],
  ["kubernetes.io/basic-auth", checkBasicAuth],
  ["kubernetes.io/ssh-auth", checkSshAuth],
  [TLS, checkTls],
  ["bootstrap.kubernetes.io/token", checkBootstrapToken],
]);

/** Problems of the content that its type implies. */
export function checkType(content: SecretContent): readonly Problem[] {
  return CHECKS.get(content.type)?.(content) ?? [];
}

function checkDockerConfig(content: SecretContent, key: string): readonly Problem[] {
  const missing = requireKeys(content, [key]);
  const value = content.data.get(key);
  if (missing.length > 0 || value === undefined || readJsonObject(value.reveal()) !== undefined)
    return missing;
  return [
    problem(
      "BAD_JSON",
      `Key ${key} is not a JSON object; recreate it with kubectl create secret docker-registry.`,
      { key },
    ),
  ];
}

function checkBasicAuth(content: SecretContent): readonly Problem[] {
  if (content.data.has("username") || content.data.has("password")) return [];
  const message = `Keys username and password are both missing; type ${content.type} needs at least one of them.`;
  return [problem("MISSING_KEY", message, { keys: ["username", "password"] })];
}

function checkSshAuth(content: SecretContent): readonly Problem[] {
  const key = "ssh-privatekey";
  const missing = requireKeys(content, [key]);
  const value = content.data.get(key);
  if (missing.length > 0 || value === undefined) return missing;
  // node:crypto cannot read OpenSSH's own format, so only the BEGIN line is checked.
  const start = Buffer.from(value.reveal().subarray(0, 4096)).toString("latin1").trimStart();
  if (/^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(start)) return [];
  return [
    problem(
      "BAD_PRIVATE_KEY",
      `Key ${key} does not begin like a PEM or OpenSSH private key; store the private key file.`,
      { key },
    ),
  ];
}

function checkServiceAccountToken(content: SecretContent): readonly Problem[] {
  const problems: Problem[] = [];
  if (!content.annotations["kubernetes.io/service-account.name"]) {
    const message =
      "Annotation kubernetes.io/service-account.name is missing, so no token is issued; set it.";
    problems.push(problem("MISSING_ANNOTATION", message));
  }
  const missing = requireKeys(content, ["token"]);
  const value = content.data.get("token");
  if (missing.length === 0 && value !== undefined && readJwtClaims(value.reveal()) === undefined) {
    problems.push(
      problem(
        "BAD_TOKEN",
        "Key token is not a JWT; delete the key, and the token controller issues a new one.",
        {
          key: "token",
        },
      ),
    );
  }
  return [...problems, ...missing];
}

/** The formats that the bootstrap authenticator requires. The API server stores any value. */
const BOOTSTRAP_FORMATS = [
  ["token-id", /^[a-z0-9]{6}$/, "6 lower-case letters or digits"],
  ["token-secret", /^[a-z0-9]{16}$/, "16 lower-case letters or digits"],
] as const;

function checkBootstrapToken(content: SecretContent): readonly Problem[] {
  const problems = [...requireKeys(content, ["token-id", "token-secret"])];
  for (const [key, format, words] of BOOTSTRAP_FORMATS) {
    const value = content.data.get(key);
    if (
      value === undefined ||
      value.sizeBytes === 0 ||
      format.test(Buffer.from(value.reveal()).toString("latin1"))
    )
      continue;
    problems.push(problem("BAD_FORMAT", `Key ${key} must be ${words}.`, { key }));
  }
  const expiration = content.data.get("expiration");
  if (
    expiration !== undefined &&
    parseRfc3339(Buffer.from(expiration.reveal()).toString("latin1")) === undefined
  ) {
    const message = "Key expiration is not an RFC 3339 time; write it as 2027-01-31T12:00:00Z.";
    problems.push(problem("BAD_TIME", message, { key: "expiration" }));
  }
  return problems;
}
