"""The map in words: what the page shows round the drawing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from controller.health import states
from controller.health.service import PointSaid
from controller.health.states import PointState, rank
from controller.province_map.board import key_of
from controller.province_map.drawing import MapShown, said_of
from controller.province_map.shapes import Drawing
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import N_, Language

MOST_ROWS = 12
_COUNTED = (PointState.DOWN, PointState.DEGRADED, PointState.UNKNOWN, PointState.UP)
_LEGEND = (*_COUNTED[:3], PointState.EXCLUDED, PointState.UP, PointState.NOT_ENROLLED)
_BY = {"unit": N_("By unit"), "carrier": N_("By carrier"), "place": N_("By coordinates")}


@dataclass(frozen=True, slots=True)
class MapTrouble:
    """One thing that is wrong, in words."""

    key: str
    href: str
    badge: Badge
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class MapCount:
    """How many points are in one state."""

    key: str
    badge: Badge
    shown: str


@dataclass(frozen=True, slots=True)
class MapTab:
    """A way of putting points together."""

    key: str
    href: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class MapView:
    """All the page shows."""

    address: str
    crumbs: tuple[Crumb, ...]
    title: str
    headline: str
    counts: tuple[MapCount, ...]
    tabs: tuple[MapTab, ...]
    drawings: tuple[Drawing, ...]
    rows: tuple[MapTrouble, ...]
    more: str
    legend: tuple[Badge, ...]
    notes: tuple[str, ...]
    empty: str
    sought: str
    by: str
    inside: str
    said: str
    can_arrange: bool
    can_undo: bool


def rows(shown: MapShown) -> tuple[tuple[MapTrouble, ...], int]:
    """Return what is wrong in words, incidents first, then the worst; and how many have no row."""
    words, board, found = shown.words, shown.board, []
    told: set[str] = set()
    for group in (None, *board.groups):
        for cut in board.cuts if group is None else group.cuts:
            taker = cut.acknowledged_by or words.gettext("nobody has taken it yet")
            name = shown.centre_name if group is None else group.name
            badge = states.of_point(cut.state, words)
            href = f"/incidents/{cut.number}"
            what = f"{said_of(words, cut)} · {taker}"
            found.append(MapTrouble(f"i:{cut.number}", href, badge, name, what))
            told |= {one.point.point_id for one in cut.points}
    left = [one for one in board.points if one.is_wrong and one.point.point_id not in told]
    left.sort(key=lambda one: rank(one.state))
    for one in left[: max(0, MOST_ROWS - len(found))]:
        badge = states.of_point(one.state, words)
        what = one.cause.what if one.cause else badge.word
        if one.since:
            since = words.gettext("since %(time)s", time=words.moment(one.since, shown.now))
            what = f"{what} · {since}"
        found.append(
            MapTrouble(key_of(one), f"/points/{one.point.point_id}", badge, one.point.name, what)
        )
    hidden = len(left) - sum(one.key.startswith("p:") for one in found)
    return tuple(found), hidden


def counts(words: Language, points: Sequence[PointSaid]) -> tuple[MapCount, ...]:
    """Return how many points are in each state."""
    found = Counter(one.state for one in points)
    return tuple(
        MapCount(state.value, states.of_point(state, words), words.number(found[state]))
        for state in PointState
        if found[state] or state in _COUNTED
    )


def legend(words: Language) -> tuple[Badge, ...]:
    """Return the signs."""
    return tuple(states.of_point(one, words) for one in _LEGEND)


def tabs(words: Language, chosen: str, offered: Sequence[str]) -> tuple[MapTab, ...]:
    """Return the ways of putting points together."""
    return tuple(
        MapTab(
            key,
            "/map" if key == "unit" else f"/map?by={key}",
            words.gettext(_BY[key]),
            key == chosen,
        )
        for key in offered
    )


def headline(words: Language, points: Sequence[PointSaid]) -> str:
    """Return the map in one sentence."""
    wrong = sum(one.is_wrong for one in points)
    count = words.ngettext("%(n)s point", "%(n)s points", len(points))
    if not wrong:
        return words.gettext("%(count)s, none that needs a person", count=count)
    need = words.ngettext("%(n)s needs a look", "%(n)s need a look", wrong)
    return f"{count}, {need}"
