"""What is known of a meeting that is over: attendance, interruptions with causes, speeches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.participants import person_named
from controller.health import service as health
from controller.meetings.after.kept import (
    Changed,
    KeptGap,
    KeptParticipant,
    KeptRecord,
    MachineSeen,
)
from controller.meetings.after.rules import Leaving
from controller.meetings.after.tables import MeetingRecordChange
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.rollcall.rules import RollMark, RollState
from controller.meetings.rollcall.tables import RollCall
from controller.meetings.tables import Meeting
from controller.meetings.views import badges, kept_plan, roll_call
from controller.meetings.views.kept_plan import HeldItemRow, RehearsalsKept
from controller.meetings.views.meetings import hours
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import N_, Language

MOST_SHOWN = 100
MANY_TOGETHER = 3
_CHANGED = {
    Changed.HOURS: N_("the hours of the meeting"),
    Changed.WHO: N_("who is listed: %(name)s"),
    Changed.TIMES: N_("when %(name)s was in"),
    Changed.GAPS: N_("interruptions of %(name)s"),
    Changed.CAUSES: N_("causes of interruptions of %(name)s"),
    Changed.SPEECHES: N_("speeches"),
    Changed.REHEARSAL: N_("how %(name)s was rehearsed"),
    Changed.AGENDA: N_("the agenda"),
}


@dataclass(frozen=True, slots=True)
class AfterFacts:
    """What the view is made from."""

    meeting: Meeting
    record: KeptRecord | None
    made_at: datetime | None
    marks: Mapping[str, RollMark]
    call: RollCall
    changes: Sequence[MeetingRecordChange]


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One participant: how it stands in the roll, when it was in, what interrupted it."""

    number: int
    subject: str
    name: str
    href: str
    unit: str
    roll: Badge
    roll_note: str
    times: str
    length: str
    interruptions: str


@dataclass(frozen=True, slots=True)
class InterruptionRow:
    """One interruption, the longest first."""

    name: str
    href: str
    times: str
    length: str
    cause: str
    note: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class SpeechRow:
    """One time somebody had the floor."""

    number: int
    name: str
    times: str
    length: str


@dataclass(frozen=True, slots=True)
class MeetingFigure:
    """One figure of the meeting in short; `note` says what it is made of."""

    id: str
    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AfterView:
    """All that is shown of it. `waits`: why there are no figures yet, or never will be."""

    meeting_id: str
    title: str
    badge: Badge
    crumbs: tuple[Crumb, ...]
    facts: str
    is_over: bool
    has_record: bool
    waits: str
    standing: str
    figures: tuple[MeetingFigure, ...]
    attendance: tuple[AttendanceRow, ...]
    attendance_count: str
    is_folded: bool
    interruptions: tuple[InterruptionRow, ...]
    further_interruptions: str
    no_interruptions: str
    speeches: tuple[SpeechRow, ...]
    further_speeches: str
    no_speeches: str
    agenda: tuple[HeldItemRow, ...]
    rehearsals: RehearsalsKept | None
    changes: tuple[tuple[str, str], ...]


def view(words: Language, now: datetime, facts: AfterFacts) -> AfterView:
    """Return the view of what is kept of a meeting."""
    meeting, record = facts.meeting, facts.record
    phase = MeetingPhase(meeting.state)
    shown = record.participants if record else ()
    away = sorted(
        ((one, gap) for one in shown for gap in one.gaps), key=lambda pair: -pair[1].length
    )
    cuts = [pair for pair in away if pair[1].leaving is Leaving.CUT]
    spoken = record.speeches if record else ()
    return AfterView(
        meeting_id=meeting.meeting_id,
        title=meeting.title,
        badge=badges.of_meeting(phase.value, words),
        crumbs=(
            Crumb(words.gettext("Meetings"), "/meetings"),
            Crumb(meeting.title, f"/meetings/{meeting.meeting_id}"),
            Crumb(words.gettext("Minutes and figures")),
        ),
        facts=held(words, meeting, record),
        is_over=phase is MeetingPhase.ENDED,
        has_record=record is not None,
        waits=_waits(words, meeting, phase, record),
        standing=_standing(words, now, facts),
        figures=tuple(_figures(words, facts, cuts)) if record else (),
        attendance=tuple(
            _attendance(words, one, number, facts.marks.get(one.subject))
            for number, one in enumerate(shown, start=1)
        ),
        attendance_count=words.ngettext("%(n)s participant", "%(n)s participants", len(shown)),
        is_folded=len(shown) > 40,
        interruptions=tuple(_interruption(words, *pair) for pair in away[:MOST_SHOWN]),
        further_interruptions=_further(words, len(away)),
        no_interruptions=_no_interruptions(words, meeting, record),
        speeches=tuple(
            SpeechRow(
                number,
                one.name,
                f"{words.time_exact(one.began_at)}–{words.time_exact(one.ended_at)}",
                words.duration(one.length),
            )
            for number, one in enumerate(spoken[:MOST_SHOWN], start=1)
        ),
        further_speeches=_further(words, len(spoken)),
        no_speeches=_no_speeches(words, meeting),
        agenda=kept_plan.agenda(words, record),
        rehearsals=kept_plan.rehearsals(words, record),
        changes=_changes(words, now, facts),
    )


def held(words: Language, meeting: Meeting, record: KeptRecord | None) -> str:
    """Return when it was held, else when it is to be."""
    began_at, ended_at = (
        (record.held_from, record.held_until) if record else (meeting.begins_at, meeting.ends_at)
    )
    return f"{words.day(began_at)}, {hours(words, began_at, ended_at)}"


def cause(words: Language, gap: KeptGap) -> str:
    """Return why somebody was interrupted, as far as it is known."""
    if gap.cause or gap.is_declared:
        return health.cause_named(
            words, gap.cause, is_certain=gap.is_certain, is_declared=gap.is_declared
        )
    if gap.known is MachineSeen.OUT:
        return words.gettext("The point's machine was not heard; its cause is not judged yet")
    if gap.leaving is Leaving.LEFT:
        return words.gettext("Left the meeting in order")
    if gap.known is MachineSeen.HEARD:
        return words.gettext("Pictures and sound broke off; the machine went on reporting")
    return words.gettext("Cause not known")


def roll_badge(words: Language, mark: RollMark | None) -> Badge:
    """Return how somebody stands in the roll."""
    return roll_call.badge(words, mark.state if mark else RollState.UNCALLED)


def _waits(
    words: Language, meeting: Meeting, phase: MeetingPhase, record: KeptRecord | None
) -> str:
    if phase is MeetingPhase.CANCELLED:
        return words.gettext("The meeting was cancelled. There is nothing to keep of it.")
    if phase is not MeetingPhase.ENDED:
        return words.gettext("Figures are made by themselves when the meeting has ended.")
    if record is None:
        return words.gettext("The figures are being made; they are here within a minute.")
    if not meeting.is_joined:
        return words.gettext(
            "The meeting was held in person: nobody joined it here. Who was there says the roll "
            "call."
        )
    if not record.is_heard:
        return words.gettext(
            "No relay told who came in: nobody joined, or no relay was heard. Who was there says "
            "the roll call."
        )
    return ""


def _standing(words: Language, now: datetime, facts: AfterFacts) -> str:
    if facts.made_at is None:
        return ""
    return words.gettext(
        "Made by itself, last looked at %(time)s. Late reports of points may still change causes.",
        time=words.moment(facts.made_at, now),
    )


def _figures(
    words: Language, facts: AfterFacts, cuts: Sequence[tuple[KeptParticipant, KeptGap]]
) -> list[MeetingFigure]:
    record = facts.record
    if record is None:
        return []
    found = []
    invited = sum(one.is_invited for one in record.participants)
    if facts.meeting.is_joined:
        affected = len({one.subject for one, _ in cuts})
        lost = sum((gap.length for _, gap in cuts), timedelta())
        found += [
            MeetingFigure("came", words.gettext("Came in"), f"{record.came}/{invited}"),
            MeetingFigure(
                "interruptions",
                words.gettext("Interruptions"),
                words.number(len(cuts)),
                words.ngettext("at %(n)s point, ", "at %(n)s points, ", affected)
                + words.duration(lost)
                if cuts
                else words.gettext("nobody was interrupted"),
            ),
            MeetingFigure(
                "speeches", words.gettext("Speeches"), words.number(len(record.speeches))
            ),
        ]
    there = sum(mark.state.is_there for mark in facts.marks.values())
    called = sum(mark.state is not RollState.UNCALLED for mark in facts.marks.values())
    found.append(
        MeetingFigure(
            "roll",
            words.gettext("Roll call"),
            f"{there}/{invited}" if called else "–",
            words.gettext("closed")
            if facts.call.closed_at
            else words.gettext("%(n)s called", n=words.number(called)),
        )
    )
    found.append(
        MeetingFigure(
            "held", words.gettext("Held for"), words.duration(record.held_until - record.held_from)
        )
    )
    return found


def _attendance(
    words: Language, one: KeptParticipant, number: int, mark: RollMark | None
) -> AttendanceRow:
    came, left = one.came_at, one.left_at
    times = f"{words.time(came)}–{words.time(left)}" if came and left else ""
    lost = ""
    if one.cuts:
        count = words.ngettext("%(n)s time", "%(n)s times", len(one.cuts))
        lost = f"{count}, {words.duration(one.gone)}"
    return AttendanceRow(
        number=number,
        subject=one.subject,
        name=one.name,
        href="" if person_named(one.subject) else f"/points/{one.subject}",
        unit=one.unit,
        roll=roll_badge(words, mark),
        roll_note=mark.detail if mark else "",
        times=times or words.gettext("did not come in"),
        length=words.duration(one.length) if came else "",
        interruptions=lost,
    )


def _interruption(words: Language, one: KeptParticipant, gap: KeptGap) -> InterruptionRow:
    notes = []
    if not gap.has_come_back:
        notes.append(words.gettext("did not come back"))
    if gap.together >= MANY_TOGETHER:
        others = gap.together - 1
        notes.append(
            words.ngettext("together with %(n)s other", "together with %(n)s others", others)
        )
    is_cut = gap.leaving is Leaving.CUT
    badge = Badge("down", "state-down", words.gettext("Cut off"))
    if not is_cut:
        badge = Badge("excluded", "state-excluded", words.gettext("Left"))
    return InterruptionRow(
        name=one.name,
        href="" if person_named(one.subject) else f"/points/{one.subject}",
        times=f"{words.time_exact(gap.began_at)}–{words.time_exact(gap.ended_at)}",
        length=words.duration(gap.length),
        cause=cause(words, gap),
        note=", ".join(notes),
        badge=badge,
    )


def _further(words: Language, count: int) -> str:
    if count <= MOST_SHOWN:
        return ""
    return words.ngettext(
        "%(n)s more is in the Excel file.", "%(n)s more are in the Excel file.", count - MOST_SHOWN
    )


def _no_interruptions(words: Language, meeting: Meeting, record: KeptRecord | None) -> str:
    if record is None or not meeting.is_joined or not record.is_heard:
        return words.gettext("Nothing is known of interruptions.")
    return words.gettext("Nobody who came in was interrupted.")


def _no_speeches(words: Language, meeting: Meeting) -> str:
    if not meeting.is_joined:
        return words.gettext("In person nobody is given the floor here.")
    return words.gettext("Nobody was given the floor. In a discussion speeches are not counted.")


def _changes(words: Language, now: datetime, facts: AfterFacts) -> tuple[tuple[str, str], ...]:
    names = {one.subject: one.name for one in facts.record.participants} if facts.record else {}
    return tuple(
        (
            words.moment(one.changed_at, now),
            words.gettext(_CHANGED[Changed(one.what)], name=names.get(one.subject, one.subject)),
        )
        for one in facts.changes
    )
