"""The map in shapes: drawn twice, for a wide screen and for a phone's."""

import math
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from controller.health import states
from controller.health.service import PointSaid
from controller.health.states import PointState, rank
from controller.province_map import layout
from controller.province_map.board import CENTRE, Board, Cut, LineGroup, key_of
from controller.province_map.layout import GAP, Grid, Spot
from controller.province_map.shapes import (
    Drawing,
    MapCut,
    MapLine,
    MapMark,
    MapPlate,
    MapShared,
    MapText,
)
from controller.web.i18n.language import Language
from monitoring.judgement.shared_lines import SharedLine

# Letters: how high they are on the plane, and how wide one is of its height at most.
_FONT, _TALL_FONT, _SMALL_FONT, _LETTER = 19.0, 26.0, 16.0, 0.58
_NARROW_CELL, _PADDING, _LINE = 150.0, 9.0, 1.25
_MOST_LINES = 3
_MOST_SHARED, _MOST_NAMED, _BEND = 40, 6, 0.3
_GEO_FONT, _GEO_LABELS, _GEO_CHARS, _GEO_CENTRE = 17.0, 12, 22, 160.0


@dataclass(frozen=True, slots=True)
class MapShown:
    """What the map is drawn of."""

    words: Language
    now: datetime
    board: Board
    centre_name: str
    by: str
    found: frozenset[str]
    by_hand: Mapping[str, tuple[float, float]]
    coordinates: Mapping[str, tuple[float, float]]
    opening: str
    """What leads to a group's own map, before what it is called."""
    shared: Sequence[SharedLine] = ()


def drawings(shown: MapShown) -> tuple[Drawing, ...]:
    """Return the map for a wide screen and for a narrow one."""
    draw = _by_place if shown.by == "place" else _in_rows
    return (draw(shown, is_tall=False), draw(shown, is_tall=True))


def _in_rows(shown: MapShown, *, is_tall: bool) -> Drawing:
    groups = shown.board.groups
    grid = layout.grid_of(len(groups), is_tall=is_tall)
    spots = layout.placed([one.key for one in groups], grid, shown.by_hand)
    most = max((len(one.points) for one in groups), default=0)
    font = _TALL_FONT if is_tall else _FONT
    if not is_tall and grid.cell_width < _NARROW_CELL:
        font = _SMALL_FONT
    centre = grid.centre
    if CENTRE in shown.by_hand:
        x, y = shown.by_hand[CENTRE]
        centre = Spot(x * grid.width, y * grid.height)
    plates = [_plate(shown, one, spots[one.key], grid, most, font) for one in groups]
    own = _centre(shown, centre, grid.cell_width - GAP, font)
    return Drawing(
        name="tall" if is_tall else "wide",
        width=grid.width,
        height=grid.height,
        lines=_lines(groups, spots, centre),
        shared=_shared(shown, spots, centre),
        plates=tuple(plates),
        alone=(),
        cuts=_cuts(shown, [*plates, own], grid, font),
        centre=own,
        font=font,
    )


def _plate(
    shown: MapShown, group: LineGroup, spot: Spot, grid: Grid, most: int, font: float
) -> MapPlate:
    width, height = grid.cell_width - GAP, grid.cell_height - GAP
    is_counted = shown.board.is_counted and not group.is_single
    room = width - 2 * _PADDING - (1.4 * font if group.is_single else 0)
    lines = max(1, int((height - _PADDING) / (font * _LINE)) - (0 if group.is_single else 1))
    named = _wrapped(group.name, int(room / (font * _LETTER)), min(lines, _MOST_LINES))
    used = 2 * _PADDING + font * _LINE * len(named)
    texts: tuple[MapText, ...] = ()
    marks: tuple[MapMark, ...] = ()
    if group.is_single:
        marks, height = (_own_mark(shown, group, width, font),), used
    elif is_counted:
        texts, height = _counted(shown.words, group, width, used, font), used + font * _LINE
    else:
        columns, pitch = layout.block(most, width - 2 * _PADDING, height - used)
        height = used + math.ceil(most / columns) * pitch
        marks = _marks(shown, group, Spot(-width / 2, used - height / 2), columns, pitch)
    return MapPlate(
        key=group.key,
        href=marks[0].href if group.is_single else shown.opening + group.opens,
        x=spot.x,
        y=spot.y,
        width=width,
        height=height,
        css=_css(group),
        title=marks[0].title if group.is_single else _summary(shown.words, group),
        texts=(
            *_name(named, width, height, font),
            *(replace(t, y=t.y - height / 2) for t in texts),
        ),
        marks=marks,
        is_found=group.key in shown.found
        or (is_counted and any(key_of(one) in shown.found for one in group.points)),
    )


def _name(named: Sequence[str], width: float, height: float, font: float) -> list[MapText]:
    top = _PADDING - height / 2
    return [
        MapText(text, _PADDING - width / 2, top + font * (0.95 + _LINE * n), font, "map-name")
        for n, text in enumerate(named)
    ]


def _counted(
    words: Language, group: LineGroup, width: float, top: float, font: float
) -> tuple[MapText, ...]:
    """Return how many points are in each state, the worst first, as far as there is room."""
    found = Counter(one.state for one in group.points)
    texts, x = [], _PADDING - width / 2
    for state in sorted(found, key=rank):
        badge, number = states.of_point(state, words), words.number(found[state])
        taken = font * (1.2 + _LETTER * (len(number) + 1))
        if x + taken > width / 2:
            break
        texts.append(MapText(number, x, top + font * 0.6, font, badge.css, badge.icon))
        x += taken
    return tuple(texts)


def _marks(
    shown: MapShown, group: LineGroup, corner: Spot, columns: int, pitch: float
) -> tuple[MapMark, ...]:
    """Return the marks of a group's points, in rows below its name; all groups' are alike."""
    marks = []
    for number, one in enumerate(group.points):
        row, column = divmod(number, columns)
        x = corner.x + _PADDING + (column + 0.5) * pitch
        spot = Spot(x, corner.y + (row + 0.4) * pitch)
        marks.append(_mark(shown, one, spot, pitch * (0.86 if one.is_wrong else 0.62)))
    return tuple(marks)


def _own_mark(shown: MapShown, group: LineGroup, width: float, font: float) -> MapMark:
    size = font * (1.25 if group.points[0].is_wrong else 0.9)
    return _mark(shown, group.points[0], Spot(width / 2 - _PADDING - font * 0.6, 0), size)


def _mark(shown: MapShown, one: PointSaid, spot: Spot, size: float) -> MapMark:
    return MapMark(
        key=key_of(one),
        href=f"/points/{one.point.point_id}",
        x=spot.x - size / 2,
        y=spot.y - size / 2,
        size=size,
        badge=states.of_point(one.state, shown.words),
        title=_title(shown, one),
        is_wrong=one.is_wrong,
        is_found=key_of(one) in shown.found,
    )


def _title(shown: MapShown, one: PointSaid) -> str:
    words = shown.words
    parts = [one.point.name, states.of_point(one.state, words).word]
    if one.cause:
        parts.append(one.cause.what)
    if one.is_wrong and one.since:
        parts.append(words.gettext("since %(time)s", time=words.moment(one.since, shown.now)))
    return " · ".join(parts)


def _summary(words: Language, group: LineGroup) -> str:
    points = words.ngettext("%(n)s point", "%(n)s points", len(group.points))
    if group.wrong:
        wrong = words.ngettext("%(n)s needs a look", "%(n)s need a look", group.wrong)
        return f"{group.name}: {points}, {wrong}"
    return f"{group.name}: {points}"


def _css(group: LineGroup) -> str:
    worst = group.worst
    if not group.wrong:
        return "is-well"
    return f"is-{worst.value}"


def _lines(
    groups: Sequence[LineGroup], spots: Mapping[str, Spot], centre: Spot
) -> tuple[MapLine, ...]:
    """Return the lines, those that are well first: what is wrong lies over them."""

    def css(group: LineGroup) -> str:
        if group.cuts:
            return f"is-cut is-{min((one.state for one in group.cuts), key=rank).value}"
        return _css(group) if group.is_single else "is-well"

    found = [
        MapLine(one.key, centre.x, centre.y, spots[one.key].x, spots[one.key].y, css(one))
        for one in groups
    ]
    return tuple(sorted(found, key=lambda one: one.css != "is-well"))


def _shared(shown: MapShown, spots: Mapping[str, Spot], centre: Spot) -> tuple[MapShared, ...]:
    """Return the lines that were learned, from one group to the next that has a point of them."""
    holders = {one.point.point_id: group for group in shown.board.groups for one in group.points}
    found: dict[str, MapShared] = {}
    for line in shown.shared[:_MOST_SHARED]:
        groups = {holders[one].key: holders[one] for one in line.points if one in holders}
        ordered = sorted(groups.values(), key=lambda one: (spots[one.key].y, spots[one.key].x))
        title = _shared_title(shown.words, line, ordered)
        for one, other in pairwise(ordered):
            key = f"s:{one.key}:{other.key}"
            a, b = spots[one.key], spots[other.key]
            bend = _bend(a, b, centre)
            found.setdefault(key, MapShared(key, a.x, a.y, bend.x, bend.y, b.x, b.y, title))
    return tuple(found.values())


def _bend(a: Spot, b: Spot, centre: Spot) -> Spot:
    """Return where a line is drawn to, beside the straight one and to the centre's side of it.

    Frames stand in rows: a straight line between two would seem to join those it passes under.
    """
    x, y = (a.x + b.x) / 2, (a.y + b.y) / 2
    across = Spot(a.y - b.y, b.x - a.x)
    is_there = across.x * (centre.x - x) + across.y * (centre.y - y) >= 0
    by = _BEND if is_there else -_BEND
    return Spot(x + by * across.x, y + by * across.y)


def _shared_title(words: Language, line: SharedLine, groups: Sequence[LineGroup]) -> str:
    names = ", ".join(one.name for one in groups[:_MOST_NAMED])
    if len(groups) > _MOST_NAMED:
        names += "…"
    return words.ngettext(
        "%(names)s: cut together %(n)s time", "%(names)s: cut together %(n)s times", line.times,
        names=names,
    )  # fmt: skip


def _cuts(
    shown: MapShown, plates: Sequence[MapPlate], grid: Grid, font: float
) -> tuple[MapCut, ...]:
    """Return the words of incidents, over the lower edge of the plate whose line carries them."""
    found = []
    carried = {one.key: one.cuts for one in shown.board.groups} | {CENTRE: shown.board.cuts}
    for plate in plates:
        cuts = carried[plate.key]
        if not cuts:
            continue
        text = said_of(shown.words, cuts[0])
        if len(cuts) > 1:
            text += f" +{len(cuts) - 1}"
        width = len(text) * font * _LETTER + 2 * _PADDING
        x = min(max(plate.x, width / 2), grid.width - width / 2)
        y = min(plate.y + plate.height / 2 + font * 0.3, grid.height - font * 0.8)
        number = cuts[0].number
        found.append(MapCut(f"i:{number}", f"/incidents/{number}", x, y, text, width, font))
    return tuple(found)


def said_of(words: Language, cut: Cut) -> str:
    """Return what an incident at one line is called."""
    if cut.state is PointState.DOWN:
        return words.ngettext(
            "One line cut: %(n)s point", "One line cut: %(n)s points", len(cut.points)
        )
    return words.ngettext(
        "Trouble on one line: %(n)s point", "Trouble on one line: %(n)s points", len(cut.points)
    )


def _centre(shown: MapShown, spot: Spot, width: float, font: float) -> MapPlate:
    named = _wrapped(shown.centre_name, int((width - 2 * _PADDING) / (font * _LETTER)), _MOST_LINES)
    height = font * _LINE * len(named) + 2 * _PADDING
    cuts = shown.board.cuts
    return MapPlate(
        key=CENTRE,
        href="",
        x=spot.x,
        y=spot.y,
        width=width,
        height=height,
        css=f"is-{min((one.state for one in cuts), key=rank).value}" if cuts else "is-well",
        title=shown.centre_name,
        texts=tuple(_name(named, width, height, font)),
        marks=(),
        is_found=False,
    )


def _by_place(shown: MapShown, *, is_tall: bool) -> Drawing:
    """Return the map by coordinates: of a group that is counted one mark for all of it."""
    groups = shown.board.groups
    known = {one.key: shown.coordinates[one.key] for one in groups if one.key in shown.coordinates}
    unknown = [one.key for one in groups if one.key not in known]
    font = _TALL_FONT if is_tall else _GEO_FONT
    spots, centre, width, height = layout.by_coordinates(
        known, unknown, is_tall=is_tall, room=Spot(_GEO_CENTRE, font * _LINE + 2 * _PADDING)
    )
    worst = sorted((one for one in groups if one.wrong), key=lambda one: rank(one.worst))
    labelled = {one.key for one in worst[: 0 if is_tall else _GEO_LABELS]} | shown.found
    marks = [
        _of_group(shown, one, spots[one.key], width, font if one.key in labelled else 0.0)
        for one in sorted(groups, key=lambda one: (-rank(one.worst), one.key))
    ]
    return Drawing(
        name="tall" if is_tall else "wide",
        width=width,
        height=height,
        lines=tuple(one for one in _lines(groups, spots, centre) if one.css != "is-well"),
        shared=_shared(shown, spots, centre),
        plates=(),
        alone=tuple(marks),
        cuts=(),
        centre=_centre(shown, centre, _GEO_CENTRE, font),
        font=font,
    )


def _of_group(shown: MapShown, group: LineGroup, spot: Spot, width: float, font: float) -> MapMark:
    """Return a mark on the map by coordinates, with its name where there is a font for it."""
    worst = min(group.points, key=lambda one: rank(one.state))
    mark = _mark(shown, worst, spot, layout.APART * (0.8 if group.wrong else 0.5))
    if not group.is_single:
        opens = shown.opening + group.opens
        mark = replace(mark, key=group.key, href=opens, title=_summary(shown.words, group))
    label = textwrap.shorten(group.name, _GEO_CHARS, placeholder="…") if font else ""
    half = len(label) * font * _LETTER / 2
    return replace(mark, label=label, label_x=min(max(spot.x, half), width - half))


def _wrapped(text: str, chars: int, lines: int) -> list[str]:
    return textwrap.wrap(text, max(4, chars), max_lines=lines, placeholder="…") or ["–"]
