/**
 * Resource names of SDS: `[NAMESPACE/]NAME` is the certificate and private key of a credential, `[NAMESPACE/]NAME:KEY` the
 * certificate authorities in one of its keys. The policy is checked here, so that a name which can never be allowed is an
 * error and Envoy does not wait for it.
 */
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import type { CredentialKey } from "../../core/credential/credential.ts";
import { credentialKey } from "../../core/credential/credential.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import { allowedKeys, couldAllow } from "../../core/select/policy.ts";
import type { Policy } from "../../core/select/policy.ts";
import type { ViewEntry } from "../../core/view/view.ts";
import { policyDenied } from "../request/filter.ts";
import { checkKey, checkName, checkNamespace } from "../request/request-names.ts";
import type { SecretMaterial } from "./wire.ts";

/** A parsed resource name that the policy allows. */
export interface SecretResource {
  /** As in the request; the answer repeats it. */
  readonly text: string;
  readonly key: CredentialKey;
  /** The key that holds the authorities; undefined: certificate and private key. */
  readonly authorityKey: string | undefined;
}

const CHAIN = "tls.crt";
const PRIVATE_KEY = "tls.key";

/** @throws PodkeyError BAD_NAME, NAMESPACE_REQUIRED, POLICY_DENIED. */
export function readResource(text: string, view: ConsumerView): SecretResource {
  const slash = text.indexOf("/");
  const colon = text.indexOf(":", slash + 1);
  const name = text.slice(slash + 1, colon === -1 ? undefined : colon);
  const authorityKey = colon === -1 ? undefined : text.slice(colon + 1);
  const written = slash === -1 ? "" : text.slice(0, slash);
  checkNamespace(written);
  // With nothing before the slash the complete text is checked as a name, which fails.
  checkName(slash === 0 ? text : name, FIELD);
  if (authorityKey !== undefined) checkKey(authorityKey);
  const namespace = written === "" ? view.onlyNamespace : written;
  if (namespace === undefined)
    throw new PodkeyError(
      "NAMESPACE_REQUIRED",
      `podkey serves more than one namespace; name the resource NAMESPACE/${name}.`,
      { field: FIELD },
    );
  for (const key of keysOf(authorityKey))
    if (!couldAllow(view.policy, { namespace, name, key })) throw policyDenied(namespace, name, key);
  return { text, key: credentialKey(namespace, name), authorityKey };
}

const FIELD = "resource_names";

/** The keys whose values a resource holds. */
function keysOf(authorityKey: string | undefined): readonly string[] {
  return authorityKey === undefined ? [CHAIN, PRIVATE_KEY] : [authorityKey];
}

/** A resource that was handed to the transport, with the credential that its values are from. */
export interface SentResource {
  readonly resource: SecretResource;
  readonly entry: ViewEntry;
}

/** Whether the policy allows what was handed over. */
export function isStillAllowed({ resource, entry }: SentResource, policy: Policy): boolean {
  const allowed = allowedKeys(policy, entry.credential);
  return allowed === "all" || keysOf(resource.authorityKey).every((key) => allowed?.has(key) === true);
}

/** The values of the resource; undefined where the view lacks the credential or one of the keys. */
export function materialOf(
  { authorityKey }: SecretResource,
  entry: ViewEntry | undefined,
): SecretMaterial | undefined {
  const [first, second] = keysOf(authorityKey).map((key) => entry?.credential.data.get(key));
  if (first === undefined) return undefined;
  if (authorityKey !== undefined) return { kind: "authority", trusted: first };
  return second === undefined ? undefined : { kind: "certificate", chain: first, key: second };
}

/** Whether both are sent as the same bytes. */
export function sameMaterial(a: SecretMaterial, b: SecretMaterial): boolean {
  if (a.kind === "authority") return b.kind === "authority" && a.trusted.equals(b.trusted);
  return b.kind === "certificate" && a.chain.equals(b.chain) && a.key.equals(b.key);
}
