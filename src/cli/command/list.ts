/**
 * `podkey list`: all credentials that match, from one revision, over all pages. Values are sent only with --show-values.
 */
import type { Command } from "commander";
import type { ListRequest, ListResponse } from "../../client/index.ts";
import { listAll } from "../../client/index.ts";
import type { CliDeps } from "../run/cli-deps.ts";
import { resumedPages } from "../run/resumed-pages.ts";
import { addExamples } from "../run/add-examples.ts";
import { CliError, EXIT } from "../run/cli-deps.ts";
import type { ClientFlags } from "../run/client-flags.ts";
import {
  addClientFlags,
  collect,
  readDurationFlag,
  readMaxAge,
  readView,
  withClient,
} from "../run/client-flags.ts";
import { answerDocument, listDocument } from "../show/credential-document.ts";
import { freshnessWords, stateLine } from "../show/freshness-line.ts";
import { ListTable } from "../show/list-table.ts";
import type { OutputForm } from "../output/output-form.ts";
import { readOutputForm } from "../output/output-form.ts";
import { paintFor } from "../output/paint.ts";
import { jsonText, yamlText } from "../show/print-document.ts";

interface ListFlags extends ClientFlags {
  readonly selector?: string;
  readonly type?: readonly string[];
  readonly maxAge?: string;
}

const DEFAULT_TIMEOUT = "10s";

/** As kubectl's chunks. */
const PAGE_SIZE = 500;

/** Adds the command. */
export function registerListCommand(program: Command, deps: CliDeps): void {
  const command = program
    .command("list")
    .description("list credentials with type, size, age and expiry")
    .argument("[names...]", "only these credentials")
    .option("-l, --selector <selector>", "only credentials whose labels match: a=b,c!=d,e in (f,g),h,!i")
    .option("--type <type>", "only this Secret type (repeat for more)", collect)
    .option("--max-age <duration>", "fail rather than print data that may be older than this");
  addClientFlags(
    command,
    "table, json, yaml or name",
    `how long to wait for each page (default ${DEFAULT_TIMEOUT})`,
  );
  addExamples(command, [
    ["list all credentials", "list"],
    ["list the certificates of an app", "list --type kubernetes.io/tls -l app=web"],
    ["print the names of a namespace for a script", "list -n shop -o name"],
  ]);
  command.action(async (names: readonly string[]) => {
    const flags = command.opts<ListFlags>();
    const form = readOutputForm(flags.output, ["table", "json", "yaml", "name"]);
    const request = listRequest(names, flags, form);
    const timeoutMs = readDurationFlag("--timeout", flags.timeout ?? DEFAULT_TIMEOUT);
    const limits = { timeoutMs, signal: deps.signal };
    await withClient(flags, deps, async (client) => {
      if (form === "table") return printTable(resumedPages(client, request, limits), deps);
      const answer = await listAll(client, request, limits);
      return deps.stdout.write(await documentText(answer, form, flags));
    });
  });
}

function listRequest(names: readonly string[], flags: ListFlags, form: OutputForm): ListRequest {
  if (flags.showValues === true && (form === "table" || form === "name"))
    throw new CliError(
      "--show-values needs -o json or -o yaml here; podkey get NAME --show-values prints a table",
      EXIT.usage,
    );
  return {
    namespace: flags.namespace ?? "",
    names: [...names],
    labelSelector: flags.selector ?? "",
    types: [...(flags.type ?? [])],
    view: readView(flags, flags.showValues === true),
    pageSize: PAGE_SIZE,
    maxAge: readMaxAge(flags),
  };
}

/** The rows of each page at once, as kubectl prints its chunks. */
async function printTable(pages: AsyncIterable<ListResponse>, deps: CliDeps): Promise<void> {
  const paint = paintFor(deps);
  const table = new ListTable(Date.now(), paint);
  let last: ListResponse | undefined;
  for await (const page of pages) {
    await deps.stdout.write(table.rows(page.credentials));
    last = page;
  }
  const state = `${stateLine(table.count, last?.revision)}, ${freshnessWords(last?.freshness, paint)}`;
  await deps.stdout.write(`${table.end()}${state}\n`);
}

async function documentText(answer: ListResponse, form: OutputForm, flags: ListFlags): Promise<string> {
  const { credentials, revision, freshness } = answer;
  if (form === "name") return credentials.map(({ namespace, name }) => `${namespace}/${name}\n`).join("");
  const document = listDocument(credentials, answerDocument(revision, freshness), flags.showValues === true);
  return form === "json" ? jsonText(document) : await yamlText(document);
}
