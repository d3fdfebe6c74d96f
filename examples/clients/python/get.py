"""The minimal client: dial, one call, one value."""

import grpc

from podkey.v1 import credential_service_pb2 as pb
from podkey.v1 import credential_service_pb2_grpc as pb_grpc


def get(endpoint: str, name: str, key: str) -> bytes:
    # Without the option, a proxy from the environment would be used for 127.0.0.1.
    with grpc.insecure_channel(endpoint, options=[("grpc.enable_http_proxy", 0)]) as channel:
        stub = pb_grpc.CredentialServiceStub(channel)
        response = stub.Get(pb.GetRequest(name=name, keys=[key]), timeout=5)
        return response.credential.data[key]
