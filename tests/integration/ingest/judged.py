"""Presence stored and points judged the way ingest does it, without its process."""

from collections.abc import Sequence
from datetime import datetime

from controller.ingest import problem_rows
from controller.ingest.problem_rows import PointFlip
from controller.ingest.store import SeriesStore
from monitoring.judgement.presence import PresenceChanged
from monitoring.judgement.problem import Thresholds


def store_presence(
    store: SeriesStore, changes: Sequence[PresenceChanged], now: datetime
) -> list[PointFlip]:
    """Store changes of presence with what they change of what is wrong."""
    return store.run(
        lambda connection: problem_rows.change_presence(
            connection, changes=changes, now=now, thresholds=Thresholds()
        )
    )


def judge(
    store: SeriesStore, now: datetime, thresholds: Thresholds | None = None
) -> list[PointFlip]:
    """Judge everyone; return what changed."""
    limits = thresholds or Thresholds()
    return store.run(
        lambda connection: problem_rows.judge(connection, wanted=None, now=now, thresholds=limits)
    )
