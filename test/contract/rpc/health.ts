/** grpc.health.v1 on every listener. Registered by rpc.contract.ts. */
import { expect } from "chai";
import type { RpcClient } from "../../support/rpc/client.ts";
import { failure } from "../../support/rpc/status-details.ts";
import type { RpcEndpoint } from "./rpc-endpoint.ts";

/** Tests of grpc.health.v1 against the endpoint that `current` gives. */
export function describeHealth(current: () => RpcEndpoint): void {
  describe("Health", () => {
    for (const service of ["", "podkey.v1.CredentialService"])
      it(`is SERVING for "${service}"`, async () => {
        expect(await check(current().client(), service)).to.equal("SERVING");
      });

    it("answers another service with SERVICE_UNKNOWN", async () => {
      const error = await failure(check(current().client(), "other.Service"));
      expect(error).to.include({ code: "NOT_FOUND", reason: "SERVICE_UNKNOWN" });
    });

    it("lists both", async () => {
      const { health } = current().client();
      const statuses = await new Promise((resolve, reject) => {
        health.List({}, (error, answer) => {
          if (error !== null) reject(error);
          else resolve(answer?.statuses);
        });
      });
      expect(statuses).to.deep.equal({
        "": { status: "SERVING" },
        "podkey.v1.CredentialService": { status: "SERVING" },
      });
    });
  });
}

function check(client: RpcClient, service: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    client.health.Check({ service }, (error, answer) => {
      if (error !== null) reject(error);
      else resolve(answer?.status);
    });
  });
}
