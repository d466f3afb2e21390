"""What comes in from the broker: decoded, judged to be possible, handed on.

What cannot be handled is set aside, and its number is held as if it were stored: its
point would send it again for as long as it keeps it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from contracts import codec, topics
from contracts.clock_error import is_clock_of_its_own
from contracts.errors import MalformedPayload, MalformedTopic, UnknownSchemaVersion
from contracts.ids import PointId
from contracts.packed import apart, unpacked
from contracts.participants import ParticipantKind
from contracts.relay import RelayState
from contracts.reports import Applied, MediaBody, PointStatus, Report
from contracts.uplink import Beat
from controller.ingest.acknowledgement import Acknowledgements
from controller.ingest.applied import AppliedBook
from controller.ingest.arrivals import Arrival, OutboxName
from controller.ingest.call_minutes import CallMinutes
from controller.ingest.points import KnownPoints
from controller.ingest.presence_book import PresenceBook
from controller.ingest.quotas import PointQuotas
from controller.ingest.rejections import Reason, Rejections
from controller.ingest.timekeeping import Timekeeping
from controller.ingest.unreadable import key_of
from controller.ingest.writer import Writer
from monitoring.judgement.outage_evidence import Word, WordKind
from monitoring.judgement.timing import BootEstimate, alive_at, placed_at, refined
from monitoring.judgement.twins import Births
from runtime.bus import Received
from runtime.guard import guarded
from runtime.limits import BoundedMap
from runtime.set_aside import SetAside

MAX_BOOTS = 16
STOP_TOLD_FOR = timedelta(days=31)
"""Of a point: the one that runs, and those whose reports still come in."""


class Intake:
    """Handles one message after another; whatever is wrong with one costs only that one."""

    def __init__(
        self,
        *,
        time: Timekeeping,
        points: KnownPoints,
        book: PresenceBook,
        writer: Writer,
        acknowledgements: Acknowledgements,
        rejections: Rejections,
        set_aside: SetAside,
        clear_retained: Callable[[PointId], None],
        twins_seen: Callable[[PointId, datetime], None],
        said: Callable[[PointId, Word], None],
        applied: AppliedBook,
        calls: CallMinutes,
    ) -> None:
        """Prepare.

        Args:
            clear_retained: has the broker forget a report that it keeps for latecomers.
            said: told of each birth, goodbye and last will as it comes.
        """
        self._time = time
        self._points = points
        self._book = book
        self._writer = writer
        self._acknowledgements = acknowledgements
        self._rejections = rejections
        self._set_aside = set_aside
        self._clear_retained = clear_retained
        self._twins_seen = twins_seen
        self._said = said
        self._applied_book = applied
        self._calls = calls
        self._births = Births()
        self._quotas = PointQuotas()
        self._boots: BoundedMap[PointId, BoundedMap[str, BootEstimate]] = BoundedMap()
        self.received_total = 0

    def clock_set(self) -> None:
        """Forget what was concluded from when messages came in: our clock was set."""
        self._boots.clear()

    async def handle(self, received: Received, now: datetime) -> None:
        """Take in one message; a report is confirmed by whoever keeps it, all else here."""
        self.received_total += 1
        if not await self._tried(received, self._handle, now):
            received.confirm()

    async def _tried(
        self, received: Received, work: Callable[[Received, datetime], Awaitable[bool]],
        now: datetime,
    ) -> bool:  # fmt: skip
        """Return whether it is on its way to be stored; refuse what cannot be read."""
        try:
            return await work(received, now)
        except UnknownSchemaVersion as exc:
            await self._refuse(received, Reason.UNKNOWN_VERSION, str(exc), now)
        except MalformedPayload as exc:
            await self._refuse(received, Reason.MALFORMED, str(exc), now)
        except MalformedTopic as exc:
            self._rejections.reject(Reason.UNKNOWN_TOPIC, "topics", str(exc), now)
        except Exception as exc:
            await self._refuse(received, Reason.FAILED, repr(exc), now)
            raise  # to the guard of the session, which counts it
        return False

    async def _handle(self, received: Received, now: datetime) -> bool:
        """Return whether it is on its way to be stored, and confirmed then."""
        match topics.parse(received.topic):
            case topics.PointTopic(point_id, "report"):
                return await self._report(point_id, received, now)
            case topics.PointTopic(point_id, "applied"):
                return await self._applied(point_id, received, now)
            case topics.PointTopic(point_id, "beat"):
                await self._beat(point_id, received, now)
            case topics.PointTopic(point_id, "status"):
                await self._status(point_id, received, now)
            case topics.RelayTopic(_, "state"):
                self._relay_state(received, now)
        return False

    async def _refuse(self, received: Received, reason: Reason, detail: str, now: datetime) -> None:
        self._rejections.reject(reason, received.topic, detail, now)
        self._set_aside.keep(
            received.topic,
            received.payload,
            f"{reason.value}: {detail}",
            now=now,
            now_s=monotonic(),
        )
        match topics.parse(received.topic):
            case topics.PointTopic(point_id, "report"):
                key = key_of(point_id, _readable(received.payload))
                if key is not None and self._quotas.holds_refused(
                    point_id, key[0].outbox_id, now_s=monotonic()
                ):
                    await self._writer.refuse(*key, now)
                    self._acknowledgements.committed(key[0], now, is_urgent=True)

    async def _report(self, point_id: PointId, received: Received, now: datetime) -> bool:
        if received.is_retained:
            # Points never retain reports; one that is kept for latecomers would come for ever.
            self._rejections.reject(Reason.RETAINED, received.topic, "a retained report", now)
            self._clear_retained(point_id)
            return False
        if not received.payload:
            return False  # what clearing it looks like from here
        if not await self._is_taken(point_id, now):
            return False
        payload = unpacked(received.payload, most_bytes=Report.max_bytes)
        payloads = apart(payload)
        if payloads is None:
            is_packed = payload is not received.payload
            whole = replace(received, payload=payload)
            return await self._one(point_id, whole, now, is_packed=is_packed)
        if not self._is_within(point_id, now, len(payloads) - 1):
            return False
        one = partial(self._one, point_id, is_awaited=True)
        for each in payloads:
            with guarded("message", topic=received.topic):
                await self._tried(Received(received.topic, each, is_retained=False), one, now)
        self._writer.then(received.confirm)
        return True

    async def _one(self, point_id: PointId, received: Received, now: datetime, **how: bool) -> bool:
        """Take in one report; `how` it came, as an Arrival has it."""
        report = codec.decode(Report, received.payload).in_sections()
        if not self._quotas.admits(point_id, report.outbox_id, report.boot_id, now_s=monotonic()):
            self._reject_excess(point_id, "outboxes or boots", now)
            return False
        if is_clock_of_its_own(report.clock):
            self._time.heard(point_id, report.measured_at, report.outbox_id, report.seq)
        boot = self._boot(point_id, report.boot_id, report.monotonic_ms, now)
        self._book.heard(point_id, alive_at(report, boot, now), now)
        at = placed_at(report, boot, now, is_now_behind=self._time.is_behind)
        if isinstance(report.body, MediaBody) and not self._time.is_behind:
            self._calls.note_played(point_id, report.body, at)
        await self._writer.put(
            Arrival(
                OutboxName(point_id, report.outbox_id),
                report,
                received.payload,
                at=at,
                received_at=now,
                confirm=received.confirm,
                **how,
            )
        )
        return True

    async def _applied(self, point_id: PointId, received: Received, now: datetime) -> bool:
        if not received.payload or not await self._is_taken(point_id, now):
            return False
        self._applied_book.note(point_id, codec.decode(Applied, received.payload), received.confirm)
        return True

    async def _beat(self, point_id: PointId, received: Received, now: datetime) -> None:
        """Take a sign of life: by its boot's clock, as a report's, so that none counts late."""
        if received.is_retained or not await self._is_taken(point_id, now):
            return
        beat = codec.decode(Beat, received.payload)
        boot = self._boot(point_id, beat.boot, beat.monotonic_ms, now)
        self._book.heard(point_id, boot.at(beat.monotonic_ms, now), now)

    async def _status(self, point_id: PointId, received: Received, now: datetime) -> None:
        """Take a birth or a last will. A retained one tells the outbox, but is no sign of life."""
        if not received.payload or not await self._is_taken(point_id, now):
            return
        status = codec.decode(PointStatus, received.payload)
        if status.outbox_id is not None and status.is_online and self._is_named(point_id, status):
            # What it sent before it was born may still wait to be written.
            name = OutboxName(point_id, status.outbox_id)
            self._writer.then(partial(self._acknowledgements.connected, name, now))
        if received.is_retained:
            if status.is_online and status.run_id:
                self._said(point_id, Word(WordKind.FOUND, now, status.run_id))
            return
        stopped_at = status.stopped_at or now
        if now - STOP_TOLD_FOR <= stopped_at < now:
            self._said(point_id, Word(WordKind.GOODBYE, stopped_at))
        self._said(point_id, _word(status, now))
        if status.is_online:
            self._book.heard(point_id, now, now)
            if status.run_id and self._births.are_twins(point_id, status.run_id, now):
                self._twins_seen(point_id, now)
        else:
            self._book.departed(point_id, now)

    def _relay_state(self, received: Received, now: datetime) -> None:
        state = codec.decode(RelayState, received.payload)
        if not self._time.is_behind:
            self._calls.note(state, now)
        for meeting in state.meetings:
            for attendee in meeting.attendees:
                if attendee.participant_kind is ParticipantKind.POINT and attendee.is_connected:
                    self._book.media_seen(PointId(attendee.subject), now)

    def _is_named(self, point_id: PointId, status: PointStatus) -> bool:
        """Return whether the outbox of a birth is one that the point may have."""
        return self._quotas.admits_outbox(point_id, status.outbox_id or "", now_s=monotonic())

    async def _is_taken(self, point_id: PointId, now: datetime) -> bool:
        """Return whether a message of this point is read at all."""
        return await self._is_known(point_id, now) and self._is_within(point_id, now, 1)

    def _is_within(self, point_id: PointId, now: datetime, amount: int) -> bool:
        """Return whether a point may send so many more."""
        if self._quotas.takes(point_id, now_s=monotonic(), amount=amount):
            return True
        self._reject_excess(point_id, "messages", now)
        return False

    def _reject_excess(self, point_id: PointId, what: str, now: datetime) -> None:
        self._rejections.reject(
            Reason.TOO_MANY, f"{point_id}: {what}", "more than a point has", now
        )

    async def _is_known(self, point_id: PointId, now: datetime) -> bool:
        if await self._points.is_known(point_id, now):
            return True
        self._rejections.reject(
            Reason.UNKNOWN_POINT, "unknown points", f"{point_id[:60]!r} is no point of ours", now
        )
        return False

    def _boot(
        self, point_id: PointId, boot_id: str, monotonic_ms: int, now: datetime
    ) -> BootEstimate:
        boots = self._boots.get(point_id)
        if boots is None:
            boots = self._boots[point_id] = BoundedMap(MAX_BOOTS)
        boot = refined(boots.get(boot_id), monotonic_ms, now)
        boots[boot_id] = boot
        return boot


def _readable(payload: bytes) -> bytes:
    """Return a report's payload unpacked, where that can be done."""
    try:
        return unpacked(payload, most_bytes=Report.max_bytes)
    except MalformedPayload:
        return payload


def _word(status: PointStatus, now: datetime) -> Word:
    """Return what a session said; the broker's own will names no outbox."""
    if status.is_online:
        return Word(WordKind.BIRTH, now, status.run_id or "")
    return Word(WordKind.WILL if status.outbox_id is None else WordKind.GOODBYE, now)
