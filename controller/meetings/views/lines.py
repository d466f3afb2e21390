"""The lines of a meeting while it runs: who has it bad and why, worst first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.relay import Attendee
from contracts.reports import HealthBody
from controller.health import states
from controller.meetings.line_verdicts import Degree, LineFault, Trouble, Verdict, verdicts
from controller.meetings.views.stream_words import streams
from controller.places.service import Point
from controller.web.elements import Badge
from controller.web.i18n.collation import vietnamese
from controller.web.i18n.language import N_, Language

# The relay says something every five seconds.
STALE_AFTER = timedelta(seconds=20)
BUSY_RATIO = 0.9

_BADGES = {
    Degree.BAD: ("down", N_("Bad")),
    Degree.FAIR: ("degraded", N_("Fair")),
    Degree.UNKNOWN: ("unknown", N_("Not known yet")),
    Degree.GOOD: ("up", N_("Good")),
}


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What the lines are judged by: who was invited and is in, and what machines last said."""

    meeting_id: str
    points: Sequence[Point]
    attendees: Sequence[Attendee]
    reported_at: datetime | None
    reports: Mapping[str, HealthBody] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineRow:
    """One point that is in; `streams`: a sentence each."""

    point_id: str
    name: str
    badge: Badge
    why: str
    figures: str
    streams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinesView:
    """`note` where there is nothing to show, or it is not of now."""

    meeting_id: str
    troubled: tuple[LineRow, ...]
    others: tuple[LineRow, ...]
    summary: str
    others_title: str
    note: str


def view(words: Language, now: datetime, facts: LineFacts) -> LinesView:
    """Return the lines of all points that are in."""
    names = {point.point_id: point.name for point in facts.points}
    invited = (one for one in facts.attendees if one.subject in names)
    found = verdicts(sorted(invited, key=lambda one: vietnamese(names[one.subject])))
    rows = [(one.degree, _row(words, one, names, facts.reports)) for one in found]
    troubled = tuple(row for degree, row in rows if degree <= Degree.FAIR)
    others = tuple(row for degree, row in rows if degree > Degree.FAIR)
    bad = sum(degree is Degree.BAD for degree, _ in rows)
    return LinesView(
        meeting_id=facts.meeting_id,
        troubled=troubled,
        others=others,
        summary=_summary(words, len(rows), bad, len(troubled)),
        others_title=_others_title(words, len(others), is_all=not troubled),
        note=_note(words, now, facts.reported_at, count=len(rows)),
    )


def _others_title(words: Language, count: int, *, is_all: bool) -> str:
    """Return the head of those who have it well."""
    if is_all:
        return words.ngettext("%(n)s point", "%(n)s points", count)
    return words.ngettext("%(n)s other point", "%(n)s other points", count)


def _summary(words: Language, count: int, bad: int, troubled: int) -> str:
    if not count:
        return ""
    if bad:
        return words.gettext("%(bad)s of %(all)s have it bad", **{"bad": bad, "all": count})
    if troubled:
        return words.gettext(
            "%(some)s of %(all)s with something", **{"some": troubled, "all": count}
        )
    return words.gettext("nobody has it bad")


def _note(words: Language, now: datetime, reported_at: datetime | None, *, count: int) -> str:
    if reported_at is None:
        return words.gettext("The relay does not report, so nothing is known of the lines.")
    if now - reported_at > STALE_AFTER:
        return words.gettext(
            "The relay last reported at %(time)s. What is shown is of then.",
            time=words.time_exact(reported_at),
        )
    return "" if count else words.gettext("No point is in yet.")


def _row(
    words: Language, found: Verdict, names: Mapping[str, str], reports: Mapping[str, HealthBody]
) -> LineRow:
    shape, word = _BADGES[found.degree]
    reasons = [said(words, one, reports.get(found.point_id)) for one in found.reasons]
    return LineRow(
        point_id=found.point_id,
        name=names[found.point_id],
        badge=Badge(shape, f"state-{shape}", words.gettext(word)),
        why=" · ".join(reasons),
        figures=_figures(words, found.up, found.down),
        streams=streams(words, found.up, found.down),
    )


def said(words: Language, reason: Trouble, report: HealthBody | None = None) -> str:
    """Return what is wrong, in words; `report` tells more of a machine or camera."""
    share = words.percent(reason.value)
    match reason.cause:
        case LineFault.SILENT:
            return words.gettext("line upwards: nothing comes")
        case LineFault.LOSS_UP:
            return words.gettext("line upwards: %(share)s lost", share=share)
        case LineFault.LOSS_DOWN:
            return words.gettext("line downwards: %(share)s lost", share=share)
        case LineFault.FROZEN_UP:
            return words.gettext("line upwards: its picture froze %(share)s of 10 s", share=share)
        case LineFault.VOICE_UP:
            mos = words.number(reason.value, 1)
            return words.gettext("line upwards: it is heard badly (MOS %(mos)s)", mos=mos)
        case LineFault.VOICE_DOWN:
            mos = words.number(reason.value, 1)
            return words.gettext("line downwards: it hears badly (MOS %(mos)s)", mos=mos)
        case LineFault.NO_PICTURES_DOWN:
            return words.gettext("line downwards: too thin for pictures of people")
        case LineFault.SMALL_DOWN:
            return words.gettext("line downwards: carries small pictures only")
        case LineFault.FAR:
            rtt = words.milliseconds(reason.value)
            return words.gettext("the way there and back takes %(rtt)s", rtt=rtt)
        case LineFault.CONCEALED:
            return words.gettext("heard: %(share)s of the sound was missing", share=share)
        case LineFault.FROZEN_DOWN:
            return words.gettext("seen: pictures stood still %(share)s of the time", share=share)
        case LineFault.RELAY_BUSY:
            return words.gettext("relay: overloaded, it sends less; the line is not to blame")
        case LineFault.STALLED:
            return _stalled(words, report)


def _stalled(words: Language, report: HealthBody | None) -> str:
    cpu_ratio = report.host.cpu_ratio if report and report.host else None
    if cpu_ratio is not None and cpu_ratio >= BUSY_RATIO:
        share = words.percent(cpu_ratio)
        return words.gettext(
            "machine: its processor is at %(share)s, its picture halts", share=share
        )
    camera = report.room.camera if report and report.room else None
    if camera is not None and camera.state not in ("open", "closed"):
        return words.gettext("camera: %(state)s", state=states.of_device(words, camera))
    return words.gettext("camera or machine: its picture halts, the line is not to blame")


def _figures(words: Language, up: Attendee | None, down: Attendee | None) -> str:
    parts = []
    if up is not None:
        parts.append(words.gettext("up %(figures)s", figures=_of_line(words, up)))
    if down is not None:
        parts.append(words.gettext("down %(figures)s", figures=_of_line(words, down)))
        if down.rtt_ms is not None:
            parts.append(words.milliseconds(down.rtt_ms))
    return " · ".join(parts)


def _of_line(words: Language, line: Attendee) -> str:
    parts = [words.rate(line.bitrate_bps)] if line.bitrate_bps is not None else []
    if line.loss_ratio is not None:
        parts.append(words.gettext("%(share)s lost", share=words.percent(line.loss_ratio)))
    if line.mos is not None:
        parts.append(f"MOS {words.number(line.mos, 1)}")
    return ", ".join(parts) or "—"
