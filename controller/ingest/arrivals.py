"""A report that came in, with all that the centre adds to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.centre import ChangeKind
from contracts.devices import SnmpBody, TrapsBody
from contracts.ids import PointId
from contracts.rehearsal import RehearsalBody
from contracts.reports import (
    BandwidthBody,
    Body,
    FlatHealthBody,
    HealthBody,
    InventoryBody,
    MediaBody,
    Report,
)
from contracts.throughput import ThroughputBody
from contracts.way import WayBody

BACKLOG_AFTER = timedelta(seconds=20)
"""A report that old on arrival waited in the outbox: its point wants to hear soon."""


@dataclass(frozen=True, slots=True)
class OutboxName:
    """Whose reports, and from which outbox file."""

    point_id: PointId
    outbox_id: str


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One decoded report, in sections, as it came in `payload`.

    `at`: where in time the centre places it.
    `is_packed`: it came by itself, by a line that is charged by volume.
    `is_awaited`: it came with others, and its point sends no more until it hears of them.
    `confirm` lets the broker forget it: to be called once it is kept here.
    """

    name: OutboxName
    report: Report
    payload: bytes
    at: datetime
    received_at: datetime
    confirm: Callable[[], None] = field(default=_nothing, compare=False)
    is_packed: bool = False
    is_awaited: bool = False

    @property
    def is_backlog(self) -> bool:
        """Whether it was measured well before it came."""
        return self.received_at - self.at > BACKLOG_AFTER


def kind_of(body: Body) -> ChangeKind:
    """Return what a body is called in notices and in the `report` table."""
    match body:
        case HealthBody() | FlatHealthBody():
            return "report"
        case InventoryBody():
            return "inventory"
        case BandwidthBody():
            return "bandwidth"
        case ThroughputBody():
            return "throughput"
        case MediaBody():
            return "media"
        case SnmpBody():
            return "snmp"
        case TrapsBody():
            return "traps"
        case WayBody():
            return "way"
        case RehearsalBody():
            return "rehearsal"


def stored_kind(body: Body) -> str:
    """Return what a body is called in the database."""
    kind = kind_of(body)
    return "health" if kind == "report" else kind
