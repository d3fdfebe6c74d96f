/**
 * Prints credentials of podkey: `node main.ts get NAME KEY` one value, `node main.ts live NAME...` every change. The lines are those of test/clients/README.md, the same in every language. PODKEY_ENDPOINT is the address of podkey.
 */
import { createHash } from "node:crypto";
import { status } from "@grpc/grpc-js";
import type { Credential__Output as Credential } from "./gen/podkey/v1/Credential.ts";
import { get } from "./get.ts";
import type { Ended } from "./live-credentials.ts";
import { LiveCredentials } from "./live-credentials.ts";
import { openClient } from "./open-client.ts";

const ENDPOINT = process.env["PODKEY_ENDPOINT"] ?? "unix:///run/podkey/podkey.sock";

async function follow(names: readonly string[]): Promise<Ended | undefined> {
  const live = new LiveCredentials(openClient(ENDPOINT), names, {
    onChange: (how, changed) => {
      for (const name of changed) print(name, live.current(name));
      console.log(how, live.size);
    },
    onFreshness: ({ state, reason }) => {
      console.log(state === "STATE_FRESH" ? "fresh" : `stale ${reason}`);
    },
    onReconnect: ({ code, details }, delayMs) => {
      console.error(`${details}; again in ${String(delayMs)} ms`);
      console.log("reconnecting", status[code]);
    },
  });
  return live.run();
}

function print(name: string, credential: Credential | undefined): void {
  if (credential === undefined) {
    console.log("removed", name);
    return;
  }
  const entries = Object.entries(credential.data).sort(([left], [right]) => (left < right ? -1 : 1));
  console.log(["current", name, ...entries.map(([key, value]) => `${key}=${shown(value)}`)].join(" "));
}

/** Shows short printable text, because this is a demonstration. A real program never prints a value. */
function shown(value: Uint8Array): string {
  const text = Buffer.from(value).toString("latin1");
  if (/^[\x21-\x7e]{0,64}$/.test(text)) return text;
  return `sha256:${createHash("sha256").update(value).digest("hex")}`;
}

function refused({ code, details }: Ended): void {
  console.error(details);
  console.log("refused", status[code]);
  process.exitCode = 3;
}

const [command, ...args] = process.argv.slice(2);
const [name, key] = args;
if (command === "get" && name !== undefined && key !== undefined) {
  try {
    console.log(shown((await get(ENDPOINT, name, key)) ?? new Uint8Array()));
  } catch (error) {
    refused(error as Ended);
  }
} else if (command === "live" && name !== undefined) {
  const ended = await follow(args);
  if (ended !== undefined) refused(ended);
} else {
  console.error("usage: node main.ts get NAME KEY | node main.ts live NAME...");
  process.exitCode = 2;
}
