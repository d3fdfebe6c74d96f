/**
 * The least that a program must do to follow Secrets: one list and one watch over node:http2, parse each line, keep the
 * newest object of each name. bench/source-memory.ts uses it to measure what 100,000 changes cost any program on Node.
 *
 * usage: bare-watch.js URL CA-FILE
 */
import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { argv, stdout } from "node:process";

const [url = "", caFile = ""] = argv.slice(2);
const session = connect(url, { ca: readFileSync(caFile) });
const path = "/api/v1/namespaces/shop/secrets";
const newest = new Map();

function ask(query, take, end) {
  const stream = session.request({ ":path": path + query, authorization: "Bearer bench" });
  stream.setEncoding("utf8").on("data", take).on("end", end);
}

function follow(resourceVersion) {
  let rest = "";
  ask(
    `?watch=true&resourceVersion=${resourceVersion}`,
    (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const { object } of lines.map((line) => JSON.parse(line)))
        newest.set(object.metadata.name, object);
    },
    () => undefined,
  );
  stdout.write('{"event":"app_ready"}\n');
}

let body = "";
ask(
  "",
  (text) => (body += text),
  () => {
    const list = JSON.parse(body);
    for (const object of list.items) newest.set(object.metadata.name, object);
    body = "";
    follow(list.metadata.resourceVersion);
  },
);
