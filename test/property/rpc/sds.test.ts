/** Compares the hand-written codec of SDS with Envoy's definitions, in both directions. */
import { expect } from "chai";
import fc from "fast-check";
import { SecretValue } from "../../../src/core/credential/secret-value.ts";
import {
  decodeDiscoveryRequest,
  resourceField,
  responseHead,
  SECRET_TYPE,
} from "../../../src/rpc/sds/wire.ts";
import { openResponse, SDS_DEFINITION } from "../../support/rpc/sds-client.ts";

interface Codec {
  serialize(message: object): Buffer;
  deserialize(bytes: Buffer): object;
}
const REQUEST = SDS_DEFINITION["envoy.service.discovery.v3.DiscoveryRequest"] as unknown as Codec;
const RESPONSE = SDS_DEFINITION["envoy.service.discovery.v3.DiscoveryResponse"] as unknown as Codec;

const text = fc.string({ unit: "grapheme", maxLength: 20 });

describe("decodeDiscoveryRequest", () => {
  it("reads what Envoy's definitions write", () => {
    const request = fc.record({
      versionInfo: text,
      node: fc.record({ id: text, cluster: text, userAgentName: text }),
      resourceNames: fc.array(text, { maxLength: 4 }),
      typeUrl: text,
      responseNonce: text,
      errorDetail: fc.option(fc.record({ code: fc.nat(16), message: text }), { nil: undefined }),
    });
    fc.assert(
      fc.property(request, (given) => {
        const { node, resourceNames, typeUrl, responseNonce, errorDetail } = given;
        const read = decodeDiscoveryRequest(REQUEST.serialize(given));
        expect(read).to.deep.equal({
          ...{ resourceNames, typeUrl, responseNonce },
          ...{ nodeId: node.id, errorCode: errorDetail?.code },
        });
      }),
    );
  });

  it("returns a request or throws for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeDiscoveryRequest(bytes);
        } catch (thrown) {
          expect(thrown).to.be.an("error");
        }
      }),
    );
  });
});

describe("responseHead and resourceField", () => {
  it("write what Envoy's definitions read", () => {
    const value = fc.string({ minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(text, text, value, value, value, (version, nonce, chain, key, trusted) => {
        const secret = (of: string): SecretValue => new SecretValue(Buffer.from(of));
        const bytes = Buffer.concat([
          responseHead(version, nonce),
          ...resourceField("web", { kind: "certificate", chain: secret(chain), key: secret(key) }),
          ...resourceField("ca:ca.crt", { kind: "authority", trusted: secret(trusted) }),
        ]);
        expect(openResponse(RESPONSE.deserialize(bytes))).to.deep.equal({
          version,
          nonce,
          typeUrl: SECRET_TYPE,
          secrets: [
            { name: "web", chain, key },
            { name: "ca:ca.crt", trusted },
          ],
        });
      }),
    );
  });
});
