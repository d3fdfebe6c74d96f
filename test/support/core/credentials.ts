/**
 * Builders of core values for tests: a credential with defaults, and its events. Used by every tier; no I/O.
 */
import type { Credential } from "../../../src/core/credential/credential.ts";
import { credentialKey } from "../../../src/core/credential/credential.ts";
import type { CredentialKey } from "../../../src/core/credential/credential.ts";
import { SecretValue } from "../../../src/core/credential/secret-value.ts";
import type { Scope, ScopeId, SyncEvent, Undecodable } from "../../../src/core/snapshot/sync-event.ts";

/** The fields a test may set; `data` in plain text. */
export interface CredentialFields extends Partial<Omit<Credential, "data">> {
  readonly data?: Readonly<Record<string, string>>;
}

/** The scope for tests that need only one. */
export const SCOPE = "shop" as ScopeId;

/** This scope, as a source declares it. */
export const SCOPES: readonly Scope[] = [{ id: SCOPE, namespace: "shop", name: undefined }];

/** A credential `shop/NAME`, version 1, one key, except for the given fields. */
export function credential(name: string, fields: CredentialFields = {}): Credential {
  const { data = { password: "old" }, ...rest } = fields;
  return {
    namespace: "shop",
    name,
    uid: `uid-${name}`,
    resourceVersion: "1",
    type: "Opaque",
    labels: {},
    annotations: {},
    immutable: false,
    createTimeMs: 1_700_000_000_000,
    expiry: undefined,
    problems: [],
    data: new Map(
      Object.entries(data)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, text]) => [key, new SecretValue(Buffer.from(text))]),
    ),
    ...rest,
  };
}

/** An object that could not be decoded. */
export function undecodable(name: string, resourceVersion: string, uid = `uid-${name}`): Undecodable {
  return {
    namespace: "shop",
    name,
    uid,
    resourceVersion,
    problem: {
      reason: "BAD_BASE64",
      key: "password",
      keys: ["password"],
      message: "not base64",
      contentOutdated: false,
    },
  };
}

/** The key of `shop/NAME`. */
export function key(name: string): CredentialKey {
  return credentialKey("shop", name);
}

/** A put of this item in the default scope. */
export function put(item: Credential | Undecodable, scope = SCOPE): SyncEvent {
  return { kind: "put", scope, item };
}

/** A removal of `shop/NAME` at a version. */
export function remove(name: string, resourceVersion: string, uid = `uid-${name}`, scope = SCOPE): SyncEvent {
  return { kind: "remove", scope, gone: { namespace: "shop", name, uid, resourceVersion } };
}

/** A complete list: begin, items, end. */
export function reset(
  items: readonly (Credential | Undecodable)[],
  resourceVersion = "1",
  facts: { readonly scope?: ScopeId; readonly rewound?: boolean } = {},
): readonly SyncEvent[] {
  const { scope = SCOPE, rewound = false } = facts;
  return [
    { kind: "reset-begin", scope, cause: "initial" },
    ...items.map((item): SyncEvent => ({ kind: "reset-item", scope, item })),
    { kind: "reset-end", scope, resourceVersion, rewound },
  ];
}
