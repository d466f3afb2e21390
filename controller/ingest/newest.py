"""The newest of each section of each point: what judgement and pages look at.

A report has only what was due. Here every point has one more, put together from the newest
of each section; a section that failed is there as its failure. Late reports fill in what
nothing newer has said. Kept as the `health` row of latest_report.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import ClassVar

import msgspec
import sqlalchemy
from sqlalchemy import Connection

from contracts import codec
from contracts.reports import (
    MAX_SECTIONS,
    OWN_SECTIONS,
    CollectorFailure,
    HealthBody,
    Report,
    of_sections,
)
from contracts.section import Section
from controller.db.millis import to_ms
from controller.ingest.arrivals import Arrival
from controller.ingest.bulk import Row
from controller.ingest.tables import LatestReport
from monitoring.judgement.timing import AHEAD_TOLERANCE
from runtime.guard import guarded

HOLDS_MS = timedelta(hours=25) // timedelta(milliseconds=1)
"""Longer than any interval: what was said no more since then, no collector says any more."""
AHEAD_MS = 2 * (AHEAD_TOLERANCE // timedelta(milliseconds=1))
"""What stands later than this from now was placed by a clock that ran ahead."""
MAX_REMEMBERED = 20_000
"""More points than any province has; forgetting costs one look-up each."""

_table = LatestReport.metadata.tables["latest_report"]


class Stored(Report, frozen=True):
    """A point's newest report with the newest of each section, and when each was said.

    Together these may be larger than any report that they came in.
    """

    max_bytes: ClassVar[int] = 4 * Report.max_bytes

    at_ms: dict[str, int] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Newest:
    """What a point said last; `times_ms`: of each section and failure, by name."""

    report: Report
    at_ms: int
    received_at_ms: int
    said: dict[str, Section | CollectorFailure]
    times_ms: dict[str, int]

    def row(self, point_id: str) -> Row:
        """Return the row of latest_report."""
        failures = tuple(s for s in self.said.values() if isinstance(s, CollectorFailure))
        sections = {n: s for n, s in self.said.items() if isinstance(s, Section)}
        head = {name: getattr(self.report, name) for name in Report.__struct_fields__}
        body = of_sections(sections, failures)
        text = codec.encode(Stored(**(head | {"body": body}), at_ms=self.times_ms)).decode()
        return (point_id, "health", self.at_ms, self.received_at_ms, text)


def begun(arrival: Arrival, body: HealthBody) -> Newest:
    """Return what a report says, where there was none before."""
    at_ms, said = to_ms(arrival.at), _said(body)
    times_ms = dict.fromkeys(said, at_ms)
    return Newest(arrival.report, at_ms, to_ms(arrival.received_at), said, times_ms)


def together(one: Newest, other: Newest) -> Newest:
    """Return the newest of each section of what was known and what came; as old: what came."""
    if one.at_ms > other.received_at_ms + AHEAD_MS:
        one = replace(
            one,
            at_ms=other.at_ms,
            times_ms={name: min(at_ms, other.at_ms) for name, at_ms in one.times_ms.items()},
        )
    older, newer = (one, other) if one.at_ms <= other.at_ms else (other, one)
    if older.said.keys() <= newer.said.keys() and min(newer.times_ms.values()) == newer.at_ms:
        return newer
    said, times_ms = dict(newer.said), dict(newer.times_ms)
    for name, what in older.said.items():
        then_ms = older.times_ms[name]
        if then_ms > times_ms.get(name, newer.at_ms - HOLDS_MS):
            said[name], times_ms[name] = what, then_ms
    if len(said) > MAX_SECTIONS:
        last = sorted(said, key=lambda name: (name in OWN_SECTIONS, times_ms[name]))
        for name in last[:-MAX_SECTIONS]:
            del said[name], times_ms[name]
    return Newest(newer.report, newer.at_ms, newer.received_at_ms, said, times_ms)


def _said(body: HealthBody) -> dict[str, Section | CollectorFailure]:
    said: dict[str, Section | CollectorFailure] = {**body.sections}
    said.update((failure.collector, failure) for failure in body.failures)
    return said


@dataclass(slots=True)
class NewestBook:
    """The newest of every point, as last committed."""

    known: dict[str, Newest] = field(default_factory=dict)

    def drafted(self, connection: Connection, arrivals: Iterable[Arrival]) -> dict[str, Newest]:
        """Return the newest of these reports' points, with the reports."""
        drafts: dict[str, Newest] = {}
        reports = [(a, a.report.body) for a in arrivals if isinstance(a.report.body, HealthBody)]
        unknown = {a.name.point_id for a, _ in reports} - self.known.keys()
        before = self.known | _stored(connection, sorted(unknown)) if unknown else self.known
        for arrival, body in reports:
            point_id, new = arrival.name.point_id, begun(arrival, body)
            old = drafts.get(point_id) or before.get(point_id)
            drafts[point_id] = new if old is None else together(old, new)
        return drafts

    def committed(self, drafts: dict[str, Newest]) -> None:
        """Remember what was committed."""
        if len(self.known) > MAX_REMEMBERED:
            self.known.clear()
        self.known.update(drafts)


def _stored(connection: Connection, point_ids: Sequence[str]) -> dict[str, Newest]:
    found: dict[str, Newest] = {}
    query = sqlalchemy.select(
        _table.c.point_id, _table.c.at, _table.c.received_at, _table.c.report
    ).where(_table.c.kind == "health", _table.c.point_id.in_(point_ids))
    for point_id, at, received_at, text in connection.execute(query):
        with guarded("stored_report", point_id=point_id, report_kind="health"):
            stored = codec.decode(Stored, text.encode())
            body = stored.in_sections().body
            said = _said(body) if isinstance(body, HealthBody) else {}
            times_ms = {name: stored.at_ms.get(name, to_ms(at)) for name in said}
            found[point_id] = Newest(stored, to_ms(at), to_ms(received_at), said, times_ms)
    return found
