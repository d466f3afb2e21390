"""The room's rehearsals: announces, makes, ends and answers each once, as its document asks.

    await desk.follow(group, meetings)     with every look of the room, before a meeting is begun
    desk.notice(now)                       what the screen says of it
    desk.refuse(rehearsal_id)              a person at the screen does not want it now

Which one was made or answered last is on the disk: none is made again by a process that was
started anew.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import structlog

from agent.point.stamp import stamp
from agent.room.capture import Devices
from agent.room.meeting import RoomParts
from agent.room.rehearsal.trial import RehearsalTrial
from agent.room.rehearsal.turn import KnownRehearsal, Meetings, is_same, turn_of
from agent.room.rehearsal.verdict import SpeakerFound
from agent.room.screen import RehearsalNotice
from agent.room.words import Words
from contracts import hosts
from contracts.rehearsal import Rehearsal, RehearsalBody, RehearsalId, RehearsalOutcome
from runtime import atomic
from runtime.guard import guarded, start

_log = structlog.get_logger()

Begin = Callable[[Rehearsal], RehearsalTrial]


class _Rehearsed(msgspec.Struct, frozen=True):
    """The file's content."""

    rehearsal_id: RehearsalId


class RoomRehearsals:
    """One room's. `begin` makes a trial that has not begun yet."""

    def __init__(
        self,
        file: Path,
        parts: RoomParts,
        document: Callable[[], Rehearsal | None],
        begin: Begin,
    ) -> None:
        self._file = file
        self._parts = parts
        self._document = document
        self._begin = begin
        self._answered = _read(file)
        self._of: RehearsalId | None = None
        self._announced_at: datetime | None = None
        self._refused: RehearsalId | None = None
        self._starts_at: datetime | None = None
        self._trial: RehearsalTrial | None = None
        self._running: asyncio.Task[None] | None = None
        self.speaker: SpeakerFound | None = None

    @property
    def is_running(self) -> bool:
        """Whether camera and microphone are open for a rehearsal."""
        return self._trial is not None

    @property
    def devices(self) -> Devices | None:
        """What a rehearsal has opened by itself; None: nothing."""
        return self._trial.devices if self._trial else None

    def refuse(self, rehearsal_id: str) -> bool:
        """Let a person put off what is announced or on; return whether it is that."""
        if rehearsal_id != self._of or (self._starts_at is None and self._trial is None):
            return False
        self._refused = rehearsal_id
        _log.info("rehearsal_refused", rehearsal_id=rehearsal_id)
        return True

    def tell_speaker(self, rehearsal_id: str, found: SpeakerFound) -> bool:
        """Take the page's word on its loudspeaker; return whether it was asked for."""
        if self._trial is None or self._trial.rehearsal_id != rehearsal_id:
            return False
        self.speaker = found
        return True

    async def follow(self, group: asyncio.TaskGroup, meetings: Meetings) -> None:
        """Do what is to be done now; a trial that has to end has ended afterwards."""
        document = self._document()
        if document is None and self._trial is None:
            return
        await self._note_end()
        await self._note_document(document)
        now = self._parts.clock.now()
        known = KnownRehearsal(
            announced_at=self._announced_at,
            is_refused=self._of is not None and self._refused == self._of,
            is_answered=self._of is not None and self._answered == self._of and not self._trial,
            is_running=self._trial is not None,
        )
        turn = turn_of(document, known, meetings, now=now, clock=self._parts.clock.state())
        self._starts_at = turn.starts_at
        if turn.step == "announce" and self._announced_at is None:
            self._announced_at = now
            _log.info("rehearsal_announced", rehearsal_id=self._of, starts_at=str(turn.starts_at))
        elif turn.step == "run" and self._trial is None and document is not None:
            await self._start(group, document)
        elif turn.step == "answer" and turn.outcome is not None:
            await self._answer(turn.outcome)

    def notice(self, *, words: Words, now: datetime) -> RehearsalNotice | None:
        """Return what the screen says; None: nothing is announced or on."""
        document = self._document()
        if document is None or document.rehearsal_id is None or document.rehearsal_id != self._of:
            return None
        if self._trial is None and self._starts_at is None:
            return None
        began_at = self._trial.began_at if self._trial else self._starts_at
        begins_at = began_at or now
        return RehearsalNotice(
            rehearsal_id=document.rehearsal_id,
            is_on=self._trial is not None,
            heading=words("rehearsal_on" if self._trial else "rehearsal_comes"),
            text=words(
                "rehearsal_means_sound" if document.plays_sound else "rehearsal_means",
                title=words("rehearsal_before", title=document.title) if document.title else "",
            ),
            begins_at=begins_at,
            ends_at=begins_at + timedelta(seconds=document.duration_s),
            plays_sound=document.plays_sound,
        )

    async def _note_end(self) -> None:
        """Report a trial that has ended by itself."""
        if self._trial is None or self._running is None or not self._running.done():
            return
        trial, self._trial, self._running = self._trial, None, None
        body = trial.body or RehearsalBody(
            rehearsal_id=trial.rehearsal_id, outcome="not_reached", problem="the room's own failure"
        )
        await self._report(body)

    async def _note_document(self, document: Rehearsal | None) -> None:
        """Forget what was of another document; the centre knows that it has taken one back."""
        if self._trial is not None and not is_same(document, self._trial.rehearsal_id):
            await self._end()
        rehearsal_id = document.rehearsal_id if document else None
        if rehearsal_id != self._of:
            self._of, self._announced_at, self._refused = rehearsal_id, None, None

    async def _start(self, group: asyncio.TaskGroup, document: Rehearsal) -> None:
        problem = _problem_of(document)
        if problem:
            await self._answer("not_reached", problem)
            return
        self.speaker = None
        self._remember(document.rehearsal_id)
        self._parts.steady.follow()
        trial = self._begin(document)
        self._trial = trial
        self._running = start(group, trial.run(), kind="rehearsal")
        _log.info("rehearsal_begins", rehearsal_id=document.rehearsal_id)

    async def _answer(self, outcome: RehearsalOutcome, problem: str = "") -> None:
        rehearsal_id = self._of
        began_at = self._trial.began_at if self._trial else None
        await self._end()
        if rehearsal_id is not None:
            await self._report(
                RehearsalBody(
                    rehearsal_id=rehearsal_id, outcome=outcome, began_at=began_at, problem=problem
                )
            )

    async def _end(self) -> None:
        """End a trial at once, and wait until camera and line are free."""
        running, self._running, self._trial = self._running, None, None
        if running is not None:
            running.cancel()
            await asyncio.wait({running})

    async def _report(self, body: RehearsalBody) -> None:
        self._remember(body.rehearsal_id)
        found = {one.what: one.cause or one.found for one in body.checks}
        _log.info(
            "rehearsal_answered", rehearsal_id=body.rehearsal_id, outcome=body.outcome, **found
        )
        with guarded("report"):
            await self._parts.reports.write(body, stamp(self._parts.clock))

    def _remember(self, rehearsal_id: RehearsalId | None) -> None:
        if rehearsal_id is None or rehearsal_id == self._answered:
            return
        self._answered = rehearsal_id
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            atomic.write_bytes(self._file, msgspec.json.encode(_Rehearsed(rehearsal_id)))
        except OSError as exc:
            _log.error("rehearsal_not_remembered", error=exc.strerror or str(exc))


def _problem_of(document: Rehearsal) -> str:
    if document.relay is None or document.meeting_id is None:
        return "the centre names no relay, or no meeting at it"
    return hosts.problem_of_origin(document.relay.url) or ""


def _read(file: Path) -> RehearsalId | None:
    """Return what was made last; a damaged file is as good as none."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Rehearsed).rehearsal_id
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
