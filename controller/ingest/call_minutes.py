"""What relays said of each participant's line in a meeting, and a point of what it played.

A row a participant and minute. Gathered in memory as the relay's states and the points' reports
come in, and written once the minute is over: the worst of it, and sums where a mean is asked for. A
minute that is written twice, since ingest was begun anew within it or a report came late, is
merged.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from contracts.ids import PointId
from contracts.participants import ParticipantKind, speaker_id
from contracts.relay import Attendee, RelayState
from contracts.reports import MediaBody
from controller.db.millis import to_ms
from controller.errors import StorageError
from controller.ingest.bulk import Bulk, added, largest, smallest
from controller.ingest.call_tables import MAX_SUBJECT, TABLE
from controller.ingest.least_rate import DueRates, is_picture_due
from controller.ingest.line_minute import COUNTED, JOINED, Joined, LineMinute
from controller.ingest.notices import Notices
from controller.ingest.store import SeriesStore
from controller.ingest.writer import Writer
from runtime.limits import BoundedMap

MINUTE = timedelta(minutes=1)
WRITE_EVERY_S = 10.0
MAX_LINES, COUNTS_OF_ONE = 4_000, 9  # of which running counts are remembered
MAX_MINUTES = 8_000  # 400 points for twenty minutes in which the database cannot be written
MAX_PLAYED = 240  # of one point that says what it played four hours late
SETTLED_AFTER = timedelta(seconds=3)  # a relay says who joined before the first packet comes

_log = structlog.get_logger()
Key = tuple[str, str, datetime]
_KEPT = (ParticipantKind.POINT, ParticipantKind.PERSON)


def _merge() -> dict[str, str]:
    rules = {Joined.LEAST: smallest, Joined.MOST: largest, Joined.SUM: added}
    merged: dict[str, str] = {}
    for name, how in JOINED.items():
        merged |= rules[how](name)
    return merged


_rows = Bulk(TABLE, _merge())


class CallMinutes:
    """Minutes that were not written yet; where too many wait, further ones are dropped."""

    def __init__(self) -> None:
        self.dropped_total = 0
        self._minutes: dict[Key, LineMinute] = {}
        self._waiting: Counter[str] = Counter()
        self._counts: BoundedMap[tuple[str, str, str], tuple[datetime, int]] = BoundedMap(
            MAX_LINES * COUNTS_OF_ONE
        )
        self._due: BoundedMap[tuple[str, str, str, datetime], DueRates] = BoundedMap(2 * MAX_LINES)

    def note(self, state: RelayState, now: datetime) -> None:
        """Take in what a relay says of the meetings that are on."""
        for meeting in state.meetings:
            if not meeting.is_forwarding:
                continue
            for one in meeting.attendees:
                is_line = one.is_connected and one.direction != "share"
                if one.participant_kind in _KEPT and is_line:
                    self._note(meeting.meeting_id, now, one)

    def note_played(self, point_id: PointId, body: MediaBody, at: datetime) -> None:
        """Take in what a point says of what it played, which may be late, or come again."""
        minute = self._minute(body.meeting_id, point_id, at, most=MAX_PLAYED)
        if minute is not None:
            minute.note_played(body)

    def _note(self, meeting_id: str, now: datetime, line: Attendee) -> None:
        subject = speaker_id(line.subject, line.participant_kind)
        minute = self._minute(meeting_id, subject, now)
        if minute is not None:
            counted = self._counted_since(meeting_id, line)
            minute.note(
                line,
                moves=self._moves_since(meeting_id, line),
                counted=counted,
                is_settled=now - line.joined_at >= SETTLED_AFTER,
                least_bps=self._least_bps((meeting_id, subject), line, counted, now),
            )

    def _least_bps(
        self, whose: tuple[str, str], line: Attendee, counted: Mapping[str, int], now: datetime
    ) -> int | None:
        """Return the least of the line's rates that count from now on."""
        key = (*whose, line.direction, line.joined_at)
        rates = self._due[key] = self._due.get(key) or DueRates()
        return rates.counted(line.bitrate_bps, is_due=is_picture_due(line, counted), now=now)

    def _minute(
        self, meeting_id: str, subject: str, at: datetime, *, most: int = MAX_MINUTES
    ) -> LineMinute | None:
        """Return the minute that an instant belongs to; None: too many wait, or of this one."""
        key = (meeting_id, subject[:MAX_SUBJECT], at.replace(second=0, microsecond=0))
        minute = self._minutes.get(key)
        if minute is None:
            if len(self._minutes) >= MAX_MINUTES or self._waiting[key[1]] >= most:
                self.dropped_total += 1
                return None
            minute = self._minutes[key] = LineMinute()
            self._waiting[key[1]] += 1
        return minute

    def _moves_since(self, meeting_id: str, line: Attendee) -> int:
        """Return how often a line was sent another rung since that was last said of it."""
        return 0 if line.moves is None else self._since(meeting_id, line, "moves", line.moves)

    def _counted_since(self, meeting_id: str, line: Attendee) -> dict[str, int]:
        """Return what was added to the counts of its streams, by the minute's names."""
        found: dict[str, int] = {}
        for one in line.streams:
            slot = COUNTED.get((line.direction, one.stream))
            if slot is None:
                continue
            name = f"{slot}_keyframes"  # nothing yet is told as nothing
            found[name] = self._since(meeting_id, line, name, one.keyframes or 0)
            if line.direction == "play":
                name = f"{slot}_empty_ms"
                found[name] = self._since(meeting_id, line, name, one.empty_ms or 0)
        return found

    def _since(self, meeting_id: str, line: Attendee, name: str, count: int) -> int:
        """Return what was added to a count that begins with its session."""
        key = (meeting_id, speaker_id(line.subject, line.participant_kind), name)
        joined_at, before = self._counts.get(key, (line.joined_at, count))
        if line.joined_at < joined_at:
            return 0  # of a relay that it has left, which does not know that yet
        self._counts[key] = (line.joined_at, count)
        return max(0, count - before) if joined_at == line.joined_at else count

    def due(self, now: datetime) -> list[Key]:
        """Return the minutes that are over."""
        return [key for key in self._minutes if not key[2] <= now < key[2] + MINUTE]

    async def write(
        self, keys: Iterable[Key], writer: Writer, store: SeriesStore
    ) -> frozenset[str]:
        """Write minutes and forget them; return the meetings that they are of.

        Raises:
            StorageError: the database cannot be used now; they wait.
        """
        # What is said meanwhile of the same minute begins it anew, and is merged.
        taken = {key: self._minutes.pop(key) for key in list(keys)}
        self._waiting -= Counter(subject for _, subject, _ in taken)
        rows = [
            (meeting_id, subject, to_ms(at), *astuple(minute))
            for (meeting_id, subject, at), minute in taken.items()
        ]
        if not rows:
            return frozenset()

        def insert(connection: Connection) -> None:
            _rows.write(connection, rows)

        try:
            await writer.do(store.run, insert)
        except BaseException:
            for key, minute in taken.items():
                self._put_back(key, minute)
            raise
        return frozenset(meeting_id for meeting_id, _, _ in taken)

    def _put_back(self, key: Key, minute: LineMinute) -> None:
        later = self._minutes.get(key)
        if later is None:
            self._waiting[key[1]] += 1
        else:
            minute.take_in(later)
        self._minutes[key] = minute

    async def finish(self, writer: Writer, store: SeriesStore) -> None:
        """Write every minute, over or not, at shutdown; gives up where that cannot be done."""
        try:
            await self.write(list(self._minutes), writer, store)
        except StorageError as exc:
            _log.warning("call_minutes_lost", count=len(self._minutes), error=str(exc))

    async def run(
        self, writer: Writer, store: SeriesStore, now: Callable[[], datetime], notices: Notices
    ) -> None:
        """Write what is over and say so, for ever."""
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            try:
                await notices.minutes(await self.write(self.due(now()), writer, store))
            except StorageError as exc:
                _log.warning("call_minutes_wait", error=str(exc))
