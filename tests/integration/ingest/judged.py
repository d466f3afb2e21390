"""Presence stored and points judged the way ingest does it, without its process."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from controller.ingest import problem_rows
from controller.ingest.presence_book import PresenceBook
from controller.ingest.problem_rows import PointFlip
from controller.ingest.store import SeriesStore
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.presence import PresenceChanged, PresenceLimits
from monitoring.judgement.problem import Thresholds
from tests.integration.ingest.reports import P1, at


def store_presence(
    store: SeriesStore, changes: Sequence[PresenceChanged], now: datetime
) -> list[PointFlip]:
    """Store changes of presence with what they change of what is wrong."""
    return store.run(
        lambda connection: problem_rows.change_presence(
            connection, changes=changes, now=now, thresholds=Thresholds()
        )
    )


def store_of_one_up(series: Engine) -> SeriesStore:
    """Return a store in which P1 is up since `at(0)`."""
    store, book = SeriesStore(series), PresenceBook(PresenceLimits())
    book.heard(P1, at(0), at(0))
    store.begin_span(at(0))
    store_presence(store, book.take_changes(), at(0))
    return store


def judge(
    store: SeriesStore,
    now: datetime,
    thresholds: Thresholds | None = None,
    *,
    contracted: Contracted | None = None,
) -> list[PointFlip]:
    """Judge everyone; return what changed. `contracted`: of P1; None: it was not read yet."""
    limits = thresholds or Thresholds()
    contracts: dict[str, Contracted] | None = None if contracted is None else {P1: contracted}
    return store.run(
        lambda connection: problem_rows.judge(
            connection, wanted=None, now=now, thresholds=limits, contracted=contracts
        )
    )
