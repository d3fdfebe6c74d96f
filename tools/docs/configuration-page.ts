/**
 * docs/configuration.md: every option of `serve` by group, with its three names. The part on consumers is prose, since
 * the rules between them are what a reader has to understand.
 */
import type { Group, Option } from "../../src/config/value/option.ts";
import { defaultTextOf, flagOf, variableOf } from "../../src/config/value/option.ts";
import { OPTION_KEYS, OPTIONS } from "../../src/config/schema/schema.ts";
import { code, generatedHead, table } from "./markdown.ts";

const TITLES: readonly (readonly [Group, string])[] = [
  ["source", "Source"],
  ["serving", "Serving"],
  ["lifetime", "Lifetime"],
  ["seen", "What is seen of it"],
];

const INTRO = `Every option of \`podkey serve\` has three names: a flag, an environment variable and a field of the configuration file. A flag
wins over the environment, the environment over the file, the file over the default. Lists are repeated flags, or one text with
commas. An unknown flag or field is an error, an unknown \`PODKEY_*\` variable a warning; all problems are reported at once and
end with exit code 2. \`podkey config print\` shows what is in force and where each value came from, \`podkey config schema\` the
JSON Schema of the file (also [here](configuration.schema.json), for editors), \`podkey config explain FIELD\` what one field means,
\`consumers.allow.names\` too.

`;

const CONSUMERS = `## The file

\`\`\`yaml
apiVersion: config.podkey.dev/v1
kind: SidecarConfiguration
namespace: [shop]
consumers:
  - name: web # in logs, metrics and audit lines
    listen: unix:/run/podkey/web/podkey.sock # or tcp:127.0.0.1:PORT with tokenFile
    socketMode: "0666" # the mount is the boundary; uid and gid of the file can be set too
    peer: { uid: 1001 } # a second factor: what the kernel says of the process at the other end
    allow: # AND inside a rule, OR between rules, keys add up
      - names: [db-main]
        namespaces: [shop] # the default where one namespace is served
        keys: [username, password]
      - selector: credential-type=certificate
        types: [kubernetes.io/tls]
\`\`\`

Without \`consumers\` there is one, named \`default\`, that may read everything the source selects. With them, what is not
listed is not allowed. An exact name is the form that isolates: a pattern with \`*\` or a selector trusts everyone who may write
Secrets in the namespace. The file is read again when it changes, and on SIGHUP: streams of unchanged consumers go on, an open
Watch of a changed one gets one change, and a file with a mistake keeps the old policy and says why.
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
