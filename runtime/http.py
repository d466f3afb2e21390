"""The one door to uvicorn: an ASGI application served inside our own task group."""

import asyncio
import contextlib
import socket
from asyncio import sslproto
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from runtime import listening
from runtime.connecting import SEGMENT_BYTES
from runtime.http_bodies import BodyAllowance
from runtime.http_deadlines import DeadlinedH11
from runtime.http_door import (
    ACCEPTED_A_TURN,
    Doorkeeper,
    HttpLimits,
    Listener,
    raise_descriptor_limit,
)
from runtime.http_streams import StreamAllowance
from runtime.http_upgrade import Upgrade
from runtime.tls_reload import keep_fresh

DEFAULT_LIMITS = HttpLimits()
_GRACE_S = 3
# What a connection of TLS takes before its first byte. asyncio's own 256 KiB are 0.18 ms of the
# loop that media wait for, and 128 MiB for the silent ones of one address; a record has 16 KiB.
TLS_BUFFER_BYTES = 32 * 1024


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, is_ready: asyncio.Event) -> None:
        super().__init__(config)
        self._is_ready = is_ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to runtime.service."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say that connections are accepted once they are."""
        await super().startup(sockets)
        self._is_ready.set()


def bind(host: str, port: int) -> Listener:
    """Return a listening TCP socket; its doorkeeper is still to be set.

    Raises:
        PortInUse: another program listens there.
        OSError: the address is not one of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sets TCP_NODELAY only where it is: without
    # it an answer's second packet waits 40 ms for the acknowledgement of the first.
    listener = Listener(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:  # :: is both families, whatever the kernel's default
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    # What is accepted inherits it: browsers, too, may be behind a narrow line.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
    listening.bind(listener, host, port)
    return listener


async def serve(
    app: Any,  # noqa: ANN401 - an ASGI application; uvicorn types it no closer
    host: str,
    port: int,
    *,
    tls: tuple[Path, Path] | None = None,
    is_ready: asyncio.Event | None = None,
    limits: HttpLimits = DEFAULT_LIMITS,
    trusted_proxies: frozenset[str] = frozenset(),
    upgrade: Upgrade | None = None,
) -> None:
    """Serve until cancelled; open requests then have three seconds.

    Args:
        tls: certificate and key file; None serves plain HTTP (for loopback only).
        is_ready: set once connections are accepted.
        trusted_proxies: addresses whose X-Forwarded-For and -Proto are believed, and whose
            connections are not counted as one address'; nobody else's are.
        upgrade: takes connections over that are to be no HTTP any more.

    Raises:
        PortInUse: another program listens there.
    """
    cert_file, key_file = tls if tls else (None, None)
    limits = replace(limits, connections=min(limits.connections, raise_descriptor_limit() // 2))
    door = Doorkeeper(limits, trusted_proxies)
    protocol: Any = partial(DeadlinedH11, door, upgrade)  # uvicorn calls it as it would the class
    config = uvicorn.Config(
        BodyAllowance(StreamAllowance(app, limits.streams_per_address), limits),
        http=protocol,
        ws="none",
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=sorted(trusted_proxies),
        backlog=ACCEPTED_A_TURN,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        ssl_certfile=cert_file,
        ssl_keyfile=key_file,
        lifespan="off",
    )
    sslproto.SSLProtocol.max_size = TLS_BUFFER_BYTES
    server = _Server(config, is_ready or asyncio.Event())
    listener = bind(host, port)
    listener.door = door
    fresh = _kept_fresh(config, tls) if tls else None
    serving = asyncio.create_task(server.serve(sockets=[listener]), name=f"http:{port}")
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        if fresh is not None:
            fresh.cancel()
        await asyncio.wait({serving}, timeout=_GRACE_S + 2)
        listener.close()


def _kept_fresh(config: uvicorn.Config, tls: tuple[Path, Path]) -> "asyncio.Task[None] | None":
    config.load()
    if config.ssl is None:
        return None
    return asyncio.create_task(keep_fresh(config.ssl, *tls), name="tls-reload")
