"""The next meetings, a line each, for pages that list them beside something else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from contracts.ids import MeetingId
from controller.meetings import meeting_queries, service
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting
from controller.meetings.views import badges, kinds
from controller.places import service as places
from controller.settings import PagesSettings
from controller.web.elements import Badge
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting that comes next, or is on."""

    meeting_id: str
    title: str
    begins: str
    facts: str
    badge: Badge | None


def lines(
    session: Session,
    words: Language,
    now: datetime,
    pages: PagesSettings,
    forwarded: Collection[MeetingId],
) -> list[MeetingLine]:
    """Return the meetings that are on, then those of the next days.

    Args:
        forwarded: which go on by their relays' word.
    """
    found = service.coming(session, now, pages, forwarded)
    counts = meeting_queries.participant_counts(session, [one.meeting_id for one in found])
    on = {one.meeting_id for one in found if service.is_on(one, forwarded)}
    chairs = places.points_by_id(session, {one.chair_point_id for one in found})
    names = {str(point_id): one.name for point_id, one in chairs.items()}
    return [_line(words, now, one, names, counts.get(one.meeting_id, 0), on) for one in found]


def _line(
    words: Language,
    now: datetime,
    meeting: Meeting,
    names: Mapping[str, str],
    count: int,
    on: Collection[str],
) -> MeetingLine:
    is_on = meeting.meeting_id in on
    held = "" if meeting.is_joined else f"{kinds.held_as_name(words, meeting.held_as)} · "
    points = words.ngettext("%(n)s point", "%(n)s points", count)
    chair = names.get(meeting.chair_point_id, meeting.chair_point_id)
    return MeetingLine(
        meeting_id=meeting.meeting_id,
        title=meeting.title,
        begins=words.moment(meeting.begins_at, now),
        facts=held + words.gettext("%(points)s · chair: %(chair)s", points=points, chair=chair),
        badge=badges.of_meeting(MeetingPhase.LIVE.value, words) if is_on else None,
    )
