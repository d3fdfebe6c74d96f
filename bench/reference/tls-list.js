/**
 * The reference for the start: Node and one list of the same Secrets over TLS, parsed. Takes the address of the API
 * server from the environment and the token from the ServiceAccount's files, as podkey does. Prints `ready`.
 */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { get } from "node:https";
import { setInterval } from "node:timers";

const folder = process.argv[2];
const read = (name) => readFileSync(`${folder}/${name}`, "utf8");
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
const path = `/api/v1/namespaces/${read("namespace")}/secrets?labelSelector=podkey.dev%2Fserve%3Dtrue`;

get(
  { host, port, path, ca: read("ca.crt"), headers: { authorization: `Bearer ${read("token")}` } },
  (answer) => {
    const chunks = [];
    answer.on("data", (chunk) => chunks.push(chunk));
    answer.once("end", () => {
      const { items } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      process.stdout.write(`ready ${items.length}\n`);
    });
  },
);
setInterval(() => undefined, 60_000);
process.once("SIGTERM", () => {
  process.exit(0);
});
