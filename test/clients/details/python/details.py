"""Makes one call that podkey refuses and prints the error details as grpcio-status reads them, one per line.

Arguments: address, method (a path), request in hexadecimal. Every client in this folder prints the same lines.
"""

import sys

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status


def main(address: str, method: str, request: str) -> None:
    with grpc.insecure_channel(address) as channel:
        call = channel.unary_unary(method, request_serializer=None, response_deserializer=None)
        try:
            call(bytes.fromhex(request), timeout=5)
        except grpc.RpcError as refused:
            show(refused)
        else:
            print("code OK")


def show(refused: grpc.RpcError) -> None:
    print("code", refused.code().name)
    # from_call also compares code and message with the trailers: a mismatch raises.
    status = rpc_status.from_call(refused)
    for detail in status.details if status is not None else []:
        info, retry, bad = (
            error_details_pb2.ErrorInfo(),
            error_details_pb2.RetryInfo(),
            error_details_pb2.BadRequest(),
        )
        if detail.Unpack(info):
            print("info", info.domain, info.reason)
        elif detail.Unpack(retry):
            print("retry", retry.retry_delay.ToMilliseconds())
        elif detail.Unpack(bad):
            for violation in bad.field_violations:
                print("field", violation.field)
        else:
            print("unread", detail.type_url)


main(*sys.argv[1:])
