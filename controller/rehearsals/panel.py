"""What a point's page shows of its last rehearsals."""

from dataclasses import dataclass

from controller.meetings import service as meetings
from controller.places.service import Point
from controller.rehearsals import rehearsal_queries, wording
from controller.rehearsals.verdict import PointVerdict
from controller.web.elements import Badge
from controller.web.page_request import PageRequest

SHOWN = 6


@dataclass(frozen=True, slots=True)
class PastRehearsal:
    """One rehearsal of a point in the list."""

    key: str
    meeting_id: str
    title: str
    when: str
    badge: Badge
    why: str


@dataclass(frozen=True, slots=True)
class PastRehearsals:
    """The card."""

    lines: tuple[PastRehearsal, ...]


def of_point(asked: PageRequest, point: Point) -> PastRehearsals:
    """Return the card of a point."""
    words = asked.words
    found = rehearsal_queries.of_point(asked.state, point.point_id, most=SHOWN)
    known = meetings.by_ids(asked.state, {run.meeting_id for _, run in found})
    lines = []
    for row, run in found:
        said = wording.why_and_what(words, row.cause)
        title = known[run.meeting_id].title if run.meeting_id in known else run.meeting_id
        when = words.moment(row.judged_at, asked.now) if row.judged_at else ""
        badge = wording.verdict_badge(words, PointVerdict(row.verdict))
        lines.append(PastRehearsal(row.rehearsal_id, run.meeting_id, title, when, badge, said.why))
    return PastRehearsals(tuple(lines))
