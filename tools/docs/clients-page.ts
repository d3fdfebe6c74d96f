/**
 * docs/clients.md from examples/clients/. Text and commands are the README.md of each example (`npm run test:clients` runs
 * these commands), the code is the file itself, and the addresses are the table that test/clients/authority/ checks with
 * every client.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AddressForm } from "../../test/clients/authority/address-forms.ts";
import { LANGUAGE_FORMS, TOOL_FORMS } from "../../test/clients/authority/address-forms.ts";
import { code, generatedHead, table } from "./markdown.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/clients");

/** In a folder: the file that the page shows, and the file that users copy. */
const SHOWN = "{get,live}.{ts,go,py,rs,cpp},src/**/{get,Get}.{rs,java}";
const COPIED = "**/{live-credentials,live_credentials,LiveCredentials}.{ts,go,py,rs,cpp,java}";
const BUILT = ["**/{gen,build,target,node_modules,.venv}/**"];

/** In the order of the page. A folder that does not exist has no section. */
const ORDER = ["go", "node", "typescript", "python", "java", "rust", "cpp"];

const FENCES: Readonly<Record<string, string>> = { rs: "rust", py: "python" };

const INTRO = `An application uses the standard gRPC library of its language, with stubs generated from
[\`proto/podkey/v1/credential_service.proto\`](../proto/podkey/v1/credential_service.proto). For Node there is also a ready client
library. For each language there is a small example with a minimal call and a **live credential**, which always holds the newest
value. A live credential can start before podkey, reconnects with backoff, resumes from its token, never shows half of a change,
survives a restart of podkey, and reports when the data is stale. All examples pass [the same test script](../test/clients/README.md)
over a Unix socket and over TCP (\`npm run test:clients\`).

## Your first five minutes

Start podkey with the Secrets of \`examples/credentials\`, without a cluster:

<!-- run: ci -->

\`\`\`sh
npm ci && npm start
\`\`\`

In a second terminal follow the section of your language: build, then run. The last command keeps running and prints

\`\`\`text
current db-main password=example-only-Kq7vX2 username=shop
reset 1
fresh
\`\`\`

Now open \`examples/credentials/database.yaml\` in an editor, change the password and save. The program prints \`current db-main\`
again, with the new password. Stop podkey and start it again: the program prints \`reconnecting\`, keeps its values, and continues.

`;

const FILES = `## Programs that read files

For programs without gRPC, \`podkey watch\` keeps files at the newest values and runs a command after each change. A certificate and
its key change together, and nginx reloads once:

<!-- run: clients -->

\`\`\`sh
podkey watch web-tls --key tls.crt --write /etc/nginx/tls/tls.crt --key tls.key --write /etc/nginx/tls/tls.key --exec "nginx -s reload"
\`\`\`

- Each file is replaced atomically: a reader gets the old file or the new one. Only its owner can read it (0600). It is deleted when
  the credential is removed. All new content is on disk before the first file is replaced.
- The command is split as POSIX words and run without a shell. It runs 0.2 s after the first change of a burst, and once more if
  another change arrived in the meantime. Its exit code is logged. It never receives a value, neither as an argument nor in a variable.
- A file that cannot be written (full or read-only disk, missing folder) keeps its old value. \`watch\` reports it and tries again after
  1 s to 30 s, or at the next change; a command that cannot be started is started again in the same way. \`--fail-fast\` exits at the
  first failure instead. A failure before the first success is a mistake in the command line and always exits.
- \`watch\` waits for a podkey that is not running yet, and exits with 0 on SIGTERM.

[\`test/clients/nginx\`](../test/clients/nginx/nginx.test.ts) rotates the certificate of a real nginx in this way and checks that clients
receive each new certificate and that no connection fails.

\`podkey watch\` runs next to the program: as a background process of the same container (\`podkey watch ... & exec nginx\`), or as a second
small container whose image has the command. The second container shares the volume of the files and, to send a signal to the
program, the process namespace (\`shareProcessNamespace: true\`).

## Addresses

The table shows the target of each client, and the \`:authority\` that it then sends. On a Unix socket podkey ignores \`:authority\`. Over
TCP it must be a loopback name, so that no web page can reach podkey with another name (DNS rebinding). SOCKET is the absolute path of
the socket (\`unix:///run/podkey/podkey.sock\` in a pod). SOCKET_ENCODED is the same path, percent-encoded and without its first slash.

`;

const AFTER = `
These two are graphical and not part of the tests: **Evans** (\`evans --host 127.0.0.1 --port PORT -r repl\`) supports TCP only and sends
\`127.0.0.1:PORT\`. **Postman** accepts \`127.0.0.1:PORT\` as the URL of a gRPC request, finds the methods by reflection, and cannot open a
Unix socket. Use a \`tcp:127.0.0.1:PORT\` listener for both.

There is no **.NET** example, because the tests could not run it: Debian 12 has no package of the .NET SDK, and \`Grpc.Net.Client\` is
available from NuGet only. According to its documentation it accepts \`http://127.0.0.1:PORT\` directly. For a Unix socket it needs
\`http://localhost\` with a \`SocketsHttpHandler\` whose \`ConnectCallback\` opens the socket, and sends \`localhost\`.

HTTP/2 (RFC 9113, 8.3.1) does not allow a path as authority, and podkey's HTTP/2 layer resets such a stream before gRPC receives it. Of
the standard libraries only grpc-java sends a path; add the one line \`overrideAuthority("localhost")\`.
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

/** The README with its headings one level deeper, then the code. */
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
  const copy = copied === undefined ? "" : `The live credential to copy is ${link(copied)}. `;
  return `${readme}\n${copy}The complete minimal client, ${link(shown)}:\n\n\`\`\`${FENCES[extension] ?? extension}\n${text}\n\`\`\`\n\n`;
}

function addresses(): string {
  const row = ({ client, target, authority, needs }: AddressForm): readonly string[] => [
    client,
    code(target),
    code(authority),
    needs === undefined ? "yes" : `with ${code(needs)}`,
  ];
  const head = ["Client", "Target", "`:authority`", "Works unchanged"];
  return table(head, [...LANGUAGE_FORMS, ...TOOL_FORMS].map(row));
}
