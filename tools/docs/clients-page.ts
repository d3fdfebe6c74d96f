/**
 * docs/clients.md: the examples of examples/clients/ as a reader meets them. Text and commands are their README.md (which
 * `npm run test:clients` builds and starts by, word for word), code is the file itself, and the addresses are the table that
 * test/clients/authority/ holds against every client.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AddressForm } from "../../test/clients/authority/address-forms.ts";
import { LANGUAGE_FORMS, TOOL_FORMS } from "../../test/clients/authority/address-forms.ts";
import { code, generatedHead, table } from "./markdown.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/clients");

/** Where to find what in a folder: the file that the page shows, and the file that users copy. */
const SHOWN = "{get,live}.{ts,go,py,rs,cpp},src/**/{get,Get}.{rs,java}";
const COPIED = "**/{live-credentials,live_credentials,LiveCredentials}.{ts,go,py,rs,cpp,java}";
const BUILT = ["**/{gen,build,target,node_modules,.venv}/**"];

/** In the order of the page; a folder that is not there has no section. */
const ORDER = ["go", "node", "typescript", "python", "java", "rust", "cpp"];

const FENCES: Readonly<Record<string, string>> = { rs: "rust", py: "python" };

const INTRO = `An application talks to podkey with its language's stock gRPC library and stubs generated from
[\`proto/podkey/v1/credential_service.proto\`](../proto/podkey/v1/credential_service.proto); Node has a ready client too. For each
language there is a small example: the minimal call, and a **live credential** that holds the newest value whatever happens to
podkey. It starts before podkey does, reconnects with backoff, goes on from its token, never shows half a change, survives a
shutdown, and says when podkey is not sure any more. All of them pass [one script of steps](../test/clients/README.md) over a
Unix socket and over TCP (\`npm run test:clients\`).

## Your first five minutes

Start podkey on the Secrets of \`examples/credentials\`, without a cluster:

<!-- run: ci -->

\`\`\`sh
npm ci && npm start
\`\`\`

In a second terminal go to your language below: build, then run. The last command goes on and prints

\`\`\`text
current db-main password=example-only-Kq7vX2 username=shop
reset 1
fresh
\`\`\`

Now open \`examples/credentials/database.yaml\` in an editor, change the password and save: \`current db-main\` comes again, with the
new one. Stop podkey and start it again: the program says \`reconnecting\`, keeps what it has, and goes on.

`;

const FILES = `## Programs that read files

\`podkey watch\` keeps files at the newest values and runs a command after each change, for programs that cannot speak gRPC. A
certificate and its key change together, and nginx reloads once:

<!-- run: clients -->

\`\`\`sh
podkey watch web-tls --key tls.crt --write /etc/nginx/tls/tls.crt --key tls.key --write /etc/nginx/tls/tls.key --exec "nginx -s reload"
\`\`\`

Each file is replaced whole (a reader has the old one or the new one), belongs to its owner alone (0600), and is gone when the
credential is. All new content is on disk before the first file is replaced. The command is split as POSIX words and run
without a shell, 0.2 s after the first change of a burst and once more if another came meanwhile; its exit code is logged, and
it never gets a value, in no argument and no variable. \`watch\` waits for a podkey that is not there yet, and ends with 0 on
SIGTERM. [\`test/clients/nginx\`](../test/clients/nginx/nginx.test.ts) rotates the certificate of a real nginx this way and sees each
new one on the wire, while no connection fails.

It runs beside the program: as a background process of the same container (\`podkey watch ... & exec nginx\`), or as a second
small container whose image has the command, which shares the volume of the files, and, to signal the program, the process
namespace (\`shareProcessNamespace: true\`).

## Addresses

What each client is given, and what it then sends as \`:authority\`. On a Unix socket podkey does not look at it; over TCP it must
be a loopback name, so that no web page can reach podkey by a name of its own. SOCKET is the absolute path of the socket
(\`unix:///run/podkey/podkey.sock\` in a pod), SOCKET_ENCODED the same percent-encoded without its first slash.

`;

const AFTER = `
Two on paper, since they have windows: **Evans** (\`evans --host 127.0.0.1 --port PORT -r repl\`) speaks TCP only and sends
\`127.0.0.1:PORT\`; **Postman** takes \`127.0.0.1:PORT\` as the URL of a gRPC request, finds the methods by reflection, and cannot
open a Unix socket. Give either a \`tcp:127.0.0.1:PORT\` listener.

There is no **.NET** example, since the tests could not run one: Debian 12 packages no .NET SDK, and \`Grpc.Net.Client\` comes by
NuGet alone. On paper, it takes \`http://127.0.0.1:PORT\` as it is; for a Unix socket it takes \`http://localhost\` with a
\`SocketsHttpHandler\` whose \`ConnectCallback\` opens the socket, and sends \`localhost\`.

HTTP/2 itself (RFC 9113, 8.3.1) forbids a raw path as authority, and podkey's HTTP/2 layer resets such a stream before gRPC sees
it. Of the stock libraries only grpc-java sends one; \`overrideAuthority("localhost")\` is the one line that it needs.
`;

/** The page. */
export function clientsPage(): string {
  const sections = ORDER.filter((name) => globSync("README.md", { cwd: join(EXAMPLES, name) }).length > 0);
  return (
    generatedHead(
      "A client in your language",
      "examples/clients/ and test/clients/authority/address-forms.ts",
    ) +
    INTRO +
    sections.map(section).join("") +
    FILES +
    addresses() +
    AFTER
  );
}

/** A README one heading deeper, then the code. */
function section(name: string): string {
  const folder = join(EXAMPLES, name);
  const readme = readFileSync(join(folder, "README.md"), "utf8")
    .replace(/^## Build\n/m, `### Build\n\nIn \`examples/clients/${name}\`:\n`)
    .replace(/^## /gm, "### ")
    .replace(/^# /m, "## ")
    .replaceAll("```sh\n", "<!-- run: clients -->\n\n```sh\n");
  const [copied] = globSync(COPIED, { cwd: folder, exclude: BUILT });
  const link = (path: string): string => `[\`${path}\`](../examples/clients/${name}/${path})`;
  const shown = globSync(`{${SHOWN}}`, { cwd: folder, exclude: BUILT }).toSorted().at(0);
  if (shown === undefined) throw new Error(`examples/clients/${name} has no minimal client`);
  const text = readFileSync(join(folder, shown), "utf8").trimEnd();
  const extension = shown.split(".").at(-1) ?? "";
  const copy = copied === undefined ? "" : ` The live credential to copy is ${link(copied)}.`;
  return `${readme}\n${link(shown)} whole.${copy}\n\n\`\`\`${FENCES[extension] ?? extension}\n${text}\n\`\`\`\n\n`;
}

function addresses(): string {
  const row = ({ client, target, authority, needs }: AddressForm): readonly string[] => [
    client,
    code(target),
    code(authority),
    needs === undefined ? "yes" : `with ${code(needs)}`,
  ];
  const head = ["Client", "Target", "`:authority`", "Works as it is"];
  return table(head, [...LANGUAGE_FORMS, ...TOOL_FORMS].map(row));
}
