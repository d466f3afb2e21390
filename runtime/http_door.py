"""Who may hold a connection to our HTTP: counted and refused where connections are accepted.

A connection is *silent* from its acceptance until its first whole request head. Silent ones
cost nothing but their place, so each address has few places for them, and where they, or
all places there are, are taken the one that has been silent longest makes room: an honest client
speaks within a round trip. What is refused is counted by its reason and logged once a minute,
never line by line.
"""

import asyncio
import resource
import socket
import struct
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import structlog
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from contracts.hosts import network_of
from runtime.http_peer import plain
from runtime.limits import Seldom

QUIET_S = 60.0
# Of LimitNOFILE, the other half is for files, databases and what we ask ourselves.
MAX_DESCRIPTORS = 16_384
_REFUSALS_A_TURN = 64
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one server bears; times in seconds. A site behind one NAT is one address.

    Attributes:
        streams_per_address: event streams, which stay open for hours.
        handshake_s: from the acceptance to the end of the TLS handshake.
        head_s: a request's line and headers, from the first byte or the handshake.
        body_s: the whole body, which nowhere is above a mebibyte.
        stalled_s: how long a peer may leave an answer unread.
        body_bytes_per_address: of bodies that are being served; small ones come in any case.
    """

    connections: int = 8_000
    connections_per_address: int = 1_024
    silent_per_address: int = 512
    streams_per_address: int = 256
    handshake_s: float = 5.0
    head_s: float = 5.0
    body_s: float = 30.0
    stalled_s: float = 30.0
    body_bytes: int = 128 * 1024 * 1024
    body_bytes_per_address: int = 32 * 1024 * 1024


class Refusals:
    """What was refused since the process began, by reason. One a process, like its log."""

    def __init__(self) -> None:
        self.totals: Counter[str] = Counter()
        self._log_lines: Seldom[str] = Seldom(every_s=QUIET_S)

    def note(self, reason: str, host: str) -> None:
        """Count one; log it unless one for the same reason was logged within a minute."""
        self.totals[reason] += 1
        if self._log_lines.untold(reason, now_s=time.monotonic()) is not None:
            _log.warning("http_refused", reason=reason, host=host, total=self.totals[reason])


REFUSALS = Refusals()


class RefusalsCollector(Collector):
    """Reads what this process has refused at the moment it is asked for."""

    def collect(self) -> Iterator[Metric]:
        """Yield `diemcau_http_refused_total` by reason."""
        family = CounterMetricFamily(
            "diemcau_http_refused", "Connections and requests refused.", labels=["reason"]
        )
        for reason, count in sorted(REFUSALS.totals.items()):
            family.add_metric([reason], count)
        yield family


def raise_descriptor_limit() -> int:
    """Let this process have as many descriptors as it may, up to 16,384; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return MAX_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft


@dataclass(slots=True)
class _Source:
    """One address: its open connections, and of them the silent, the oldest first."""

    open: int = 0
    silent: "OrderedDict[Peer, _Admitted]" = field(default_factory=OrderedDict)


Peer = tuple[Any, ...]


@dataclass(slots=True)
class _Admitted:
    source: str
    end: Callable[[], None]
    timer: asyncio.TimerHandle | None


class Doorkeeper:
    """Admits connections of one server and knows which have not spoken."""

    def __init__(self, limits: HttpLimits, trusted: frozenset[str] = frozenset()) -> None:
        self.limits = limits
        self._trusted = trusted
        self._admitted: dict[Peer, _Admitted] = {}
        self._sources: dict[str, _Source] = {}
        self._silent: OrderedDict[Peer, _Admitted] = OrderedDict()

    def admit(self, peer: Peer, end: Callable[[], None]) -> bool:
        """Return whether a connection may stay; `end` cuts it off later, if it must go."""
        before = self._admitted.get(peer)
        if before is not None:  # it was reset and has come back from the same port
            self.left(peer, before.end)
        name = network_of(peer[0])
        source = self._sources.get(name) or _Source()
        is_known = peer[0] in self._trusted
        if source.open >= self.limits.connections_per_address and not is_known:
            REFUSALS.note("connections_of_address", peer[0])
            return False
        if len(source.silent) >= self.limits.silent_per_address and not is_known:
            self._end_oldest(source.silent)
        elif len(self._admitted) >= self.limits.connections and not self._end_oldest(self._silent):
            REFUSALS.note("connections", peer[0])
            return False
        timer = asyncio.get_running_loop().call_later(self.limits.handshake_s, self._late, peer)
        admitted = _Admitted(name, end, timer)
        self._sources[name] = source
        self._admitted[peer] = self._silent[peer] = source.silent[peer] = admitted
        source.open += 1
        return True

    def shook_hands(self, peer: Peer) -> None:
        """Note that a connection has arrived at HTTP; from here its head's deadline counts."""
        admitted = self._admitted.get(peer)
        if admitted is not None and admitted.timer is not None:
            admitted.timer.cancel()
            admitted.timer = None

    def spoke(self, peer: Peer) -> None:
        """Note that a connection has brought a request."""
        admitted = self._admitted.get(peer)
        if admitted is not None:
            self._silent.pop(peer, None)
            self._sources[admitted.source].silent.pop(peer, None)

    def left(self, peer: Peer, end: Callable[[], None]) -> None:
        """Forget a connection that is closed, and none that has its address since."""
        admitted = self._admitted.get(peer)
        if admitted is None or admitted.end != end:
            return
        self.shook_hands(peer)
        self.spoke(peer)
        del self._admitted[peer]
        source = self._sources[admitted.source]
        source.open -= 1
        if not source.open:
            del self._sources[admitted.source]

    def _end_oldest(self, silent: "OrderedDict[Peer, _Admitted]") -> bool:
        """End the silence that has lasted longest; return whether there was one."""
        if not silent:
            return False
        peer, admitted = next(iter(silent.items()))
        REFUSALS.note("silent", peer[0])
        self.spoke(peer)  # it is none of the silent any more
        admitted.end()
        return True

    def _late(self, peer: Peer) -> None:
        REFUSALS.note("handshake_late", peer[0])
        self._admitted[peer].timer = None
        self._admitted[peer].end()


# A thousand at once are a quarter of a second of work, in which no packet would be forwarded.
ACCEPTED_A_TURN = 16
_WAITING = 2048


class Listener(socket.socket):
    """A listening socket that gives out admitted connections only."""

    door: Doorkeeper

    def listen(self, _: int = 0, /) -> None:
        """Let many wait in the kernel: the number given is what asyncio accepts in one turn."""
        super().listen(_WAITING)

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next admitted connection.

        Raises:
            BlockingIOError: none is there, or many had to be refused; ask again.
        """
        for _ in range(_REFUSALS_A_TURN):
            accepted, named = super().accept()
            peer = plain(named)
            connection = _Connection(self.family, self.type, self.proto, fileno=accepted.detach())
            if self.door.admit(peer, connection.end):
                connection.settle(self.door, peer)
                return connection, peer
            # A reset, so that nothing of it stays here in TIME_WAIT.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            connection.close()
        raise BlockingIOError


class _Connection(socket.socket):
    """A connection that tells the doorkeeper when it is closed."""

    def settle(self, door: Doorkeeper, peer: Peer) -> None:
        self._left: Callable[[], None] | None = lambda: door.left(peer, self.end)

    def end(self) -> None:
        """Cut it off; whoever reads it finds its end."""
        try:
            self.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the peer was faster

    def close(self) -> None:
        """Close it, and give its place back."""
        left, self._left = getattr(self, "_left", None), None
        super().close()
        if left is not None:
            left()
