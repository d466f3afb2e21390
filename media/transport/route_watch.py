"""Tells when this machine's links, addresses or routes change, as the kernel says it (rtnetlink).

What has changed is not read: whoever is told looks at what is his.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable

import structlog

_NETLINK_ROUTE = 0
_LINK, _IPV4_ADDRESS, _IPV4_ROUTE, _IPV6_ADDRESS, _IPV6_ROUTE = 0x1, 0x10, 0x40, 0x100, 0x400
_GROUPS = _LINK | _IPV4_ADDRESS | _IPV4_ROUTE | _IPV6_ADDRESS | _IPV6_ROUTE
_READ_BYTES = 64 * 1024
_log = structlog.get_logger()


class RouteWatch:
    """Calls `on_changed` from the event loop, until it is closed."""

    def __init__(self, on_changed: Callable[[], None]) -> None:
        self._on_changed = on_changed
        self._socket: socket.socket | None = None

    @property
    def is_watching(self) -> bool:
        """Whether anything would be told; where the kernel gives no such socket, nothing is."""
        return self._socket is not None

    def start(self) -> None:
        """Begin on the running loop."""
        made: socket.socket | None = None
        try:
            made = socket.socket(
                socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, _NETLINK_ROUTE
            )
            made.bind((0, _GROUPS))
        except OSError as exc:
            _log.info("routes_not_watched", error=str(exc))
            if made is not None:
                made.close()
            return
        self._socket = made
        asyncio.get_running_loop().add_reader(made.fileno(), self._readable, made)

    def close(self) -> None:
        """Tell nothing more; may be called again."""
        if self._socket is not None:
            with contextlib.suppress(RuntimeError):  # the loop is gone already
                asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _readable(self, watched: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                try:
                    watched.recv(_READ_BYTES)
                except BlockingIOError:
                    raise
                except OSError as exc:  # ENOBUFS: there was more than the socket holds
                    _log.debug("route_changes_missed", error=str(exc))
        self._on_changed()
