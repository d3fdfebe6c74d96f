/**
 * The JSON Schema of the configuration file, for editors and docs/configuration.schema.json. Generated from the option table
 * and the zod schema of `consumers`.
 */
import { z } from "zod";
import type { JsonSchemaFragment } from "../value/codec.ts";
import { consumersSchema } from "../schema/consumers-schema.ts";
import { API_VERSION, KIND } from "../load/file.ts";
import type { Option } from "../value/option.ts";
import { defaultTextOf } from "../value/option.ts";
import { OPTION_KEYS, OPTIONS } from "../schema/schema.ts";

/** The schema of the file. */
export function fileJsonSchema(): JsonSchemaFragment {
  const fields = OPTION_KEYS.filter((key) => key !== "config").map((key) => {
    const option = OPTIONS[key] as Option<unknown>;
    const text = defaultTextOf(option);
    const description = `${option.help}.${text === "" ? "" : ` Default: ${text}.`}`;
    return [key, { description, ...option.codec.jsonSchema }] as const;
  });
  const { $schema, ...consumers } = z.toJSONSchema(consumersSchema, { io: "input", unrepresentable: "any" });
  return {
    $schema,
    title: KIND,
    type: "object",
    additionalProperties: false,
    required: ["apiVersion", "kind"],
    properties: {
      apiVersion: { const: API_VERSION },
      kind: { const: KIND },
      ...Object.fromEntries(fields),
      consumers: { description: "Consumers with their listeners and policies.", ...consumers },
    },
  };
}
