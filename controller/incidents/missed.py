"""Points that are not ready for a meeting: told once, as one incident of that meeting."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from contracts.ids import PointId
from controller.incidents import incident_queries, telling
from controller.incidents.missed_words import NOT_READY, MissedMeeting, kept
from monitoring.judgement.coincidence import Reach
from monitoring.judgement.incidents import Hit, Incident, Turn


@dataclass(frozen=True, slots=True)
class MissedOpen:
    """An incident of this kind that is not over, and what people were told of its meeting."""

    number: int
    told: MissedMeeting


def tell_missed(
    session: Session, missed: MissedMeeting, points: Sequence[PointId], now: datetime, link: str
) -> int:
    """Have people told which points are not ready; of a meeting they were told of, note them.

    Args:
        points: at least one.
        link: where the pages are reached.
    """
    told = missed_open(session).get(missed.meeting_id)
    number = told.number if told is not None else None
    hits = tuple(Hit(one, now, None, 1) for one in points)
    one = Incident(NOT_READY, Reach.POINT, "", now, now, now, hits, number, Reach.POINT)
    if number is not None:
        row = incident_queries.row(session, number)
        began_at = row.began_at if row else now
        incident_queries.write(session, replace(one, began_at=began_at, opened_at=began_at))
        return number
    number = incident_queries.add(session, one, now, evidence=missed.as_evidence())
    incident_queries.note(session, number, Turn.TOLD.value, now, text=str(len(points)))
    _tell(session, number, Turn.TOLD, now, link)
    return number


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
