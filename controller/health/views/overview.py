"""The overview: what needs a person, the next meetings, every point by unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.enrolment.expiry import CertificateEnding
from controller.health import states
from controller.health.point_now import PointNow
from controller.health.states import PointState
from controller.health.views import clock_doubt
from controller.health.views.attention import (
    AttentionRow,
    attention_rows,
    is_worth_a_look,
    is_wrong,
    recording_rows,
)
from controller.meetings.coming import MeetingLine
from controller.places.tree import Branch
from controller.recordings.problems import RecordingProblem
from controller.web.elements import Badge
from controller.web.i18n.language import N_, Language
from monitoring.judgement.availability import Uptime
from runtime.clock_trust import Doubt

_GROUNDS = {PointState.DOWN: "down", PointState.DEGRADED: "degraded", PointState.UNKNOWN: "unknown"}
_ALWAYS_COUNTED = (PointState.DOWN, PointState.DEGRADED, PointState.UNKNOWN, PointState.UP)
_ENDING_SHOWN = 8
_LEGEND = (
    PointState.DOWN,
    PointState.DEGRADED,
    PointState.UNKNOWN,
    PointState.EXCLUDED,
    PointState.UP,
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many points are in one state."""

    key: str
    badge: Badge
    shown: str


@dataclass(frozen=True, slots=True)
class UptimeCell:
    """One uptime, and its parts for whoever asks."""

    shown: str
    detail: str


@dataclass(frozen=True, slots=True)
class PointCell:
    """One point in its unit."""

    point_id: str
    name: str
    key: str
    badge: Badge
    ground: str
    is_in_meeting: bool
    uptimes: tuple[UptimeCell, ...]


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """A unit that has points of its own."""

    unit_id: str
    name: str
    summary: str
    points: tuple[PointCell, ...]


@dataclass(frozen=True, slots=True)
class OverviewView:
    """All the page shows; `approvals`: the way to rooms that wait for the asker's yes."""

    headline: str
    subline: str
    counts: tuple[Count, ...]
    total: str
    attention: tuple[AttentionRow, ...]
    calm: Badge
    meetings: tuple[MeetingLine, ...]
    units: tuple[UnitGroup, ...]
    legend: tuple[Badge, ...]
    clock_doubt: str
    ending: tuple[str, ...]
    services_away: tuple[str, ...]
    approvals: str


def overview(
    words: Language,
    now: datetime,
    tree: Sequence[Branch],
    points: Sequence[PointNow],
    meetings: Sequence[MeetingLine],
    doubt: Doubt | None = None,
    ending: Sequence[CertificateEnding] = (),
    recordings: Sequence[RecordingProblem] = (),
    services_away: Sequence[str] = (),
    *,
    waiting: int = 0,
) -> OverviewView:
    """Return the page's view.

    Args:
        waiting: how many meetings wait for the asker's yes to rooms.
    """
    by_id = {one.point.point_id: one for one in points}
    unit_names = {branch.unit.unit_id: branch.unit.name for branch in tree}
    return OverviewView(
        headline=_headline(words, now, points, recordings),
        subline=_subline(words, now, meetings),
        counts=_counts(words, points),
        total=words.number(len(points)),
        attention=(
            *recording_rows(words, now, recordings),
            *attention_rows(words, now, points, unit_names),
        ),
        calm=_calm(words, points),
        meetings=tuple(meetings),
        units=tuple(_group(words, branch, by_id) for branch in tree if branch.points),
        legend=tuple(states.of_point(state, words) for state in _LEGEND),
        clock_doubt=clock_doubt.text(words, doubt),
        ending=_ending(words, now, ending),
        services_away=tuple(services_away),
        approvals=words.gettext("Rooms to agree to: %(n)s", n=words.number(waiting))
        if waiting
        else "",
    )


def _ending(words: Language, now: datetime, ending: Sequence[CertificateEnding]) -> tuple[str, ...]:
    told = [
        words.gettext("%(name)s: ended %(date)s", name=one.name, date=words.date(one.ends_at))
        if one.ends_at <= now
        else words.gettext("%(name)s: ends %(date)s", name=one.name, date=words.date(one.ends_at))
        for one in ending[:_ENDING_SHOWN]
    ]
    rest = len(ending) - len(told)
    if rest:
        told.append(words.ngettext("and %(n)s more", "and %(n)s more", rest))
    return tuple(told)


def _headline(
    words: Language,
    now: datetime,
    points: Sequence[PointNow],
    recordings: Sequence[RecordingProblem],
) -> str:
    if not points:
        return words.gettext("No point yet")
    if wrong := sum(is_wrong(one) for one in points):
        return words.ngettext("%(n)s point needs attention", "%(n)s points need attention", wrong)
    if still := sum(one.is_running for one in recordings):
        return words.ngettext(
            "%(n)s meeting is not being recorded", "%(n)s meetings are not being recorded", still
        )
    if minor := sum(is_worth_a_look(one) for one in points):
        return words.ngettext(
            "%(n)s point is up, but worth a look", "%(n)s points are up, but worth a look", minor
        )
    if any(one.state is PointState.UP for one in points):
        up = sum(one.state is PointState.UP for one in points)
        return words.ngettext(
            "%(n)s point is well, last checked %(time)s",
            "All %(n)s points are well, last checked %(time)s",
            up,
            time=words.time(now),
        )
    return words.gettext("No point has been enrolled yet")


def _subline(words: Language, now: datetime, meetings: Sequence[MeetingLine]) -> str:
    if not meetings:
        return words.gettext("No meeting within a week")
    first = meetings[0]
    if first.badge is not None:
        return words.gettext("On now: %(title)s", title=first.title)
    return words.gettext("Next: %(title)s, %(begins)s", title=first.title, begins=first.begins)


def _calm(words: Language, points: Sequence[PointNow]) -> Badge:
    if any(one.state is PointState.UP for one in points):
        return Badge("up", "state-up", words.gettext("Nothing needs a person now"))
    return Badge("unknown", "state-unknown", words.gettext("Nothing to watch yet"))


def _counts(words: Language, points: Sequence[PointNow]) -> tuple[Count, ...]:
    totals = {state: sum(one.state is state for one in points) for state in PointState}
    return tuple(
        Count(state.value, states.of_point(state, words), words.number(totals[state]))
        for state in PointState
        if totals[state] or state in _ALWAYS_COUNTED
    )


def _group(words: Language, branch: Branch, by_id: dict[str, PointNow]) -> UnitGroup:
    own = [by_id[point.point_id] for point in branch.points if point.point_id in by_id]
    up = sum(one.state is PointState.UP for one in own)
    return UnitGroup(
        unit_id=branch.unit.unit_id,
        name=branch.unit.name,
        summary=words.gettext("%(up)s/%(all)s well", up=up, all=len(own)),
        points=tuple(_cell(words, one) for one in own),
    )


def _cell(words: Language, one: PointNow) -> PointCell:
    return PointCell(
        point_id=one.point.point_id,
        name=one.point.name,
        key=one.state.value,
        badge=states.of_point(one.state, words),
        ground=f"ground-{_GROUNDS[one.state]}" if one.state in _GROUNDS else "",
        is_in_meeting=one.is_in_meeting,
        uptimes=tuple(uptime_cell(words, uptime) for uptime in one.uptimes),
    )


_UPTIME_PARTS = (
    ("up", N_("up %(span)s")),
    ("down", N_("down %(span)s")),
    ("excluded", N_("excluded %(span)s")),
    ("unknown", N_("unknown %(span)s")),
)


def uptime_cell(words: Language, uptime: Uptime) -> UptimeCell:
    """Return an uptime as a percentage, with its parts in words."""
    spans = ((text, getattr(uptime, name)) for name, text in _UPTIME_PARTS)
    parts = [
        words.gettext(text, span=words.duration(span))
        for text, span in spans
        if span.total_seconds() >= 1
    ]
    detail = ", ".join(parts) or words.gettext("nothing known")
    return UptimeCell(words.percent(uptime.ratio), detail)
