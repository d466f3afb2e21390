"""The wall in words and pages: what a screen of 1080 lines shows at four metres.

Heights are in lines of that screen, as web/styles/wall.css draws them; a screen of another size
shows the same, larger or smaller.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.health import states
from controller.health.service import PointSaid
from controller.health.states import PointState
from controller.wall import board
from controller.wall.board import Cluster, WallTrouble
from controller.web.elements import Badge
from controller.web.i18n.language import Language
from monitoring.judgement.coincidence import Reach

TURNS_EVERY_S = 15
MOST_PAGES = 10
# Of the column of rows: its height, and how many letters fit into a line of it.
ROWS_ROOM, NAME_CHARS, WHAT_CHARS = 590, 40, 56
_NAME_LINE, _WHAT_LINE, _ROW_PADDING = 50, 38, 21
MOST_NAME_CHARS, MOST_WHAT_CHARS = 2 * NAME_CHARS, 2 * WHAT_CHARS
# Of the column of clusters.
CLUSTERS_ROOM, CLUSTER_NAME_CHARS, MOST_CLUSTER_NAME_CHARS = 590, 15, 34
_CLUSTER_ROW, _LONG_CLUSTER_ROW, _HEADING = 50, 92, 52
_TICKS_A_LINE, _TICK_LINE, _MOST_TICK_LINES, MOST_TICKS = 20, 27, 14, 7
_NAMES_TOLD = 4
_COUNT_CHARS = 12
_ALWAYS_COUNTED = (PointState.DOWN, PointState.DEGRADED, PointState.UNKNOWN, PointState.UP)


@dataclass(frozen=True, slots=True)
class WallCount:
    """How many points are in one state."""

    key: str
    badge: Badge
    shown: str


@dataclass(frozen=True, slots=True)
class WallRow:
    """One thing that is wrong."""

    key: str
    badge: Badge
    name: str
    what: str
    lasted: str
    since: str


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """A cluster with something wrong: a mark for each point, or counts of them."""

    key: str
    name: str
    is_long: bool
    marks: tuple[Badge, ...]
    counts: tuple[WallCount, ...]


@dataclass(frozen=True, slots=True)
class WallNotice:
    """What is said in place of rows."""

    key: str
    badge: Badge
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class WallMeeting:
    """A meeting that is on, or the next."""

    key: str
    time: str
    title: str
    facts: str
    risk: str


@dataclass(frozen=True, slots=True)
class WallView:
    """All the wall shows. `rest`: how many ticks each cluster has in which all is well."""

    counts: tuple[WallCount, ...]
    is_dense: bool
    total: str
    day: str
    notice: WallNotice | None
    row_pages: tuple[tuple[WallRow, ...], ...]
    more: str
    clusters_title: str
    cluster_pages: tuple[tuple[ClusterRow, ...], ...]
    clusters_more: str
    rest_title: str
    rest: tuple[int, ...]
    meetings: tuple[WallMeeting, ...]
    turns_every_s: int = TURNS_EVERY_S


@dataclass(frozen=True, slots=True)
class Province:
    """What is so now."""

    clusters: Sequence[Cluster]
    troubles: Sequence[WallTrouble]
    place_name: str
    blind_since: datetime | None

    @property
    def points(self) -> list[PointSaid]:
        """Every point."""
        return [one for cluster in self.clusters for one in cluster.points]


def view(
    words: Language, now: datetime, province: Province, meetings: Sequence[WallMeeting]
) -> WallView:
    """Return the wall."""
    points, notice = province.points, _notice(words, now, province)
    names = {one.unit_id: one.name for one in province.clusters}
    rows = [] if notice else [_row(words, now, one, province, names) for one in province.troubles]
    row_pages, left = board.pages(
        rows, [_height(one) for one in rows], room=ROWS_ROOM, most=MOST_PAGES
    )
    counts = _counts(words, points, _ALWAYS_COUNTED)
    is_ticked = len(points) <= board.TICKS_UP_TO
    bad = sorted((one for one in province.clusters if one.wrong), key=lambda one: one.worst)
    bad = [] if province.blind_since else bad
    rest_title, rest = _rest(words, province, bad, is_ticked=is_ticked)
    cluster_rows = [_cluster(words, one, is_ticked=is_ticked) for one in bad]
    room = CLUSTERS_ROOM - (_rest_height(rest) if rest_title else 0)
    cluster_pages, hidden = board.pages(
        cluster_rows,
        [_LONG_CLUSTER_ROW if one.is_long else _CLUSTER_ROW for one in cluster_rows],
        room=room,
        most=MOST_PAGES,
    )
    return WallView(
        counts=counts,
        is_dense=sum(len(one.shown) for one in counts) > _COUNT_CHARS,
        total=words.ngettext("of %(n)s point", "of %(n)s points", len(points)),
        day=words.day_short(now),
        notice=notice,
        row_pages=tuple(tuple(page) for page in row_pages),
        more=words.ngettext("%(n)s more: see the overview", "%(n)s more: see the overview", left)
        if left
        else "",
        clusters_title=words.gettext("Clusters with something wrong") if bad else "",
        cluster_pages=tuple(tuple(page) for page in cluster_pages),
        clusters_more=words.ngettext(
            "and %(n)s further cluster", "and %(n)s further clusters", hidden
        )
        if hidden
        else "",
        rest_title=rest_title,
        rest=rest,
        meetings=tuple(meetings),
    )


def _notice(words: Language, now: datetime, province: Province) -> WallNotice | None:
    if province.blind_since is not None:
        return WallNotice(
            "blind",
            Badge("unknown", "state-unknown", words.gettext("Unknown")),
            words.gettext("The centre does not see"),
            words.gettext(
                "Since %(since)s, for %(span)s, it hears no point, and concludes nothing about "
                "any. Check that ingest and the broker run at the centre.",
                since=words.moment(province.blind_since, now),
                span=words.duration(now - province.blind_since),
            ),
        )
    if province.troubles:
        return None
    up = sum(one.state is PointState.UP for one in province.points)
    if not up:
        text = words.gettext("No point has been enrolled yet")
        return WallNotice("empty", Badge("unknown", "state-unknown", ""), text, "")
    return WallNotice(
        "well",
        Badge("up", "state-up", words.gettext("Up")),
        words.ngettext("All is well at %(n)s point", "All %(n)s points are well", up)
        if up == len(province.points)
        else words.ngettext("%(n)s point is well", "%(n)s points are well", up),
        words.gettext("last checked %(time)s", time=words.time(now)),
    )


def _counts(
    words: Language, points: Sequence[PointSaid], always: Sequence[PointState] = ()
) -> tuple[WallCount, ...]:
    found = Counter(one.state for one in points)
    return tuple(
        WallCount(state.value, states.of_point(state, words), words.number(found[state]))
        for state in PointState
        if found[state] or state in always
    )


def _row(
    words: Language, now: datetime, one: WallTrouble, province: Province, names: dict[str, str]
) -> WallRow:
    since, cause = one.since, one.first.cause
    taker = one.acknowledged_by or words.gettext("nobody has taken it yet")
    what = cause.what if cause else states.of_point(one.first.state, words).word
    parts = [what, *([cause.whose] if cause and cause.whose else []), taker]
    name = one.first.point.name
    if len(one.points) > 1:
        name = _together(words, one, province, names)
        parts = [what, _names(words, one), taker]
    return WallRow(
        key=one.first.point.point_id,
        badge=states.of_point(one.first.state, words),
        name=shortened(name, MOST_NAME_CHARS),
        what=shortened(" · ".join(parts), MOST_WHAT_CHARS),
        lasted=words.duration(now - since) if since else "",
        since=words.gettext("since %(time)s", time=words.moment(since, now)) if since else "",
    )


def _together(words: Language, one: WallTrouble, province: Province, names: dict[str, str]) -> str:
    count = words.ngettext("%(n)s point", "%(n)s points", len(one.points))
    if one.reach is Reach.CENTRE:
        return f"{province.place_name}: {count}"
    if one.unit_id in names:
        return f"{names[one.unit_id]}: {count}"
    return count


def _names(words: Language, one: WallTrouble) -> str:
    told = [point.point.name for point in one.points[:_NAMES_TOLD]]
    left = len(one.points) - len(told)
    if left:
        told.append(words.ngettext("and %(n)s other point", "and %(n)s other points", left))
    return ", ".join(told)


def _height(one: WallRow) -> float:
    name_lines = math.ceil(len(one.name) / NAME_CHARS)
    what_lines = math.ceil(len(one.what) / WHAT_CHARS)
    return _ROW_PADDING + _NAME_LINE * name_lines + _WHAT_LINE * what_lines


def _cluster(words: Language, one: Cluster, *, is_ticked: bool) -> ClusterRow:
    has_marks = is_ticked and len(one.points) <= MOST_TICKS
    return ClusterRow(
        key=one.unit_id,
        name=shortened(one.name, MOST_CLUSTER_NAME_CHARS),
        is_long=len(one.name) > CLUSTER_NAME_CHARS,
        marks=tuple(states.of_point(p.state, words) for p in one.points) if has_marks else (),
        counts=() if has_marks else _counts(words, one.points),
    )


def _rest(
    words: Language, province: Province, bad: Sequence[Cluster], *, is_ticked: bool
) -> tuple[str, tuple[int, ...]]:
    """Return what is said of the clusters in which nothing is wrong, and their ticks."""
    rest = [one for one in province.clusters if one not in bad]
    count = sum(len(one.points) for one in rest)
    if not rest or province.blind_since:
        return "", ()
    points = words.ngettext("%(n)s point", "%(n)s points", count)
    said = words.gettext("all of them well")
    if others := sum(p.state is not PointState.UP for one in rest for p in one.points):
        said = words.ngettext("%(n)s not watched", "%(n)s not watched", others)
    title = words.ngettext("%(n)s cluster", "%(n)s clusters", len(rest))
    if bad:
        title = words.ngettext("%(n)s other cluster", "%(n)s other clusters", len(rest))
    ticks = tuple(sum(p.state is PointState.UP for p in one.points) for one in rest)
    lines = _tick_lines(ticks)
    return f"{title}: {points}, {said}", ticks if is_ticked and lines <= _MOST_TICK_LINES else ()


def _tick_lines(rest: Sequence[int]) -> int:
    return math.ceil((sum(rest) + 0.5 * len(rest)) / _TICKS_A_LINE)


def _rest_height(rest: Sequence[int]) -> float:
    return 2 * _HEADING + _TICK_LINE * _tick_lines(rest)


def shortened(text: str, most: int) -> str:
    """Return a text that fits, cut between words where it does not."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    head, space, _ = cut.rpartition(" ")
    return f"{head if space and len(head) > most // 2 else cut}…"
