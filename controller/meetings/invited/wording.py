"""What an invitation says: subject, text, where, in the words of the office."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from contracts.local_days import ZONE
from controller.meetings.agenda import AgendaItem, planned
from controller.meetings.invited.invitees import NAMES_SHOWN, LetterKind
from controller.meetings.kinds import HeldAs
from controller.meetings.tables import Meeting
from controller.web.i18n.language import N_, Language

MAX_SUBJECT_CHARS = 200
_HELD = {HeldAs.ONLINE: N_("Online"), HeldAs.IN_PERSON: N_("In person")}


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What is said of a meeting to one person."""

    title: str
    begins_at: datetime
    ends_at: datetime
    document_number: str
    held_as: HeldAs
    host: str
    chair_name: str
    chair_point: str
    where: str
    page: str
    agenda: tuple[str, ...] = ()

    def told(self) -> tuple[str, ...]:
        """Return what makes a letter another one."""
        return (
            self.title,
            self.begins_at.isoformat(),
            self.ends_at.isoformat(),
            self.document_number,
            self.held_as.value,
            self.host,
            self.chair_name,
            self.chair_point,
            self.where,
            *self.agenda,
        )


def facts_of(meeting: Meeting, chair_point: str, host: str, where: str, page: str) -> LetterFacts:
    """Return what is said of a meeting."""
    return LetterFacts(
        meeting.title,
        meeting.begins_at,
        meeting.ends_at,
        meeting.document_number,
        HeldAs(meeting.held_as),
        host,
        meeting.chair_name,
        chair_point,
        where,
        page,
    )


@lru_cache(maxsize=16)
def agenda_lines(items: tuple[AgendaItem, ...], begins_at: datetime) -> tuple[str, ...]:
    """Return an agenda line by line: when, what, who. The same for all who are told of it."""
    hours = planned(items, begins_at)
    return tuple(
        f"{begins.astimezone(ZONE):%H:%M}–{ends.astimezone(ZONE):%H:%M} {one.title}"
        + (f" ({one.speaker})" if one.speaker else "")
        for one, (begins, ends) in zip(items, hours, strict=True)
    )


def where_of(words: Language, points: tuple[str, ...]) -> str:
    """Return where somebody is to be: the names of their points, of many the first."""
    shown = "; ".join(points[:NAMES_SHOWN])
    more = len(points) - NAMES_SHOWN
    if more <= 0:
        return shown
    return words.gettext("%(names)s and %(n)s more points", names=shown, n=more)


def subject(words: Language, what: LetterKind, facts: LetterFacts, *, is_off: bool) -> str:
    """Return a letter's subject; `is_off`: the meeting is cancelled."""
    at = f"{words.time(facts.begins_at)} {words.date(facts.begins_at)}"
    texts = {
        LetterKind.REQUEST: words.gettext(
            "Invitation: %(title)s (%(at)s)", title=facts.title, at=at
        ),
        LetterKind.UPDATE: words.gettext(
            "Changed invitation: %(title)s (%(at)s)", title=facts.title, at=at
        ),
        LetterKind.CANCEL: words.gettext("Cancelled: %(title)s (%(at)s)", title=facts.title, at=at)
        if is_off
        else words.gettext("No longer invited: %(title)s (%(at)s)", title=facts.title, at=at),
    }
    return texts[what][:MAX_SUBJECT_CHARS]


def description(words: Language, facts: LetterFacts) -> str:
    """Return what stands in the calendar beside title, time and place."""
    lines = [words.gettext("Held: %(how)s", how=words.gettext(_HELD[facts.held_as]))]
    if facts.host:
        lines.append(words.gettext("Host unit: %(name)s", name=facts.host))
    if facts.chair_name:
        lines.append(words.gettext("Chaired by: %(name)s", name=facts.chair_name))
    lines.append(words.gettext("Chair's point: %(name)s", name=facts.chair_point))
    if facts.document_number:
        lines.append(words.gettext("Document: %(number)s", number=facts.document_number))
    if facts.agenda:
        lines += [words.gettext("Agenda:"), *facts.agenda]
    if facts.page:
        lines.append(words.gettext("The meeting's page: %(link)s", link=facts.page))
    return "\n".join(lines)


def text(words: Language, what: LetterKind, name: str, facts: LetterFacts, *, is_off: bool) -> str:
    """Return a letter's text.

    Args:
        is_off: the meeting is cancelled, not only this invitation.
    """
    begins, ends = facts.begins_at, facts.ends_at
    openings = {
        LetterKind.REQUEST: words.gettext("You are invited to this meeting."),
        LetterKind.UPDATE: words.gettext(
            "This meeting has changed. From now on the following counts."
        ),
        LetterKind.CANCEL: words.gettext("This meeting is cancelled.")
        if is_off
        else words.gettext("You are no longer invited to this meeting."),
    }
    lines = [
        words.gettext("Dear %(name)s,", name=name),
        "",
        openings[what],
        "",
        facts.title,
        words.gettext(
            "Time: %(begins)s to %(ends)s, %(day)s",
            begins=words.time(begins),
            ends=words.time(ends),
            day=words.day(begins),
        ),
        words.gettext("Place: %(where)s", where=facts.where),
    ]
    if what is not LetterKind.CANCEL:
        lines += description(words, facts).split("\n")
    lines += ["", words.gettext("Respectfully,"), facts.host]
    return "\n".join(lines).rstrip() + "\n"
