"""Holds the newest credentials of podkey, also while podkey restarts or is away. Copy this file."""

import random
import threading
from collections.abc import Iterable, Mapping
from typing import Protocol

import grpc

from podkey.v1 import credential_service_pb2 as pb
from podkey.v1 import credential_service_pb2_grpc as pb_grpc

FIRST_BACKOFF_SECONDS, MAX_BACKOFF_SECONDS = 0.1, 5.0

# No retry can help with these.
REFUSALS = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.UNIMPLEMENTED,
}


def dial(endpoint: str) -> grpc.Channel:
    """Opens a channel to podkey: "unix:///run/podkey/podkey.sock" or "127.0.0.1:PORT". The first call
    connects. podkey is local, so a lost connection is retried every second instead of every two minutes. The keepalive
    detects a podkey that hangs. A proxy from the environment is for other hosts."""
    options = [
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.min_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 1_000),
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.keepalive_timeout_ms", 10_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.enable_http_proxy", 0),
    ]
    return grpc.insecure_channel(endpoint, options)


class Listener(Protocol):
    """Receives the events, from the thread of run()."""

    def on_change(self, how: str, names: list[str]) -> None:
        """how is "reset", "changed" or "resumed"; names are those whose data changed, sorted."""

    def on_freshness(self, freshness: pb.Freshness) -> None:
        """the data is verified (FRESH), or it is not (STALE, with the reason)."""

    def on_reconnect(self, ended: grpc.Call, delay_seconds: float) -> None:
        """The stream ended with this status; the next attempt follows after the delay. The held credentials stay."""


class LiveCredentials:
    """Holds the newest state of some credentials, by name: podkey serves one namespace here."""

    def __init__(self, stub: pb_grpc.CredentialServiceStub, names: Iterable[str], listener: Listener) -> None:
        self._stub = stub
        self._names = list(names)
        self._listener = listener
        self._held: Mapping[str, pb.Credential] = {}  # replaced as a whole, never modified
        self._freshness = pb.Freshness()
        self._token = ""
        self._backoff = FIRST_BACKOFF_SECONDS
        self._call: grpc.Call | None = None
        self._stopped = threading.Event()

    def current(self, name: str) -> pb.Credential | None:
        """The newest credential of this name, or None if there is none. Can be called from any thread at any time."""
        return self._held.get(name)

    def __len__(self) -> int:
        return len(self._held)

    def stop(self) -> None:
        """Makes run() return, from any thread."""
        self._stopped.set()
        if self._call is not None:
            self._call.cancel()

    def run(self) -> None:
        """Runs until stop(), or until podkey refuses the watch permanently; then it raises that grpc.RpcError."""
        while True:
            self._call = self._stub.Watch(pb.WatchRequest(names=self._names, resume_token=self._token))
            if self._stopped.is_set():
                self._call.cancel()
            try:
                self._follow(self._call)
            except grpc.RpcError:
                if self._call.code() in REFUSALS:
                    raise
            if self._stopped.is_set():
                return
            delay = self._backoff * random.uniform(0.5, 1)  # so that not all clients reconnect at the same moment
            self._listener.on_reconnect(self._call, delay)
            if self._stopped.wait(delay):
                return
            self._backoff = min(2 * self._backoff, MAX_BACKOFF_SECONDS)

    def _follow(self, stream: Iterable[pb.WatchResponse]) -> None:
        """Reads one stream to its end. A reset takes effect at its synced, a change at its last part."""
        incoming: dict[str, pb.Credential] | None = None
        parts: list[pb.Change] = []
        for message in stream:
            self._token = message.resume_token or self._token
            match message.WhichOneof("event"):
                case "reset":
                    incoming, parts = {}, []
                case "item":
                    incoming[message.item.name] = message.item
                case "synced":
                    self._backoff = FIRST_BACKOFF_SECONDS
                    if incoming is None:
                        self._listener.on_change("resumed", [])
                    else:
                        self._swap("reset", incoming)
                    incoming = None
                case "change":
                    parts.append(message.change)
                    if not message.change.more:
                        self._swap("changed", _applied(self._held, parts))
                        parts = []
            if message.HasField("freshness"):
                self._notice(message.freshness)

    def _swap(self, how: str, following: Mapping[str, pb.Credential]) -> None:
        """Replaces the held credentials by `following` in one step, and reports the differences."""
        before, self._held = self._held, following
        names = [n for n in before.keys() | following.keys() if _data(before.get(n)) != _data(following.get(n))]
        self._listener.on_change(how, sorted(names))

    def _notice(self, now: pb.Freshness) -> None:
        if (now.state, now.reason) != (self._freshness.state, self._freshness.reason):
            self._freshness = now
            self._listener.on_freshness(now)


def _data(credential: pb.Credential | None) -> dict[str, bytes] | None:
    return None if credential is None else dict(credential.data)


def _applied(held: Mapping[str, pb.Credential], parts: list[pb.Change]) -> dict[str, pb.Credential]:
    following = dict(held)
    for part in parts:
        for removed in part.removed:
            following.pop(removed.name, None)
        for changed in part.changed:
            following[changed.name] = changed
    return following
