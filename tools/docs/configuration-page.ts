/**
 * docs/configuration.md: every option of `serve` by group, with its three names. The part about consumers is prose,
 * because a reader has to understand the rules between them.
 */
import type { Group, Option } from "../../src/config/value/option.ts";
import { defaultTextOf, flagOf, variableOf } from "../../src/config/value/option.ts";
import { OPTION_KEYS, OPTIONS } from "../../src/config/schema/schema.ts";
import { code, generatedHead, table } from "./markdown.ts";

const TITLES: readonly (readonly [Group, string])[] = [
  ["source", "Source"],
  ["serving", "Serving"],
  ["lifetime", "Lifetime"],
  ["seen", "Observability"],
];

const INTRO = `Every option of \`podkey serve\` has three names: a flag, an environment variable and a field of the configuration file. A flag takes
precedence over the environment, the environment over the file, and the file over the default. Give lists as repeated flags, or
as one text with commas. An unknown flag or field is an error, an unknown \`PODKEY_*\` variable a warning. podkey reports all
problems at once and exits with code 2. \`podkey config print\` shows the values in effect and where each came from.
\`podkey config schema\` prints the JSON Schema of the file (also [here](configuration.schema.json), for editors).
\`podkey config explain FIELD\` explains one field, for example \`consumers.allow.names\`.

`;

const CONSUMERS = `## The configuration file

\`\`\`yaml
apiVersion: config.podkey.dev/v1
kind: SidecarConfiguration
namespace: [shop]
consumers:
  - name: web # in logs, metrics and audit lines
    listen: unix:/run/podkey/web/podkey.sock # or tcp:127.0.0.1:PORT with tokenFile
    socketMode: "0666" # the mount is the boundary; uid and gid of the file can be set too
    peer: { uid: 1001 } # a second factor: kernel credentials of the connecting process
    allow: # AND inside a rule, OR between rules; keys are added
      - names: [db-main]
        namespaces: [shop] # the default if one namespace is served
        keys: [username, password]
      - selector: credential-type=certificate
        types: [kubernetes.io/tls]
\`\`\`

Without \`consumers\` there is one consumer, \`default\`, which may read everything that the source selects. With \`consumers\`,
only what is listed is allowed. Only an exact name isolates: a pattern with \`*\` or a selector trusts everyone who may write
Secrets in the namespace. podkey reads the file again when it changes, and on SIGHUP. Streams of unchanged consumers continue, an
open Watch of a changed consumer receives one change, and an invalid file keeps the old policy and logs the error.
`;

/** The page. */
export function configurationPage(): string {
  const sections = TITLES.map(([group, title]) => `## ${title}\n\n${table(HEAD, rowsOf(group))}`);
  return (
    generatedHead("Configuration", "src/config/schema/schema.ts") + INTRO + sections.join("") + CONSUMERS
  );
}

const HEAD = ["Flag", "Environment, file", "Default", "Meaning"];

function rowsOf(group: Group): readonly (readonly string[])[] {
  return OPTION_KEYS.flatMap((key) => {
    const option = OPTIONS[key] as Option<unknown>;
    if (option.group !== group) return [];
    const flag = [flagOf(key), option.codec.placeholder].filter((part) => part !== "").join(" ");
    const only = option.sources === undefined ? "" : ` Source ${option.sources.join(" and ")} only.`;
    return [
      [
        code(flag),
        `${code(variableOf(key))} ${code(key)}`,
        code(defaultTextOf(option)),
        `${sentence(option.help)}${only}`,
      ],
    ];
  });
}

function sentence(phrase: string): string {
  return phrase.startsWith("gRPC") ? `${phrase}.` : `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}.`;
}
