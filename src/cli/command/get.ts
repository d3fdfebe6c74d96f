/**
 * `podkey get NAME`: one credential, for a person or for a script. `-o raw` writes the bytes of one key and nothing else;
 * values are printed only with --show-values or -o raw.
 */
import type { Command } from "commander";
import type { CredentialClient, GetRequest, GetResponse } from "../../client/index.ts";
import type { CliDeps } from "../run/cli-deps.ts";
import { addExamples } from "../run/add-examples.ts";
import { CliError, EXIT } from "../run/cli-deps.ts";
import type { ClientFlags } from "../run/client-flags.ts";
import {
  addClientFlags,
  collect,
  readDurationFlag,
  readMaxAge,
  readName,
  readView,
  withClient,
} from "../run/client-flags.ts";
import { credentialDetail } from "../show/credential-detail.ts";
import { answerDocument, credentialDocument } from "../show/credential-document.ts";
import type { OutputForm } from "../output/output-form.ts";
import { readOutputForm } from "../output/output-form.ts";
import { paintFor } from "../output/paint.ts";
import { jsonText, yamlText } from "../show/print-document.ts";

interface GetFlags extends ClientFlags {
  readonly key?: readonly string[];
  readonly maxAge?: string;
  readonly previous?: true;
}

const DEFAULT_TIMEOUT = "10s";

/** Adds the command. */
export function registerGetCommand(program: Command, deps: CliDeps): void {
  const command = program
    .command("get")
    .description("show one credential, or the bytes of one of its keys")
    .argument("<name>", "its name, or NAMESPACE/NAME")
    .option("--key <key>", "only this key (again for more); -o raw takes exactly one", collect)
    .option("--max-age <duration>", "fail rather than print data that may be older than this")
    .option("--previous", "the data before the last change, while podkey still holds it");
  addClientFlags(
    command,
    "table, json, yaml, raw or name",
    `how long to wait for an answer (default ${DEFAULT_TIMEOUT})`,
  );
  addExamples(command, [
    ["show a credential without its values", "get db-main"],
    ["write the bytes of a key to a file", "get db-main --key password -o raw > password"],
    ["print a credential with its values, in base64", "get db-main -o json --show-values"],
    ["print the value before the last rotation", "get db-main --key password --previous -o raw"],
  ]);
  command.action(async (word: string) => {
    const flags = command.opts<GetFlags>();
    const form = readOutputForm(flags.output, ["table", "json", "yaml", "raw", "name"]);
    const request = getRequest(word, flags, form);
    const timeoutMs = readDurationFlag("--timeout", flags.timeout ?? DEFAULT_TIMEOUT);
    const get = (client: CredentialClient): Promise<GetResponse> =>
      client.get(request, { timeoutMs, signal: deps.signal });
    const answer = await withClient(flags, deps, get);
    await deps.stdout.write(await print(answer, form, flags, deps));
  });
}

function getRequest(word: string, flags: GetFlags, form: OutputForm): GetRequest {
  const keys = flags.key ?? [];
  if (form === "raw" && keys.length !== 1)
    throw new CliError("-o raw writes the bytes of one key; name it with --key", EXIT.usage);
  return {
    ...readName(word, flags.namespace),
    keys: [...keys],
    view: readView(flags, flags.showValues === true || form === "raw"),
    generation: flags.previous === true ? "GENERATION_PREVIOUS" : "GENERATION_CURRENT",
    maxAge: readMaxAge(flags),
  };
}

async function print(
  answer: GetResponse,
  form: OutputForm,
  flags: GetFlags,
  deps: CliDeps,
): Promise<string | Uint8Array> {
  const { credential } = answer;
  if (credential === null) throw new CliError("podkey's answer holds no credential", EXIT.unexpected);
  const showValues = flags.showValues === true;
  switch (form) {
    case "table":
      return `${credentialDetail(credential, answer, { showValues, nowMs: Date.now(), paint: paintFor(deps) })}\n`;
    case "json":
    case "yaml": {
      const document = {
        ...credentialDocument(credential, showValues),
        ...answerDocument(answer.revision, answer.freshness),
      };
      return form === "json" ? jsonText(document) : await yamlText(document);
    }
    case "raw":
      return rawValue(answer, flags.key?.[0] ?? "");
    case "name":
      return `${credential.namespace}/${credential.name}\n`;
  }
}

function rawValue({ credential }: GetResponse, key: string): Uint8Array {
  const value = credential?.data[key];
  if (value !== undefined) return value;
  // Over 3 MiB the server sends no values (problem TOO_LARGE), not even of one key.
  throw new CliError(
    `the value of ${key} is not sent, because the credential exceeds 3 MiB (TOO_LARGE); split it`,
    EXIT.unavailable,
  );
}
