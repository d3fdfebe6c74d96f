/**
 * The zod schema of `consumers` in the file. Loaded only with a file, because zod is large. Rules between consumers are in
 * consumers.ts.
 */
import { z } from "zod";
import { DATA_KEY, DNS_LABEL, isNamespaceName } from "../../core/credential/kubernetes-names.ts";
import type { Selector } from "../../core/select/selector.ts";
import { listenCodec } from "../value/address.ts";
import type { Codec } from "../value/codec.ts";
import { accepted, refused } from "../value/codec.ts";
import { isNameGlob, selectorCodec } from "../value/names.ts";
import { fileModeCodec } from "../value/quantity.ts";
import { parseSelector } from "../../core/select/selector.ts";

/** A text that a codec parses. */
function coded<T>(codec: Codec<T>): z.ZodType<T> {
  return z.string().transform((text, context) => {
    const parsed = codec.parse(text);
    if (parsed.ok) return parsed.value;
    context.addIssue({ code: "custom", message: parsed.problem });
    return z.NEVER;
  });
}

const nameGlob = z
  .string()
  .refine(isNameGlob, { error: "is not a valid name; write the name of a Secret, or a pattern with *" });
const namespace = z
  .string()
  .refine(isNamespaceName, { error: "is not a valid namespace; use lower-case letters, digits and -" });
const keyName = z
  .string()
  .regex(DATA_KEY, { error: "is not a valid key of a Secret; use letters, digits, -, _ and ." });
const id = z.int().min(0).max(4_294_967_294);

const selector: z.ZodType<Selector> = coded({
  ...selectorCodec,
  parse: (text) => {
    const parsed = selectorCodec.parse(text);
    if (!parsed.ok) return parsed;
    const value = parseSelector(text);
    return value.requirements.length === 0
      ? refused("is empty, which would allow everything; write a selector like app=web, or remove the field")
      : accepted(value);
  },
  format: () => "",
});

const rule = z
  .strictObject({
    names: z.array(nameGlob).min(1).optional().meta({ description: "Exact names, or patterns with *." }),
    namespaces: z
      .array(namespace)
      .min(1)
      .optional()
      .meta({ description: "Default: the only served namespace." }),
    keys: z.array(keyName).min(1).optional().meta({ description: "Keys that may be read. Default: all." }),
    selector: selector
      .optional()
      .meta({ description: "Label selector. Anyone who can write Secrets decides what it matches." }),
    types: z.array(z.string().min(1)).min(1).optional().meta({ description: "Secret types." }),
  })
  .refine((value) => Object.keys(value).length > 0, {
    error:
      "an empty rule would allow everything; set at least one of names, namespaces, keys, selector, types",
  });

const peer = z
  .strictObject({
    uid: id.optional().meta({ description: "User that the process must run as." }),
    gid: id.optional().meta({ description: "Group that the process must run as." }),
  })
  .refine((value) => value.uid !== undefined || value.gid !== undefined, {
    error: "is empty; set uid, gid or both",
  });

/** One consumer in the file. */
export const consumerSchema = z.strictObject({
  name: z
    .string()
    .regex(DNS_LABEL, { error: "use lower-case letters, digits and -, at most 63" })
    .meta({ description: "Name in logs, metrics and audit lines." }),
  listen: z
    .union([coded(listenCodec).transform((one) => [one]), z.array(coded(listenCodec)).min(1)], {
      error: ({ input }) =>
        input === undefined
          ? "is missing; set the address of this consumer, like unix:/run/podkey/web/podkey.sock"
          : undefined,
    })
    .meta({ description: "Addresses of this consumer." }),
  socketMode: coded(fileModeCodec)
    .optional()
    .meta({ description: "Mode of its Unix sockets. Default: 0660." }),
  uid: id.optional().meta({ description: "Owner of its Unix sockets." }),
  gid: id.optional().meta({ description: "Group of its Unix sockets." }),
  tokenFile: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "File with the bearer token of its TCP listeners." }),
  peer: peer.optional().meta({ description: "Kernel credentials that the client process must have." }),
  allow: z
    .array(rule)
    .optional()
    .meta({ description: "Rules; one that matches is enough. Default: nothing is allowed." }),
});

/** One parsed consumer. */
export type ConsumerEntry = z.output<typeof consumerSchema>;

/** One parsed rule. */
export type RuleEntry = z.output<typeof rule>;

/** The list of consumers. */
export const consumersSchema = z
  .array(consumerSchema)
  .min(1, { error: "is empty; add a consumer or remove the field" });

/** Known fields for did-you-mean, by the last field name of the path. */
export const CONSUMER_FIELDS = {
  consumers: Object.keys(consumerSchema.shape),
  allow: Object.keys(rule.shape),
  peer: Object.keys(peer.shape),
} as const;
