"""The files of a meeting: who brought them, what opens them, and how they come onto the stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.meetings.handouts.desk import HAD_BACK_FOR, MAX_HANDOUT_BYTES, MAX_HANDOUTS
from controller.meetings.handouts.handout_queries import HandoutFacts, RemovedFacts
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting
from controller.meetings.views import badges
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class HandoutLine:
    """One file; `href` shows it, and saves it where one asks for that; or has it back."""

    handout_id: int
    href: str
    name: str
    told: str


@dataclass(frozen=True, slots=True)
class HandoutsView:
    """The page."""

    meeting_id: str
    title: str
    badge: Badge
    crumbs: tuple[Crumb, ...]
    lines: tuple[HandoutLine, ...]
    removed: tuple[HandoutLine, ...]
    count: str
    can_act: bool
    can_bring: bool
    most_mib: int
    most: int
    problem: str


def view(
    words: Language,
    now: datetime,
    meeting: Meeting,
    files: Sequence[HandoutFacts],
    removed: Sequence[RemovedFacts],
    people: Mapping[str, str],
    *,
    is_office: bool,
    problem: str,
) -> HandoutsView:
    """Return the page of a meeting's files."""
    phase = MeetingPhase(meeting.state)
    address = f"/meetings/{meeting.meeting_id}"
    can_act = is_office and phase is not MeetingPhase.CANCELLED
    return HandoutsView(
        meeting_id=meeting.meeting_id,
        title=meeting.title,
        badge=badges.of_meeting(phase.value, words),
        crumbs=(
            Crumb(words.gettext("Meetings"), "/meetings"),
            Crumb(meeting.title, address),
            Crumb(words.gettext("Files of the meeting")),
        ),
        lines=tuple(
            HandoutLine(
                one.handout_id,
                f"{address}/handouts/{one.handout_id}.pdf",
                one.file_name,
                f"{people.get(one.brought_by, one.brought_by)}, "
                f"{words.moment(one.brought_at, now)} · {words.data(one.size_bytes)}",
            )
            for one in files
        ),
        removed=tuple(
            HandoutLine(
                one.handout_id,
                f"{address}/handouts/{one.handout_id}/restore",
                one.file_name,
                words.gettext(
                    "deleted by %(who)s, %(time)s",
                    who=people.get(one.removed_by, one.removed_by),
                    time=words.moment(one.removed_at, now),
                ),
            )
            for one in removed
            if can_act and now - one.removed_at <= HAD_BACK_FOR
        ),
        count=words.ngettext("%(n)s file", "%(n)s files", len(files)),
        can_act=can_act,
        can_bring=can_act and len(files) < MAX_HANDOUTS,
        most_mib=MAX_HANDOUT_BYTES // 2**20,
        most=MAX_HANDOUTS,
        problem=problem,
    )
