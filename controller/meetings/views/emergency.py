"""The page of an emergency meeting: whom to call together, and what begins at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.meetings.booking import Clash
from controller.meetings.prepared.emergency import FEWEST_POINTS, EmergencyPlan
from controller.meetings.prepared.points import SavedGroup
from controller.meetings.views import groups as group_view
from controller.meetings.views.booking_form import DURATIONS_MIN
from controller.meetings.views.groups import GroupLine
from controller.web.elements import Choice, Crumb
from controller.web.i18n.language import Language

_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class TakenLine:
    """A meeting that holds some of the points."""

    meeting_id: str
    title: str
    hours: str
    points: str


@dataclass(frozen=True, slots=True)
class ReadyView:
    """What begins by the next press; `accepted` names the meetings whose points it takes."""

    group_id: str
    name: str
    title: str
    chair: str
    points: str
    left_out: str
    is_enough: bool
    taken: tuple[TakenLine, ...]
    taken_title: str
    accepted: str
    durations: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class EmergencyView:
    """All the page shows."""

    crumbs: tuple[Crumb, ...]
    groups: tuple[GroupLine, ...]
    chosen: ReadyView | None
    problem: str


def view(
    words: Language,
    groups: Sequence[SavedGroup],
    chosen: ReadyView | None,
    names: Mapping[str, str],
    *,
    problem: str = "",
) -> EmergencyView:
    """Return the page's view.

    Args:
        names: of the points that may be invited now.
    """
    return EmergencyView(
        crumbs=(
            Crumb(words.gettext("Meetings"), "/meetings"),
            Crumb(words.gettext("Emergency meeting")),
        ),
        groups=tuple(group_view.line(words, one, names) for one in groups),
        chosen=chosen,
        problem=problem,
    )


def ready_view(
    words: Language,
    plan: EmergencyPlan,
    called: Mapping[str, str],
    now: datetime,
    *,
    title: str,
    minutes: int,
) -> ReadyView:
    """Return what begins by the next press.

    Args:
        called: names of the group's points, those among them that have ended.
        title: what was typed; empty: as it is proposed.
    """
    points, taken = plan.points, {point for one in plan.clashes for point in one.points}
    return ReadyView(
        group_id=plan.group.group_id,
        name=plan.group.name,
        title=title or plan.title,
        chair=called.get(points.chair_point_id, words.gettext("not chosen")),
        points=words.ngettext("%(n)s point", "%(n)s points", len(points.point_ids)),
        left_out=group_view.said_of_gone(words, points, called),
        is_enough=len(points.point_ids) >= FEWEST_POINTS,
        taken=tuple(_taken(words, one, called, now) for one in plan.clashes),
        taken_title=words.ngettext(
            "%(n)s point is in another meeting", "%(n)s points are in another meeting", len(taken)
        ),
        accepted=" ".join(one.meeting_id for one in plan.clashes),
        durations=tuple(
            Choice(str(one), words.duration(timedelta(minutes=one)), is_chosen=one == minutes)
            for one in DURATIONS_MIN
        ),
    )


def _taken(words: Language, clash: Clash, called: Mapping[str, str], now: datetime) -> TakenLine:
    names = ", ".join(called.get(one, one) for one in clash.points[:_MOST_NAMED])
    return TakenLine(
        meeting_id=clash.meeting_id,
        title=clash.title,
        hours=f"{words.moment(clash.begins_at, now)}–{words.time(clash.ends_at)}",
        points=names + (" …" if len(clash.points) > _MOST_NAMED else ""),
    )
