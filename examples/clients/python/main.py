"""Prints credentials of podkey: `main.py get NAME KEY` one value, `main.py live NAME...` every change.
The lines are those of test/clients/README.md, the same in every language. PODKEY_ENDPOINT is the address of podkey."""

import hashlib
import os
import signal
import sys

import grpc

from get import get
from live_credentials import LiveCredentials, dial
from podkey.v1 import credential_service_pb2 as pb
from podkey.v1 import credential_service_pb2_grpc as pb_grpc

# Ctrl-C ends the program as SIGTERM does, without a stack trace.
signal.signal(signal.SIGINT, signal.SIG_DFL)


def main(endpoint: str, arguments: list[str]) -> int:
    try:
        match arguments:
            case ["get", name, key]:
                print(shown(get(endpoint, name, key)))
            case ["live", *names] if names:
                follow(endpoint, names)
            case _:
                print("usage: main.py get NAME KEY | main.py live NAME...", file=sys.stderr)
                return 2
    except grpc.RpcError as refused:
        print(refused.details(), file=sys.stderr)
        print("refused", refused.code().name, flush=True)
        return 3
    return 0


def follow(endpoint: str, names: list[str]) -> None:
    with dial(endpoint) as channel:
        printer = Printer()
        printer.credentials = LiveCredentials(pb_grpc.CredentialServiceStub(channel), names, printer)
        printer.credentials.run()


class Printer:
    credentials: LiveCredentials

    def on_change(self, how: str, names: list[str]) -> None:
        for name in names:
            credential = self.credentials.current(name)
            if credential is None:
                print("removed", name)
            else:
                values = [f"{key}={shown(value)}" for key, value in sorted(credential.data.items())]
                print("current", name, *values)
        print(how, len(self.credentials), flush=True)

    def on_freshness(self, freshness: pb.Freshness) -> None:
        if freshness.state == pb.Freshness.STATE_FRESH:
            print("fresh", flush=True)
        else:
            print("stale", freshness.reason, flush=True)

    def on_reconnect(self, ended: grpc.Call, delay_seconds: float) -> None:
        print(f"{ended.details()}; again in {delay_seconds:.1f} s", file=sys.stderr)
        print("reconnecting", ended.code().name, flush=True)


def shown(value: bytes) -> str:
    """Shows short printable text, because this is a demonstration. A real program never prints a value."""
    if len(value) <= 64 and all(0x21 <= byte <= 0x7E for byte in value):
        return value.decode()
    return "sha256:" + hashlib.sha256(value).hexdigest()


if __name__ == "__main__":
    sys.exit(main(os.environ.get("PODKEY_ENDPOINT", "unix:///run/podkey/podkey.sock"), sys.argv[1:]))
