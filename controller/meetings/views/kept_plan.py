"""What was planned and tried of a meeting that is over: its agenda, how points were rehearsed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.meetings.after.kept import (
    KeptAgendaItem,
    KeptParticipant,
    KeptRecord,
    KeptRehearsal,
)
from controller.rehearsals import wording
from controller.rehearsals.going import counted
from controller.rehearsals.verdict import PointVerdict
from controller.web.elements import Badge
from controller.web.i18n.language import Language

MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class HeldItemRow:
    """One item; `held` and `note` empty: nobody said when it was held."""

    number: str
    title: str
    speaker: str
    planned: str
    held: str
    note: str


@dataclass(frozen=True, slots=True)
class RehearsedRow:
    """One point that was not ready when it was last rehearsed."""

    name: str
    href: str
    badge: Badge
    cause: str
    when: str


@dataclass(frozen=True, slots=True)
class RehearsalsKept:
    """How the points of a meeting were rehearsed: in one sentence, and those that were not ready.

    `further`: how many more there are, said.
    """

    summary: str
    rows: tuple[RehearsedRow, ...]
    further: str


def agenda(words: Language, record: KeptRecord | None) -> tuple[HeldItemRow, ...]:
    """Return the agenda as it was planned and held; empty: there was none."""
    return tuple(
        HeldItemRow(
            number=words.number(number),
            title=one.title,
            speaker=one.speaker,
            planned=_times(words, one.planned_from, one.planned_until),
            held=held(words, one),
            note=_note(words, one),
        )
        for number, one in enumerate(record.agenda if record else (), start=1)
    )


def held(words: Language, one: KeptAgendaItem) -> str:
    """Return when an item was held; empty: nobody said so."""
    if one.began_at is None or one.ended_at is None:
        return ""
    return _times(words, one.began_at, one.ended_at)


def rehearsals(words: Language, record: KeptRecord | None) -> RehearsalsKept | None:
    """Return how points were rehearsed; None: none was."""
    if record is None or not record.rehearsed:
        return None
    wrong = not_ready(record)
    more = len(wrong) - MOST_ROWS
    return RehearsalsKept(
        summary=_summary(words, record),
        rows=tuple(
            RehearsedRow(
                one.name,
                f"/points/{one.subject}",
                badge(words, said),
                cause(words, said),
                words.moment(said.judged_at, record.held_from),
            )
            for one, said in wrong[:MOST_ROWS]
        ),
        further=words.ngettext(
            "%(n)s more is in the Excel file.", "%(n)s more are in the Excel file.", more
        )
        if more > 0
        else "",
    )


def not_ready(record: KeptRecord) -> list[tuple[KeptParticipant, KeptRehearsal]]:
    """Return those who were not ready when they were last rehearsed, the worst first."""
    order = {verdict.value: place for place, verdict in enumerate(PointVerdict)}
    wrong = [pair for pair in record.rehearsed if pair[1].verdict != PointVerdict.READY.value]
    return sorted(wrong, key=lambda pair: order.get(pair[1].verdict, 0))


def ready(record: KeptRecord) -> int:
    """Return how many stood ready when they were last rehearsed."""
    return len(record.rehearsed) - len(not_ready(record))


def badge(words: Language, said: KeptRehearsal) -> Badge:
    """Return a verdict as it is drawn; one that is not known any more as no result."""
    return wording.verdict_badge(words, _verdict(said))


def cause(words: Language, said: KeptRehearsal) -> str:
    """Return why a point was not ready; empty: it was."""
    return wording.why_and_what(words, said.cause).why


def _verdict(said: KeptRehearsal) -> PointVerdict:
    known = {one.value: one for one in PointVerdict}
    return known.get(said.verdict, PointVerdict.NO_RESULT)


def _summary(words: Language, record: KeptRecord) -> str:
    verdicts = [_verdict(said) for _, said in record.rehearsed]
    count = counted(verdicts, PointVerdict.READY)
    return words.gettext(
        "%(ready)s of %(total)s points that were rehearsed stood ready; %(risk)s at risk, "
        "%(bad)s not ready, %(none)s without a result.",
        ready=words.number(count.ready),
        total=words.number(count.total),
        risk=words.number(count.at_risk),
        bad=words.number(count.not_ready),
        none=words.number(count.no_result),
    )


def _times(words: Language, begins_at: datetime, ends_at: datetime) -> str:
    return f"{words.time(begins_at)}–{words.time(ends_at)}"


def _note(words: Language, one: KeptAgendaItem) -> str:
    """Return how an item that was held ended beside its plan."""
    if one.ended_at is None:
        return ""
    minutes = int((one.ended_at - one.planned_until) / timedelta(minutes=1))
    if minutes > 0:
        return words.ngettext("%(n)s minute behind plan", "%(n)s minutes behind plan", minutes)
    if minutes < 0:
        return words.ngettext("%(n)s minute ahead of plan", "%(n)s minutes ahead of plan", -minutes)
    return words.gettext("as planned")
