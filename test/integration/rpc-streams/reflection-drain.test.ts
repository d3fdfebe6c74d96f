/** Streams that are not Watches end at a drain too: grpc-js alone would wait for them indefinitely (grpc-node #1458). */
import { once } from "node:events";
import { credentials, makeGenericClientConstructor } from "@grpc/grpc-js";
import { expect } from "chai";
import { ManualTime } from "../../support/core/manual-time.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";
import { errorFacts } from "../../support/rpc/status-details.ts";

const bytes = (value: Buffer): Buffer => value;
/** Message ServerReflectionRequest with `list_services`. */
const LIST_SERVICES = Buffer.from([0x3a, 0x00]);

describe("drain: open reflection streams", () => {
  for (const version of ["v1", "v1alpha"])
    it(`end with SHUTTING_DOWN as soon as podkey drains (${version})`, async () => {
      // This clock does not move: the drain ends the stream, not a timer.
      const lab = await RpcLab.start({ time: new ManualTime() });
      const Client = makeGenericClientConstructor({}, "reflection");
      const client = new Client(`unix:${lab.socket}`, credentials.createInsecure());
      const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
      const call = client.makeBidiStreamRequest(path, bytes, bytes);
      const ended = new Promise((resolve) => call.on("error", resolve));
      call.write(LIST_SERVICES);
      const [answer] = (await once(call, "data")) as [Buffer];
      expect(answer.toString("latin1")).to.include("podkey.v1.CredentialService");
      await lab.server.stop(60_000);
      expect(errorFacts(await ended)).to.include({ code: "UNAVAILABLE", reason: "SHUTTING_DOWN" });
      client.close();
      await lab.close();
    });
});
