"""Has the causes of outages judged when it is time, and says what changed."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

import structlog

from contracts.ids import PointId
from controller.errors import StorageError
from controller.ingest import cause_rows
from controller.ingest.arrivals import Arrival
from controller.ingest.cause_book import CauseBook
from controller.ingest.cause_rows import Judged
from controller.ingest.declared import DeclaredMaintenance
from controller.ingest.notices import Notices
from controller.ingest.store import SeriesStore
from controller.ingest.writer import Writer
from monitoring.judgement.outage_evidence import Word
from monitoring.judgement.presence import PresenceChanged
from runtime.guard import guarded

_log = structlog.get_logger()

MAX_WORDS = 5_000
"""That wait to be written; while the database cannot be, the oldest are let go of."""


class CauseJudging:
    """Works in the writer's thread, between two batches."""

    def __init__(
        self,
        store: SeriesStore,
        writer: Writer,
        notices: Notices,
        *,
        now: Callable[[], datetime],
        unit_of: Callable[[], Mapping[str, str]],
        declared: DeclaredMaintenance,
    ) -> None:
        self._store = store
        self._writer = writer
        self._notices = notices
        self._now = now
        self._unit_of = unit_of
        self._declared = declared
        self._book = CauseBook()
        self._words: list[tuple[PointId, Word]] = []

    def said(self, point_id: PointId, word: Word) -> None:
        """A point's session said something."""
        self._words.append((point_id, word))
        del self._words[:-MAX_WORDS]
        self._book.changed(point_id, word.at, time.monotonic())

    def changed(self, changes: Iterable[PresenceChanged]) -> None:
        """The presence of points changed, and that is stored."""
        for change in changes:
            self._book.changed(change.point_id, change.began_at, time.monotonic())

    def moved(self, point_id: PointId, at: datetime) -> None:
        """A point came from another address than before, and that is stored."""
        self._book.reported(point_id, at, time.monotonic(), is_late=True)

    def reported(self, arrivals: Iterable[Arrival]) -> None:
        """Reports were stored."""
        now_s = time.monotonic()
        for one in arrivals:
            self._book.reported(one.name.point_id, one.at, now_s, is_late=one.is_backlog)

    async def turn(self) -> None:
        """Write what was said, and judge whose outages it is time to judge."""
        with guarded("causes"):
            await self._write_words()
            self._book.give_back(await self._declared.news(self._now()))
            touched = self._book.take_due(time.monotonic())
            if not touched:
                return
            work = partial(
                cause_rows.judge,
                touched=touched,
                now=self._now(),
                unit_of=self._unit_of(),
                maintenance=self._declared.of_points,
            )
            try:
                turn = await self._writer.do(self._store.run, work)
            except StorageError as exc:
                self._book.give_back(touched)
                _log.warning("causes_not_written", error=str(exc))
                return
            self._book.give_back(turn.left)
            _tell(turn.judged)
            await self._notices.causes([one.point_id for one in turn.judged])

    async def _write_words(self) -> None:
        if not (words := self._words):
            return
        self._words = []
        try:
            await self._writer.do(self._store.run, partial(cause_rows.write_words, said=words))
        except StorageError as exc:
            self._words = [*words, *self._words][-MAX_WORDS:]
            _log.warning("words_not_written", error=str(exc))


def _tell(judged: Sequence[Judged]) -> None:
    for one in judged:
        _log.info(
            "cause_judged",
            point_id=one.point_id,
            began_at=one.outage.began_at.isoformat(),
            cause=one.verdict.cause.value,
            is_certain=one.verdict.is_certain,
            is_recorded=one.verdict.is_recorded,
        )
