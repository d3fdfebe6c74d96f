/** No byte of an answer depends on what exists outside the view. (bench/secrecy.ts measures times.) */
import { expect } from "chai";
import type { StatusObject } from "@grpc/grpc-js";
import { fillWithSecrets, PAIRS } from "../../support/rpc/oracle.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";

describe("secrecy: a credential outside the view", () => {
  let lab: RpcLab;
  before(async () => {
    lab = await RpcLab.start();
    fillWithSecrets(lab);
  });
  after(() => lab.close());

  /** All content of the answer, with the name replaced. */
  function facts(status: StatusObject, name: string): string {
    // The details are added decoded below. The date is unrelated to the credential.
    const headers = Object.entries(status.metadata.toHttp2Headers()).flatMap(([key, value]) =>
      key.endsWith("-bin") || key === "date" ? [] : [`${key}=${String(value)}`],
    );
    const details = status.metadata
      .get("grpc-status-details-bin")
      .map((value) => Buffer.from(value).toString("latin1"));
    return [status.code, status.details, ...headers, ...details].join("\n").replaceAll(name, "NAME");
  }

  for (const [what, names] of Object.entries(PAIRS))
    for (const method of ["Get", "Watch", "List"] as const)
      it(`that is ${what} answers ${method} with the same bytes whether it exists or not`, async () => {
        const client = lab.client();
        const answers = await Promise.all(
          names.map(async (name) => {
            if (method === "Watch") {
              const watch = client.watch({ names: [name] });
              if (what === "denied") return facts(await watch.ended(), name);
              const [reset, synced] = await watch.until(({ event }) => event === "synced");
              watch.call.cancel();
              return JSON.stringify([reset?.event, synced?.event, synced?.revision]);
            }
            const call =
              method === "Get" ? client.get({ name }) : client.list({ names: [name] }).then(shapeOf);
            return call.then(String, (error: unknown) => facts(error as StatusObject, name));
          }),
        );
        expect(answers[0]).to.equal(answers[1]);
        expect(answers[0]).to.not.include("[object");
      });
});

function shapeOf(list: {
  readonly totalSize: number;
  readonly credentials: readonly unknown[];
  readonly revision: unknown;
}): string {
  return JSON.stringify([list.totalSize, list.credentials, list.revision]);
}
