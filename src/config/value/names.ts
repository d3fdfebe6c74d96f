/**
 * Options with Kubernetes names: namespaces, Secrets (`[NS/]NAME`), requirements (`--require`), selectors and annotations.
 * Names that are not valid in Kubernetes are rejected, so that podkey never waits for them.
 */
import { DNS_LABEL, isNamespaceName, isSecretName } from "../../core/credential/kubernetes-names.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import { parseSelector } from "../../core/select/selector.ts";
import type { Codec, Parsed } from "./codec.ts";
import { accepted, refused } from "./codec.ts";

/** One Secret by name; `namespace` undefined: the only served one. */
export interface NameRef {
  readonly namespace: string | undefined;
  readonly name: string;
}

/** A condition for a completed start (`--require`). */
export type Requirement =
  /** At least one credential whose name matches; `glob` may contain `*`. */
  | { readonly kind: "name"; readonly namespace: string | undefined; readonly glob: string }
  /** At least one credential of this Secret type. */
  | { readonly kind: "type"; readonly type: string };

const NAME_GLOB = /^[-a-z0-9.*]{1,253}$/;
const ANNOTATION = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/(\*|[A-Za-z0-9][-A-Za-z0-9_.]*)$/;

/** Whether a text is a valid name of a Secret, or a pattern with `*`. */
export function isNameGlob(text: string): boolean {
  return text.includes("*") ? NAME_GLOB.test(text) : isSecretName(text);
}

/** One namespace. */
export const namespaceCodec: Codec<string> = {
  placeholder: "NS",
  list: false,
  parse: (text) =>
    isNamespaceName(text)
      ? accepted(text)
      : refused(`"${text}" is not a valid namespace; use lower-case letters, digits and -`),
  format: (value) => value,
  jsonSchema: { type: "string", pattern: DNS_LABEL.source },
};

/** `[NS/]A,B`: a namespace applies to the following names of the same text too. */
export const nameRefsCodec: Codec<readonly NameRef[]> = {
  placeholder: "[NS/]NAME,…",
  list: true,
  parse: (text) => {
    const refs: NameRef[] = [];
    let namespace: string | undefined;
    for (const part of text.split(",")) {
      const slash = part.indexOf("/");
      const name = part.slice(slash + 1).trim();
      if (slash !== -1) namespace = part.slice(0, slash).trim();
      if (namespace !== undefined && !isNamespaceName(namespace))
        return refused(`"${namespace}" is not a valid namespace; use lower-case letters, digits and -`);
      if (!isSecretName(name))
        return refused(`"${name}" is not a valid name of a Secret; --names takes exact names only`);
      refs.push({ namespace, name });
    }
    return accepted(refs);
  },
  format: (refs) =>
    refs.map(({ namespace, name }) => (namespace === undefined ? name : `${namespace}/${name}`)).join(","),
  jsonSchema: { oneOf: [{ type: "array", items: { type: "string" } }, { type: "string" }] },
};

/** `[NS/]GLOB` or `type:TYPE`. */
export const requirementCodec: Codec<Requirement> = {
  placeholder: "[NS/]GLOB|type:TYPE",
  list: false,
  parse: parseRequirement,
  format: (value) => {
    if (value.kind === "type") return `type:${value.type}`;
    return value.namespace === undefined ? value.glob : `${value.namespace}/${value.glob}`;
  },
  jsonSchema: { type: "string" },
};

function parseRequirement(text: string): Parsed<Requirement> {
  if (text.startsWith("type:")) {
    const type = text.slice("type:".length);
    return type === ""
      ? refused("type: needs a Secret type; write it like type:kubernetes.io/tls")
      : accepted({ kind: "type", type });
  }
  const slash = text.indexOf("/");
  const namespace = slash === -1 ? undefined : text.slice(0, slash);
  const glob = text.slice(slash + 1);
  if (namespace !== undefined && !isNamespaceName(namespace))
    return refused(`"${namespace}" is not a valid namespace; use lower-case letters, digits and -`);
  if (!isNameGlob(glob))
    return refused(`"${glob}" is not a valid name; write the name of a Secret, a name with *, or type:TYPE`);
  return accepted({ kind: "name", namespace, glob });
}

/** A label selector, kept as text; the sources parse it themselves. */
export const selectorCodec: Codec<string> = {
  placeholder: "SELECTOR",
  list: false,
  parse: (text) => {
    try {
      parseSelector(text);
      return accepted(text);
    } catch (error) {
      if (error instanceof PodkeyError) return refused(error.message);
      throw error;
    }
  },
  format: (value) => value,
  jsonSchema: { type: "string" },
};

/** An annotation to serve: `example.io/*` or one full name. */
export const annotationCodec: Codec<string> = {
  placeholder: "PREFIX/*",
  list: false,
  parse: (text) =>
    ANNOTATION.test(text)
      ? accepted(text)
      : refused(`"${text}" is not a valid annotation; write example.io/* or example.io/name`),
  format: (value) => value,
  jsonSchema: { type: "string", pattern: ANNOTATION.source },
};

/** A prefix of annotation names, with its slash: `example.io/`. */
export const prefixCodec: Codec<string> = {
  placeholder: "PREFIX/",
  list: false,
  parse: (text) =>
    text.endsWith("/") && isSecretName(text.slice(0, -1))
      ? accepted(text)
      : refused(`"${text}" is not a valid annotation prefix; write it like example.io/`),
  format: (value) => value,
  jsonSchema: { type: "string" },
};
