"""Watches what leads out: whether it is charged by volume, what it has used, and that the centre
hears of the point often enough without hearing much.

Everybody asks here whether to be thrifty; the rules are in thrift.py and uplink_book.py.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import structlog

from agent.health import thrift
from agent.health.thrift import Weighty
from agent.health.uplink_book import Look, UplinkBook, earlier_ways, looked, month_ends_at
from contracts import codec, topics
from contracts.desired import Policy
from contracts.errors import MalformedPayload
from contracts.ids import PointId
from contracts.reports import RoomState
from contracts.uplink import Beat, UplinkSection
from monitoring.collectors.interfaces import attribute, has_carrier, listed
from monitoring.errors import CollectorError
from monitoring.judgement.way_out import is_mobile
from runtime import atomic
from runtime.bus import Bus
from runtime.clock import Clock
from runtime.errors import BusDisconnected
from runtime.guard import guarded
from runtime.limits import TokenBucket

LOOK_S, IDLE_LOOK_S = 1.0, 5.0
COUNT_EVERY_S = 15.0
KEEP_EVERY_S = 120.0
TOLD_EVERY_S = 900.0
"""How often it is told what was used, while what leads out is not charged."""
NEWS_AT_ONCE, NEWS_PER_S = 6, 1 / 60
_BOOT_CHARS = 8
_log = structlog.get_logger()


class Spends(Protocol):
    """A part of the agent that counts what it spends on the line."""

    @property
    def wire_bytes_total(self) -> int:
        """Bytes with IP headers, both ways."""


class UplinkWatch:
    """One task runs `run`. `news` is called when something of weight has changed."""

    def __init__(
        self,
        *,
        point_id: PointId,
        file: Path,
        proc: Path,
        sys: Path,
        clock: Clock,
        bus: Bus,
        spenders: tuple[Spends, ...],
        way: Callable[[], str],
        policy: Callable[[], Policy | None],
        room: Callable[[], RoomState],
        sent_at_s: Callable[[], float],
        news: Callable[[], None],
    ) -> None:
        self._topic = topics.beat(point_id)
        self._file = file
        self._proc, self._sys = proc, sys
        self._clock = clock
        self._bus = bus
        self._spenders = spenders
        self._way, self._policy, self._room = way, policy, room
        self._sent_at_s = sent_at_s
        self._news = news
        self._book = _read(file)
        self._own_bytes = 0
        self._counted_s = self._kept_s = self._told_s = self._beat_s = float("-inf")
        self._away_since_s: float | None = time.monotonic()
        self._seen: Weighty | None = None
        self._may_tell = TokenBucket(per_s=NEWS_PER_S, burst=NEWS_AT_ONCE)
        self._is_session_quiet = False
        self.is_charged = self._is_charged()

    @property
    def is_thrifty(self) -> bool:
        """Whether the line is charged, and the centre understands what is sent then."""
        return self.is_charged and thrift.beat_interval_s(self._policy()) is not None

    @property
    def away_s(self) -> float | None:
        """For how long there has been no session with the broker; None: there is one."""
        since_s = self._away_since_s
        return None if since_s is None else time.monotonic() - since_s

    def interval_s(self, usual_s: float) -> float:
        """Return how often to sample now, where elsewhere it is so often."""
        away_s = self.away_s
        return thrift.sampling_interval_s(usual_s, is_thrifty=self.is_thrifty, away_s=away_s)

    @property
    def wire_bytes_total(self) -> int:
        """What the agent has spent since it was started."""
        return sum(one.wire_bytes_total for one in self._spenders)

    def keepalive_s(self) -> int:
        """Return the keepalive of a session that begins now."""
        self.is_charged = self._is_charged()
        self._is_session_quiet = self.is_thrifty
        return thrift.keepalive_s(is_thrifty=self.is_thrifty)

    def section(self) -> UplinkSection | None:
        """Return what to report of the way out; None: nothing is charged, or it was told lately."""
        book, now_s = self._book, time.monotonic()
        is_due = self.is_charged or (book is not None and book.interface_bytes > 0)
        if book is None or not is_due:
            return None
        if not self.is_charged and now_s - self._told_s < TOLD_EVERY_S:
            return None
        self._told_s = now_s
        policy = self._policy()
        return UplinkSection(
            interface=self._way(),
            is_metered=self.is_charged,
            month_began_at=book.month_began_at,
            month_ends_at=month_ends_at(book.month_began_at),
            counted_from=book.counted_from if book.counted_from > book.month_began_at else None,
            own_bytes=book.own_bytes,
            interface_bytes=book.interface_bytes,
            budget_bytes=(policy.budget_bytes or None) if policy else None,
        )

    async def run(self) -> None:
        """Look every second, and beat when it is time; count and keep at the end too."""
        try:
            while True:
                with guarded("uplink"):
                    self._look()
                    await self._beat()
                await asyncio.sleep(LOOK_S if self.is_charged else IDLE_LOOK_S)
        finally:
            with guarded("uplink"):
                self._count()
                self._keep()

    def _look(self) -> None:
        now_s, is_connected = time.monotonic(), self._bus.is_connected
        if is_connected:
            self._away_since_s = None
        elif self._away_since_s is None:
            self._away_since_s = now_s
        was_charged = self.is_charged
        self.is_charged = self._is_charged()
        if self.is_charged != was_charged:
            _log.info("uplink_charged", is_charged=self.is_charged, interface=self._way())
            self._told_s = float("-inf")
        if self.is_thrifty and not self._is_session_quiet and is_connected:
            self._is_session_quiet = True
            self._bus.begin_anew("volume is charged: the session is to be quieter")
        if now_s - self._counted_s >= COUNT_EVERY_S:
            self._counted_s = now_s
            self._count()
        if now_s - self._kept_s >= KEEP_EVERY_S and self.is_charged:
            self._kept_s = now_s
            self._keep()
        if self.is_thrifty:
            self._tell_news(now_s, is_connected=is_connected)

    def _tell_news(self, now_s: float, *, is_connected: bool) -> None:
        way = self._way()
        seen = Weighty(way, has_carrier(self._sys, way), self._room(), is_connected)
        is_news = self._seen is not None and seen != self._seen
        self._seen = seen
        if is_news and self._may_tell.take(now_s=now_s):
            self._news()

    async def _beat(self) -> None:
        interval_s = thrift.beat_interval_s(self._policy())
        if interval_s is None or not self.is_charged or not self._bus.is_connected:
            return
        now_s = time.monotonic()
        if now_s - max(self._beat_s, self._sent_at_s()) < interval_s - LOOK_S:
            return
        self._beat_s = now_s
        boot = self._clock.boot_id[:_BOOT_CHARS]
        try:
            await self._bus.publish(
                self._topic, Beat(boot=boot, monotonic_ms=self._clock.monotonic_ms())
            )
        except BusDisconnected as exc:
            _log.info("beat_not_sent", error=str(exc))

    def _is_charged(self) -> bool:
        earlier = earlier_ways(self._book, self._clock.now())
        return thrift.is_charged(self._policy(), self._way(), earlier)

    def _count(self) -> None:
        """Take what was spent into the book; a clock that is not known says no month."""
        if self._clock.state().source == "unknown":
            return
        try:
            counters = self._counters()
        except CollectorError:
            return  # told with the report, by who collects it
        way, policy = self._way(), self._policy()
        charged = {name for name in counters if is_mobile(name)}
        if self.is_charged and way in counters:
            charged.add(way)
        own_bytes, self._own_bytes = self.wire_bytes_total - self._own_bytes, self.wire_bytes_total
        ways = set(self._book.ways) if self._book else set()
        self._book = looked(
            self._book,
            Look(
                now=self._clock.now(),
                boot_id=self._clock.boot_id,
                way=way,
                counters=counters,
                charged=frozenset(charged),
                own_bytes=max(0, own_bytes),
                boot_ms=self._clock.monotonic_ms(),
            ),
            month_day=(policy.month_day or 1) if policy else 1,
        )
        if set(self._book.ways) != ways:
            self._keep()

    def _counters(self) -> dict[str, tuple[int, int]]:
        """Return what the machine's own interfaces have carried.

        Raises:
            CollectorError: the kernel's table cannot be read.
        """
        found: dict[str, tuple[int, int]] = {}
        for one in listed(self._proc, self._sys).own:
            index = attribute(self._sys, one.name, "ifindex") or ""
            found[one.name] = int(index) if index.isdigit() else 0, one.rx_bytes + one.tx_bytes
        return found

    def _keep(self) -> None:
        if self._book is None:
            return
        try:
            atomic.write_bytes(self._file, codec.encode(self._book))
        except OSError as exc:
            _log.warning("uplink_not_kept", error=exc.strerror or str(exc))


def _read(file: Path) -> UplinkBook | None:
    try:
        return codec.decode(UplinkBook, file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, MalformedPayload) as exc:
        _log.warning("uplink_unreadable", error=str(exc))
        return None
