"""The page of a meeting that is held in person: what it is, its rooms, its log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.meetings.meeting_state import MeetingPhase, may_be_ended, may_be_restored
from controller.meetings.tables import Meeting, MeetingEvent
from controller.meetings.views import badges, kinds, meeting_log
from controller.meetings.views.agenda import AgendaView
from controller.meetings.views.invitations import InvitationsView
from controller.meetings.views.meeting_log import LogLine
from controller.meetings.views.meetings import hours
from controller.meetings.views.rooms import RoomsView
from controller.meetings.views.series import series_crumb
from controller.places.service import Point
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class MeetingFact:
    """One thing that is known of it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class InPersonView:
    """All the page shows."""

    meeting_id: str
    title: str
    phase: str
    badge: Badge
    crumbs: tuple[Crumb, ...]
    held: str
    note: str
    facts: tuple[MeetingFact, ...]
    rooms: tuple[str, ...]
    rooms_count: str
    log: tuple[LogLine, ...]
    has_older_log: bool
    can_end: bool
    can_cancel: bool
    can_change: bool
    can_repeat: bool
    can_restore: bool
    series: Crumb | None
    invitations: InvitationsView | None
    held_rooms: RoomsView | None
    agenda: AgendaView | None
    is_in_person: bool = True


@dataclass(frozen=True, slots=True)
class InPersonFacts:
    """What the view is made from; `host` is empty where no unit is known."""

    meeting: Meeting
    points: Sequence[Point]
    host: str
    events: Sequence[MeetingEvent]
    people: Mapping[str, str]
    log_shown: int
    is_office: bool
    series_place: tuple[int, int] | None
    invitations: InvitationsView | None = None
    held_rooms: RoomsView | None = None
    agenda: AgendaView | None = None


def view(words: Language, now: datetime, facts: InPersonFacts) -> InPersonView:
    """Return the page's view."""
    meeting, phase = facts.meeting, MeetingPhase(facts.meeting.state)
    names = {point.point_id: point.name for point in facts.points}
    shown = facts.log_shown
    log = meeting_log.lines(words, now, facts.events, names, shown + 1, facts.people)
    return InPersonView(
        meeting_id=meeting.meeting_id,
        title=meeting.title,
        phase=phase.value,
        badge=badges.of_meeting(phase.value, words),
        crumbs=(Crumb(words.gettext("Meetings"), "/meetings"), Crumb(meeting.title)),
        held=kinds.held_as_name(words, meeting.held_as),
        note=_note(words, phase),
        facts=_facts(words, meeting, names, facts.host),
        rooms=tuple(point.name for point in facts.points),
        rooms_count=words.ngettext("%(n)s point", "%(n)s points", len(facts.points)),
        log=log[:shown],
        has_older_log=len(log) > shown,
        can_end=facts.is_office and may_be_ended(phase, meeting.begins_at, now=now),
        can_cancel=facts.is_office and phase in (MeetingPhase.DRAFT, MeetingPhase.SCHEDULED),
        can_change=facts.is_office and phase not in (MeetingPhase.LIVE, MeetingPhase.CANCELLED),
        can_repeat=facts.is_office,
        can_restore=facts.is_office and may_be_restored(phase, meeting.begins_at, now=now),
        series=series_crumb(words, meeting, facts.series_place),
        invitations=facts.invitations,
        held_rooms=facts.held_rooms,
        agenda=facts.agenda,
    )


def _note(words: Language, phase: MeetingPhase) -> str:
    if phase is MeetingPhase.CANCELLED:
        return words.gettext("The meeting was cancelled. Its rooms are free.")
    if phase is MeetingPhase.ENDED:
        return words.gettext("The meeting was held in person, in the room.")
    return words.gettext(
        "People meet in the room: no screen joins, nothing is recorded. The rooms are held, and "
        "the meeting begins and ends by its hours."
    )


def _facts(
    words: Language, meeting: Meeting, names: Mapping[str, str], host: str
) -> tuple[MeetingFact, ...]:
    begins_at, ends_at = meeting.live_at or meeting.begins_at, meeting.ended_at or meeting.ends_at
    if MeetingPhase(meeting.state) is not MeetingPhase.ENDED:
        begins_at, ends_at = meeting.begins_at, meeting.ends_at
    chair_point = names.get(meeting.chair_point_id, meeting.chair_point_id)
    found = (
        (words.gettext("When"), f"{words.day(begins_at)}, {hours(words, begins_at, ends_at)}"),
        (words.gettext("Type"), kinds.kind_and_level(words, meeting)),
        (words.gettext("Host unit"), host),
        (words.gettext("Chair point"), chair_point),
        (words.gettext("Chaired by"), meeting.chair_name),
        (words.gettext("Secretary"), meeting.secretary),
        (words.gettext("Number of the invitation"), meeting.document_number),
    )
    return tuple(MeetingFact(name, value) for name, value in found if value)
