"""What the broker and ingest tell of themselves, and whether what we send comes back.

A message to ourselves through the broker proves more than a session that looks open. What ingest
says came through the queue of the reports: its lag is that of the reports.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from contracts import codec, numbers, topics
from contracts.centre import IngestState, WebEcho
from contracts.topics import Topic
from monitoring.judgement.centre_facts import BrokerFacts, IngestFacts
from runtime.bus import Received
from runtime.errors import BusDisconnected

ECHO_LIMIT_S = 5.0
MOST = 2**53
SUBSCRIPTIONS = (
    (topics.ingest_state().name, 0),
    (topics.web_echo().name, 0),
    *((topics.broker_figure(one), 0) for one in topics.BROKER_FIGURES),
)
_TOPICS = frozenset(name for name, _ in SUBSCRIPTIONS)
Publish = Callable[[Topic, WebEcho], Awaitable[None]]


@dataclass(slots=True)
class _Counted:
    """A counter of another process, which begins anew with it: when it grew last, and by what."""

    value: int | None = None
    grew_at: datetime | None = None
    grew_by: int = 0

    def take(self, value: int, now: datetime) -> None:
        if self.value is not None and value != self.value:
            self.grew_by = value - self.value if value > self.value else value
            self.grew_at = now if self.grew_by else self.grew_at
        self.value = value


@dataclass(slots=True)
class CentreHearing:
    """Takes in what comes; for use within one event loop."""

    now: Callable[[], datetime]
    _since: datetime = field(init=False)
    _silent_since: datetime | None = field(init=False)
    _loop_ms: float | None = None
    _awaited: tuple[str, asyncio.Future[None]] | None = None
    _ingest: tuple[datetime, IngestState] | None = None
    _clients: int | None = None
    _store_bytes: int | None = None
    _dropped: _Counted = field(default_factory=_Counted)
    _lost: _Counted = field(default_factory=_Counted)

    def __post_init__(self) -> None:
        """Nothing has come back yet."""
        self._since = self._silent_since = self.now()

    def is_mine(self, topic: str) -> bool:
        """Return whether a message is about the centre itself."""
        return topic in _TOPICS

    def handle(self, received: Received) -> None:
        """Take one message in.

        Raises:
            ContractError: it cannot be read.
        """
        now, payload = self.now(), received.payload
        if received.topic == topics.web_echo().name:
            mark = codec.decode(WebEcho, payload).mark
            if self._awaited is not None and self._awaited[0] == mark:
                if not self._awaited[1].done():
                    self._awaited[1].set_result(None)
        elif received.topic == topics.ingest_state().name:
            state = codec.decode(IngestState, payload)
            self._ingest = now, state
            self._lost.take(state.lost_total, now)
        else:
            value = numbers.whole(payload.decode("ascii", "replace"), least=0, most=MOST)
            if received.topic == topics.broker_figure("clients/connected"):
                self._clients = value
            elif received.topic == topics.broker_figure("store/messages/bytes"):
                self._store_bytes = value
            else:
                self._dropped.take(value, now)

    async def echo(self, publish: Publish) -> None:
        """Send a message to ourselves and wait for it, for a while."""
        mark, came = secrets.token_hex(8), asyncio.get_running_loop().create_future()
        self._awaited, begun_s = (mark, came), time.monotonic()
        try:
            async with asyncio.timeout(ECHO_LIMIT_S):
                await publish(topics.web_echo(), WebEcho(mark=mark))
                await came
        except (BusDisconnected, TimeoutError):
            self._loop_ms, self._silent_since = None, self._silent_since or self.now()
        else:
            self._loop_ms, self._silent_since = 1000 * (time.monotonic() - begun_s), None
        finally:
            self._awaited = None

    def broker(self, store: Path) -> BrokerFacts:
        """Return how the broker is.

        Args:
            store: the file that it keeps messages in; where it may not be looked at the broker's
                own word counts.
        """
        return BrokerFacts(
            loop_ms=self._loop_ms,
            silent_since=self._silent_since,
            clients=self._clients,
            dropped_at=self._dropped.grew_at,
            dropped=self._dropped.grew_by,
            store_bytes=_size(store) or self._store_bytes,
        )

    def ingest(self) -> IngestFacts:
        """Return how ingest is."""
        if self._ingest is None:
            return IngestFacts(self._since)
        heard_at, state = self._ingest
        return IngestFacts(
            watched_since=self._since,
            heard_at=heard_at,
            lag_ms=state.lag_ms,
            waiting=state.waiting,
            newest_at=state.newest_at,
            is_failing=state.is_failing,
            lost_at=self._lost.grew_at,
            lost=self._lost.grew_by,
        )


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None  # it is another user's, or there is none yet
