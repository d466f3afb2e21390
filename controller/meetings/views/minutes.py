"""The minutes of a meeting as they are written, locked, handed out and taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.minutes.minutes_queries import ISSUED, FileFacts
from controller.meetings.minutes.minutes_text import (
    MAX_NUMBER_CHARS,
    MinutesText,
    paragraphs,
)
from controller.meetings.minutes.signed_file import MAX_SIGNED_BYTES, PrefixVerdict
from controller.meetings.minutes.tables import MeetingMinutes, MinutesEdit
from controller.meetings.tables import Meeting
from controller.meetings.views import badges
from controller.meetings.views.meetings import hours
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import N_, Language

_VERDICTS = {
    PrefixVerdict.FOLLOWS: (
        Badge("tick", "state-up", N_("Holds the file that was handed out, byte for byte")),
        N_("Something was added to its end, as signing does."),
    ),
    PrefixVerdict.SAME: (
        Badge("degraded", "state-degraded", N_("The very file that was handed out")),
        N_("Nothing was added to it, so that it is not signed."),
    ),
    PrefixVerdict.SHORTER: (
        Badge("down", "state-down", N_("Differs: it is cut short")),
        N_("It ends where the file that was handed out goes on."),
    ),
    PrefixVerdict.DIFFERS: (
        Badge("down", "state-down", N_("Differs from the file that was handed out")),
        N_("A scan of a paper, or a file saved anew, is another file; compare it by reading."),
    ),
}


@dataclass(frozen=True, slots=True)
class SavedState:
    """What stands below the form. `version`: that on which is written; `over`: of another's."""

    version: int
    text: str
    problem: str = ""
    over: int | None = None


@dataclass(frozen=True, slots=True)
class MinutesFileLine:
    """One file. `badge` None: it was handed out; `href` empty: its content has left."""

    href: str
    name: str
    told: str
    sha256: str
    badge: Badge | None
    note: str


@dataclass(frozen=True, slots=True)
class EditLine:
    """The minutes as somebody left them."""

    href: str
    time: str
    who: str


@dataclass(frozen=True, slots=True)
class MinutesPageFacts:
    """What the view is made from."""

    meeting: Meeting
    minutes: MeetingMinutes
    edits: Sequence[MinutesEdit]
    files: Sequence[FileFacts]
    people: Mapping[str, str]
    called: int
    has_record: bool
    is_office: bool
    typed: MinutesText | None = None
    saved: SavedState | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class MinutesView:
    """All the page shows."""

    meeting_id: str
    title: str
    badge: Badge
    crumbs: tuple[Crumb, ...]
    facts: str
    can_write: bool
    can_lock: bool
    can_unlock: bool
    can_bring: bool
    is_locked: bool
    has_paper: bool
    why_not: str
    standing: str
    reopened: str
    lock_notes: tuple[str, ...]
    number: str
    content: str
    conclusions: str
    paragraphs: tuple[str, ...]
    concluded: tuple[str, ...]
    most_number: int
    most_mib: int
    saved: SavedState
    files: tuple[MinutesFileLine, ...]
    edits: tuple[EditLine, ...]
    problem: str


@dataclass(frozen=True, slots=True)
class FormerView:
    """The minutes as they were left once."""

    title: str
    crumbs: tuple[Crumb, ...]
    told: str
    number: str
    paragraphs: tuple[str, ...]
    concluded: tuple[str, ...]


def view(words: Language, now: datetime, facts: MinutesPageFacts) -> MinutesView:
    """Return the page's view."""
    meeting, minutes = facts.meeting, facts.minutes
    phase = MeetingPhase(meeting.state)
    is_their_time = phase in (MeetingPhase.LIVE, MeetingPhase.ENDED)
    is_locked = minutes.locked_at is not None
    text = facts.typed or MinutesText(minutes.number, minutes.content, minutes.conclusions)
    return MinutesView(
        meeting_id=meeting.meeting_id,
        title=meeting.title,
        badge=badges.of_meeting(phase.value, words),
        crumbs=_crumbs(words, meeting),
        facts=f"{words.day(meeting.begins_at)}, "
        f"{hours(words, meeting.begins_at, meeting.ended_at or meeting.ends_at)}",
        can_write=facts.is_office and is_their_time and not is_locked,
        can_lock=facts.is_office
        and phase is MeetingPhase.ENDED
        and not is_locked
        and facts.has_record,
        can_unlock=facts.is_office and is_locked,
        can_bring=facts.is_office and any(one.kind == ISSUED for one in facts.files),
        is_locked=is_locked,
        has_paper=is_their_time,
        why_not=_why_not(words, phase, facts),
        standing=_standing(words, now, facts),
        reopened=_reopened(words, now, facts),
        lock_notes=tuple(_lock_notes(words, facts, text)),
        number=text.number,
        content=text.content,
        conclusions=text.conclusions,
        paragraphs=tuple(paragraphs(text.content)),
        concluded=tuple(paragraphs(text.conclusions)),
        most_number=MAX_NUMBER_CHARS,
        most_mib=MAX_SIGNED_BYTES // 2**20,
        saved=facts.saved or _saved(words, now, facts),
        files=tuple(_file(words, now, facts, one) for one in facts.files),
        edits=tuple(
            EditLine(
                f"/meetings/{meeting.meeting_id}/minutes/edits/{one.version}",
                words.moment(one.edited_at, now),
                facts.people.get(one.edited_by, one.edited_by),
            )
            for one in facts.edits
        ),
        problem=facts.problem,
    )


def former(
    words: Language,
    now: datetime,
    meeting: Meeting,
    edit: MinutesEdit,
    people: Mapping[str, str],
) -> FormerView:
    """Return the view of the minutes as they were left once."""
    *trail, _ = _crumbs(words, meeting)
    last = Crumb(words.gettext("Minutes"), f"/meetings/{meeting.meeting_id}/minutes")
    time = words.moment(edit.edited_at, now)
    return FormerView(
        title=meeting.title,
        crumbs=(*trail, last, Crumb(time)),
        told=words.gettext(
            "As %(who)s left them %(time)s.",
            who=people.get(edit.edited_by, edit.edited_by),
            time=time,
        ),
        number=edit.number,
        paragraphs=tuple(paragraphs(edit.content)),
        concluded=tuple(paragraphs(edit.conclusions)),
    )


def just_saved(words: Language, now: datetime, version: int) -> SavedState:
    """Return what is said once it is kept."""
    return SavedState(version, words.gettext("Saved at %(time)s.", time=words.time_exact(now)))


def not_saved(
    words: Language, version: int, problem: str, *, theirs: int, is_conflict: bool
) -> SavedState:
    """Return what is said where it is not kept.

    Args:
        theirs: the version that is kept.
    """
    return SavedState(
        version, words.gettext("Not saved."), problem, theirs if is_conflict else None
    )


def _crumbs(words: Language, meeting: Meeting) -> tuple[Crumb, ...]:
    return (
        Crumb(words.gettext("Meetings"), "/meetings"),
        Crumb(meeting.title, f"/meetings/{meeting.meeting_id}"),
        Crumb(words.gettext("Minutes")),
    )


def _why_not(words: Language, phase: MeetingPhase, facts: MinutesPageFacts) -> str:
    if phase is MeetingPhase.CANCELLED:
        return words.gettext("The meeting was cancelled: there are no minutes of it.")
    if phase in (MeetingPhase.DRAFT, MeetingPhase.SCHEDULED):
        return words.gettext("Minutes can be written from the beginning of the meeting on.")
    if phase is MeetingPhase.LIVE and facts.is_office:
        return words.gettext("They can be locked when the meeting has ended.")
    if phase is MeetingPhase.ENDED and not facts.has_record:
        return words.gettext("The figures are being made; they are here within a minute.")
    return ""


def _saved(words: Language, now: datetime, facts: MinutesPageFacts) -> SavedState:
    minutes = facts.minutes
    if minutes.edited_at is None:
        return SavedState(minutes.version, words.gettext("Nothing is written yet."))
    return SavedState(
        minutes.version,
        words.gettext(
            "Last saved %(time)s by %(who)s.",
            time=words.moment(minutes.edited_at, now),
            who=facts.people.get(minutes.edited_by, minutes.edited_by),
        ),
    )


def _standing(words: Language, now: datetime, facts: MinutesPageFacts) -> str:
    minutes = facts.minutes
    if minutes.locked_at is None:
        return ""
    return words.gettext(
        "%(who)s locked minutes and roll %(time)s. The PDF for signature is below.",
        who=facts.people.get(minutes.locked_by, minutes.locked_by),
        time=words.moment(minutes.locked_at, now),
    )


def _reopened(words: Language, now: datetime, facts: MinutesPageFacts) -> str:
    minutes = facts.minutes
    if minutes.unlocked_at is None:
        return ""
    return words.gettext(
        "%(who)s unlocked them %(time)s: %(reason)s",
        who=facts.people.get(minutes.unlocked_by, minutes.unlocked_by),
        time=words.moment(minutes.unlocked_at, now),
        reason=minutes.reason,
    )


def _lock_notes(words: Language, facts: MinutesPageFacts, text: MinutesText) -> list[str]:
    """Return what whoever locks should know before."""
    found = []
    if not facts.called:
        found.append(words.gettext("Nobody was called in the roll; they then say who joined."))
    if not text.content:
        found.append(words.gettext("No content is written."))
    if not text.conclusions:
        found.append(words.gettext("No conclusions are written."))
    if not text.number:
        found.append(words.gettext("The minutes have no number; dots stand in its place."))
    return found


def _file(
    words: Language, now: datetime, facts: MinutesPageFacts, one: FileFacts
) -> MinutesFileLine:
    told = f"{facts.people.get(one.taken_by, one.taken_by)}, {words.moment(one.taken_at, now)}"
    told = f"{told} · {words.data(one.size_bytes)}"
    badge, note = None, ""
    if one.kind != ISSUED:
        shape, said = _VERDICTS[PrefixVerdict(one.verdict)]
        badge = Badge(shape.icon, shape.css, words.gettext(shape.word))
        note = words.gettext(said)
        if one.differs_at is not None:
            at = words.number(one.differs_at)
            note = words.gettext("First at byte %(n)s.", n=at) + " " + note
        mark = N_("It holds a digital signature, which is not verified here.")
        none = N_("No digital signature is found in it.")
        note += " " + words.gettext(mark if one.has_signature else none)
    href = f"/meetings/{facts.meeting.meeting_id}/minutes/files/{one.file_id}"
    if not one.has_content:
        href = ""
        left = words.gettext("Its content is no longer kept, for newer files.")
        note = f"{note} {left}".strip()
    return MinutesFileLine(
        href=href,
        name=one.file_name,
        told=told,
        sha256=one.sha256,
        badge=badge,
        note=note,
    )
