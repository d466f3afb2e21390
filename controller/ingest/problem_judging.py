"""Has points judged when it is time, and says what changed of what is wrong."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from contracts.ids import PointId
from controller.errors import StorageError
from controller.ingest import applied, problem_rows, twin_rows
from controller.ingest.applied import AppliedBook
from controller.ingest.limits_in_use import LimitsInUse
from controller.ingest.notices import Notices
from controller.ingest.presence_book import PresenceBook
from controller.ingest.problem_book import ProblemBook
from controller.ingest.problem_rows import PointFlip, Replaced
from controller.ingest.store import SeriesStore
from controller.ingest.writer import Writer
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.presence import STATE_OF, PresenceChanged
from runtime.guard import guarded

_log = structlog.get_logger()


class ProblemJudging:
    """Works in the writer's thread, between two batches."""

    def __init__(
        self,
        store: SeriesStore,
        writer: Writer,
        notices: Notices,
        limits: LimitsInUse,
        *,
        now: Callable[[], datetime],
        contracted: Callable[[], Mapping[str, Contracted] | None],
        presence_stored: Callable[[Sequence[PresenceChanged]], None],
        replaced: Callable[[], Replaced] = dict,
    ) -> None:
        self._store = store
        self._writer = writer
        self._notices = notices
        self._limits = limits
        self._now = now
        self._contracted = contracted
        self._replaced = replaced
        self._presence_stored = presence_stored
        self._book = ProblemBook()

    def note(self, point_ids: Iterable[PointId]) -> None:
        """Something of these points changed."""
        self._book.note(point_ids)

    async def store_presence(self, book: PresenceBook) -> None:
        """Store changes of presence with what they change of what is wrong, and say so.

        The book has back what could not be stored now, whatever the reason.
        """
        if not (changes := book.take_changes()):
            return
        work = partial(
            problem_rows.change_presence,
            changes=changes,
            now=self._now(),
            thresholds=self._limits.limits,
            contracted=self._contracted(),
            replaced=self._replaced(),
        )
        flips: list[PointFlip] | None = None
        with guarded("presence"):
            try:
                flips = await self._writer.do(self._judged, work)
            except StorageError as exc:
                _log.warning("presence_not_written", error=str(exc), changes=len(changes))
            finally:
                if flips is None:
                    book.give_back(changes)
        if flips is None:
            return
        for change in changes:
            _log.info(
                "presence_changed",
                point_id=change.point_id,
                state=STATE_OF[type(change)].value,
                began_at=change.began_at.isoformat(),
            )
        self._presence_stored(changes)
        _tell(flips)
        await self._notices.presence(changes)

    async def store_applied(self, book: AppliedBook) -> None:
        """Store what points said of their documents, and confirm it.

        What fails otherwise than by the database is given up: not confirmed, it would
        hold up all that came after it.
        """
        said, confirms = book.drain()
        with guarded("applied"):
            try:
                if said:
                    work = partial(applied.write, said=said, now=self._now())
                    await self._writer.do(self._store.run, work)
            except StorageError as exc:
                book.give_back(said, confirms)
                _log.warning("applied_not_written", error=str(exc))
                return
        self.note(point_id for point_id, _ in said)
        for confirm in confirms:
            confirm()

    async def store_twins(self, seen: dict[PointId, datetime]) -> None:
        """Store that two machines were seen under a name; what is stored is taken out."""
        if not (taken := dict(seen)):
            return
        with guarded("twins"):
            try:
                await self._writer.do(self._store.run, partial(twin_rows.write, seen=taken))
            except StorageError as exc:
                _log.warning("twins_not_written", error=str(exc))
                return
            for point_id, seen_at in taken.items():
                if seen[point_id] == seen_at:  # else it was seen again meanwhile
                    del seen[point_id]
            _log.warning("two_machines_seen", points=list(taken))
            self.note(taken)

    async def turn(self) -> None:
        """Judge whom it is time to judge; whom a failure left out is judged with everyone."""
        if await self._limits.news():
            self._book.note_everyone()
        wanted = self._book.due_points(time.monotonic())
        if wanted is not None and not wanted:
            return
        work = partial(
            problem_rows.judge,
            wanted=wanted,
            now=self._now(),
            thresholds=self._limits.limits,
            contracted=self._contracted(),
            replaced=self._replaced(),
        )
        with guarded("judging"):
            try:
                flips = await self._writer.do(self._judged, work)
            except StorageError as exc:
                self._book.note_everyone()
                _log.warning("problems_not_written", error=str(exc))
                return
            if wanted is None:
                await self._limits.keep()
            _tell(flips)
            await self._notices.problems(flips)

    def _judged(self, work: Callable[[Connection], list[PointFlip]]) -> list[PointFlip]:
        """Judge, in the writer's thread; by what, counts for the next one once it is written."""
        flips = self._store.run(work)
        self._limits.limits.settle()
        return flips


def _tell(flips: Iterable[PointFlip]) -> None:
    for one in flips:
        was, became = one.flip.was, one.flip.became
        _log.info(
            "problem_changed",
            point_id=one.point_id,
            problem=one.flip.problem.key.value,
            was=was.value if was else None,
            became=became.value if became else None,
        )
