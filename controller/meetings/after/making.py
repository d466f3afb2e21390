"""What is kept of a meeting is made: of its log, who was invited, and why points were out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from contracts.ids import PointId
from contracts.participants import person_named
from controller.health import service as health
from controller.health.service import SaidOutage
from controller.meetings import agenda, agenda_queries, event_queries
from controller.meetings.after import record_queries
from controller.meetings.after.kept import (
    MAX_GAPS,
    MAX_SPEECHES,
    KeptAgendaItem,
    KeptGap,
    KeptParticipant,
    KeptRecord,
    KeptRehearsal,
    KeptSpan,
    KeptSpeech,
    MachineSeen,
)
from controller.meetings.after.rules import (
    Attended,
    Cuts,
    Leaving,
    PointOutage,
    Span,
    StayGap,
    attended,
    interruptions,
    items_held,
    outage_of,
    speeches,
)
from controller.meetings.guests import service as guests
from controller.meetings.rollcall import roll_queries
from controller.meetings.rollcall.roll import subjects_of
from controller.meetings.tables import Meeting
from controller.places import service as places
from controller.rehearsals import outcomes as rehearsals
from controller.rehearsals.outcomes import RehearsedPoint
from monitoring.judgement.periods import Period

MAX_NAME_CHARS = 120


def made(state: Session, series: Session, meeting: Meeting, *, now: datetime) -> KeptRecord:
    """Return what is to be kept of a meeting that has ended."""
    held = _held(meeting)
    moved = roll_queries.movements(state, meeting.meeting_id)
    invited = subjects_of(state, meeting.meeting_id)
    known = dict.fromkeys(invited, True)
    for subject in record_queries.took_part(state, meeting.meeting_id):
        known.setdefault(subject, False)
    seen = {subject: attended(moved.get(subject, ()), until=held.ended_at) for subject in known}
    gaps = {subject: interruptions(one, held)[:MAX_GAPS] for subject, one in seen.items()}
    spoken = speeches(event_queries.floor_turns(state, meeting.meeting_id), ended_at=held.ended_at)[
        :MAX_SPEECHES
    ]
    names, units = _names(state, {*known, *(one.who for one in spoken)})
    why = _reasons(series, gaps, held, now)
    tried = rehearsals.of_meeting(state, meeting)
    return KeptRecord(
        held_from=held.began_at,
        held_until=held.ended_at,
        is_heard=any(one.spans for one in seen.values()),
        participants=tuple(
            KeptParticipant(
                subject=subject,
                name=names.get(subject, subject),
                unit=units.get(subject, ""),
                is_invited=is_invited,
                spans=_spans(seen[subject]),
                gaps=tuple(why[subject]),
                rehearsal=_rehearsal(tried.get(subject)),
            )
            for subject, is_invited in known.items()
        ),
        speeches=tuple(
            KeptSpeech(
                who=one.who,
                name=names.get(one.who, one.who),
                began_at=one.began_at,
                ended_at=one.ended_at,
            )
            for one in spoken
        ),
        agenda=_agenda(state, meeting, held),
    )


def is_of(state: Session, meeting: Meeting, content: KeptRecord) -> bool:
    """Return whether what was made is of a meeting as it is now: its hours, who was invited."""
    held = _held(meeting)
    invited = list(dict.fromkeys(subjects_of(state, meeting.meeting_id)))
    return (content.held_from, content.held_until) == (held.began_at, held.ended_at) and [
        one.subject for one in content.participants if one.is_invited
    ] == invited


def _held(meeting: Meeting) -> Span:
    began_at = meeting.live_at or meeting.begins_at
    return Span(began_at, max(meeting.ended_at or meeting.ends_at, began_at))


def _spans(seen: Attended) -> tuple[KeptSpan, ...]:
    return tuple(KeptSpan(began_at=one.began_at, ended_at=one.ended_at) for one in seen.spans)


def _rehearsal(said: RehearsedPoint | None) -> KeptRehearsal | None:
    if said is None:
        return None
    return KeptRehearsal(verdict=said.verdict.value, cause=said.cause, judged_at=said.judged_at)


def _agenda(state: Session, meeting: Meeting, held: Span) -> tuple[KeptAgendaItem, ...]:
    items = agenda_queries.of_meeting(state, meeting.meeting_id)
    hours = agenda.planned(items, meeting.begins_at)
    return tuple(
        KeptAgendaItem(
            title=one.title,
            speaker=one.speaker,
            planned_from=begins_at,
            planned_until=ends_at,
            began_at=was.began_at if was else None,
            ended_at=was.ended_at if was else None,
        )
        for one, (begins_at, ends_at), was in zip(
            items, hours, items_held(items, held), strict=True
        )
    )


def _names(state: Session, subjects: Collection[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what participants are called, and the units of those that are points."""
    people = {subject: name for subject in subjects if (name := person_named(subject)) is not None}
    points = places.points_by_id(state, [one for one in subjects if one not in people])
    units = places.unit_names(state, {one.unit_id for one in points.values()})
    called = guests.called(state, people.values())
    names = {point.point_id: point.name for point in points.values()}
    names |= {subject: called.get(name, name) for subject, name in people.items()}
    return (
        {subject: name[:MAX_NAME_CHARS] for subject, name in names.items()},
        {one.point_id: units.get(one.unit_id, "")[:MAX_NAME_CHARS] for one in points.values()},
    )


def _reasons(
    series: Session, gaps: Mapping[str, Sequence[StayGap]], held: Span, now: datetime
) -> dict[str, list[KeptGap]]:
    """Return the gaps of everybody, each with what is known of its cause."""
    cuts = Cuts(
        {
            subject: [one.began_at for one in own if one.leaving is Leaving.CUT]
            for subject, own in gaps.items()
        }
    )
    points = [PointId(one) for one, own in gaps.items() if own and person_named(one) is None]
    period = Period(held.began_at, max(held.ended_at, held.began_at))
    out = health.outages_during(series, points, period, now) if points else {}
    return {
        subject: [_reason(one, out.get(PointId(subject)), cuts) for one in own]
        for subject, own in gaps.items()
    }


def _reason(gap: StayGap, out: Iterable[SaidOutage] | None, cuts: Cuts) -> KeptGap:
    by_key = {one.began_at: one for one in out or ()}
    found = outage_of(
        gap, (PointOutage(one.began_at, one.ended_at, key) for key, one in by_key.items())
    )
    said = by_key[found.key] if found else None
    known = (
        MachineSeen.UNKNOWN
        if out is None
        else MachineSeen.HEARD
        if said is None
        else MachineSeen.OUT
    )
    return KeptGap(
        began_at=gap.began_at,
        ended_at=gap.ended_at,
        leaving=gap.leaving,
        has_come_back=gap.has_come_back,
        known=known,
        cause=said.cause.value if said and said.cause else "",
        is_certain=bool(said and said.is_certain),
        is_declared=bool(said and said.is_declared),
        together=cuts.together(gap.began_at) if gap.leaving is Leaving.CUT else 1,
    )
