"""Who was told of a meeting's points that are not ready, by what, and whether somebody took it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlmodel import Session, col, select

from controller.incidents import channel_queries, incident_queries, telling
from controller.incidents.channel_queries import GIVEN_UP, SENT, SUMMED
from controller.incidents.missed_words import NOT_READY, kept
from controller.incidents.tables import AlertMessage, IncidentRow
from controller.people import accounts
from monitoring.judgement.incidents import Turn


class HowTold(Enum):
    """What became of a message to somebody."""

    TOLD = "told"
    ON_ITS_WAY = "on_its_way"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class ToldWhom:
    """One who is told: `name` says by which channel; `written_at`: what was wrong by then."""

    name: str
    how: HowTold
    at: datetime
    written_at: datetime


@dataclass(frozen=True, slots=True)
class MissTold:
    """What was told of a meeting: of the points in `since`, each since when.

    `taken_by`: who takes care of it, as people are called; empty: nobody yet.
    """

    number: int
    is_over: bool
    since: Mapping[str, datetime]
    told: tuple[ToldWhom, ...]
    taken_by: str = ""
    taken_at: datetime | None = None

    def of_point(self, point_id: str) -> tuple[ToldWhom, ...]:
        """Return who is told of a point: whose message was written when it was in it."""
        since = self.since.get(point_id)
        if since is None:
            return ()
        return tuple(one for one in self.told if one.written_at >= since)


def told_of(session: Session, meeting_id: str, begins_at: datetime) -> MissTold | None:
    """Return what was told of a meeting as it is set now, by its newest incident; None: nothing."""
    query = select(IncidentRow).where(
        IncidentRow.key == NOT_READY,
        col(IncidentRow.evidence).contains(meeting_id, autoescape=True),
    )
    for row in session.exec(query.order_by(col(IncidentRow.number).desc())):
        meeting = kept(row.evidence)
        if meeting is None or meeting.meeting_id != meeting_id or meeting.begins_at != begins_at:
            continue
        return _told(session, row)
    return None


def _told(session: Session, row: IncidentRow) -> MissTold:
    number = row.number or 0
    records = {one.channel_id for one in channel_queries.logs(session)}
    said = (Turn.RECOVERED.value, telling.SUMMARY, telling.ANSWER)
    names = accounts.display_names(session, (row.acknowledged_by,))
    return MissTold(
        number=number,
        is_over=row.over_at is not None,
        since={one.point_id: one.began_at for one in incident_queries.points_of(session, number)},
        told=tuple(
            _whom(one)
            for one in channel_queries.of_incident(session, number)
            if one.what not in said and one.channel_id not in records
        ),
        taken_by=names.get(row.acknowledged_by, row.acknowledged_by),
        taken_at=row.acknowledged_at,
    )


def _whom(one: AlertMessage) -> ToldWhom:
    how = HowTold.ON_ITS_WAY
    if one.state in (SENT, SUMMED):
        how = HowTold.TOLD
    elif one.state in (GIVEN_UP, channel_queries.DROPPED):
        how = HowTold.NOT_REACHED
    return ToldWhom(one.channel_name, how, one.ended_at or one.queued_at, one.queued_at)
