"""Points that are not ready for a meeting: told once, as one incident of that meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from contracts.ids import PointId
from controller.incidents import incident_queries, telling
from controller.incidents.missed_words import FURTHER_LEAD, NOT_READY, MissedMeeting, kept
from controller.incidents.telling import Occasion
from monitoring.judgement.coincidence import Reach
from monitoring.judgement.incidents import Hit, Incident, Turn

FURTHER = Occasion("joined", FURTHER_LEAD)
"""Points that were ready when people were told, and are not now."""


@dataclass(frozen=True, slots=True)
class MissedOpen:
    """An incident of this kind that is not over, and what people were told of its meeting."""

    number: int
    told: MissedMeeting


def tell_missed(
    session: Session,
    missed: MissedMeeting,
    points: Sequence[PointId],
    now: datetime,
    link: str,
    *,
    tells_further: bool = True,
) -> int:
    """Have people told which points are not ready; of a meeting they were told of, note them.

    Args:
        points: at least one.
        link: where the pages are reached.
        tells_further: who was told of the meeting is told of points that were ready then.
    """
    told = missed_open(session).get(missed.meeting_id)
    if told is not None:
        _correct(session, told.number, points, now, link, tells_further=tells_further)
        return told.number
    hits = tuple(Hit(one, now, None, 1) for one in points)
    one = Incident(NOT_READY, Reach.POINT, "", now, now, now, hits, None, Reach.POINT)
    number = incident_queries.add(session, one, now, evidence=missed.as_evidence())
    incident_queries.note(session, number, Turn.TOLD.value, now, text=str(len(points)))
    _tell(session, number, Turn.TOLD, now, link)
    return number


def _correct(
    session: Session,
    number: int,
    points: Sequence[PointId],
    now: datetime,
    link: str,
    *,
    tells_further: bool,
) -> None:
    """Write which points it is now; those that stay keep since when they are in it."""
    row = incident_queries.row(session, number)
    if row is None:
        return
    since = {one.point_id: one.began_at for one in incident_queries.points_of(session, number)}
    hits = tuple(Hit(one, since.get(one, now), None, 1) for one in points)
    fresh = [one for one in points if one not in since]
    joined_at = now if fresh else row.joined_at
    incident_queries.write(
        session,
        Incident(
            NOT_READY, Reach.POINT, "", row.began_at, row.opened_at, joined_at, hits, number,
            Reach.POINT,
        ),
    )  # fmt: skip
    if not fresh:
        return
    session.refresh(row)
    incident_queries.note(session, number, FURTHER.what, now, text=str(len(fresh)))
    if not tells_further:
        return
    teller = telling.Teller.of(session, row, now, link)
    names = teller.alert(FURTHER, lambda _: {}, teller.told_before())
    if names:
        incident_queries.note(session, number, "queued", now, text=", ".join(names))


def end_missed(session: Session, number: int, now: datetime, link: str, *, tells: bool) -> None:
    """Write that it is over.

    Args:
        tells: whoever was told of it is told that all points are ready.
    """
    if not incident_queries.end(session, number, Turn.RECOVERED.value, now):
        return
    incident_queries.note(session, number, Turn.RECOVERED.value, now, text="0")
    if tells:
        _tell(session, number, Turn.RECOVERED, now, link)


def missed_open(session: Session) -> dict[str, MissedOpen]:
    """Return the incidents of this kind that are not over, by their meetings."""
    rows = (one for one in incident_queries.open_rows(session) if one.key == NOT_READY)
    known = ((kept(one.evidence), one.number) for one in rows)
    return {one.meeting_id: MissedOpen(number or 0, one) for one, number in known if one}


def _tell(session: Session, number: int, turn: Turn, now: datetime, link: str) -> None:
    row = incident_queries.row(session, number)
    if row is None:
        return
    session.refresh(row)
    names = telling.queue(session, row, turn, now, link, lambda _: {})
    kind = "queued" if names else telling.why_nobody(session)
    incident_queries.note(session, number, kind, now, text=", ".join(names))
