"""The map of the province: whole, of one unit or carrier; and putting things where they belong."""

from collections.abc import Iterable, Mapping, Sequence

from fastapi import APIRouter, Response

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.carriers import service as carriers
from controller.errors import BadRequest, NotFound
from controller.health import service as health
from controller.health.service import PointSaid
from controller.incidents import service as incidents
from controller.places import service as places
from controller.places.service import PlacesNow, Point
from controller.places.tree import at_and_below
from controller.province_map import board, drawing, moves, view
from controller.province_map.board import CENTRE, MARKS_UP_TO, NO_CARRIER, LineGroup
from controller.province_map.drawing import MapShown
from controller.province_map.moves import MapMoves
from controller.province_map.view import MapView
from controller.roles import Role
from controller.search import finding
from controller.search.finding import Findable
from controller.web.elements import Crumb
from controller.web.page_request import (
    AskedByOffice,
    PageRequest,
    Sent,
    acted,
    local_path,
    text_of,
)
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)
MAX_KEY_CHARS = 60
_BY = ("unit", "carrier", "place")


@live_page(router, "/map", "province_map/map.html", section="points")
def whole(asked: PageRequest) -> MapView:
    """Return the map as the address asks for it."""
    query, words = asked.request.query_params, asked.words
    by, inside = query.get("by", "unit"), query.get("in", "")
    by = by if by in _BY else "unit"
    known = places.as_of(asked.state, asked.now)
    points = {one.point.point_id: one for one in health.points_said(asked, known.points)}
    title, groups = _groups(asked, known, points, by, inside)
    typed = query.get("find", "")[: finding.MAX_SOUGHT_CHARS]
    found, inside_of = _found(typed, groups)
    shown = MapShown(
        words=words,
        now=asked.now,
        board=board.board(groups, incidents.open_now(asked.state)),
        centre_name=title if inside else words.gettext("Centre"),
        by=by,
        found=found,
        by_hand={} if by == "place" else _by_hand(asked, inside),
        coordinates=_coordinates(groups),
        opening="/map?by=carrier&in=" if by == "carrier" and not inside else "/map?in=",
        # Who brings a line is no line: between carriers none is drawn.
        shared=()
        if by == "carrier" and not inside
        else health.shared_lines(asked.series, asked.now),
    )
    rows, more = view.rows(shown)
    blind = health.blind_since(asked.series, asked.now)
    located = any(one.latitude is not None for one in known.points)
    has_carriers = by == "carrier" or bool(carriers.carriers(asked.state))
    offered = ["unit", *(["carrier"] if has_carriers else []), *(["place"] if located else [])]
    return MapView(
        address=f"/parts/map{_query(asked)}",
        crumbs=(
            Crumb(words.gettext("Points"), "/points"),
            Crumb(words.gettext("Map"), "/map" if inside else ""),
            *((Crumb(title),) if inside else ()),
        ),
        title=title if inside else words.gettext("Map of the points"),
        headline=view.headline(words, shown.board.points),
        counts=view.counts(words, shown.board.points),
        tabs=view.tabs(words, by, offered if not inside else ()),
        drawings=drawing.drawings(shown) if groups else (),
        rows=rows,
        more=words.ngettext("%(n)s more: see the overview", "%(n)s more: see the overview", more)
        if more
        else "",
        legend=view.legend(words),
        notes=_notes(asked, by, groups, shown, blind is not None),
        empty="" if groups else words.gettext("There is no point yet."),
        sought=typed,
        by=by,
        inside=inside,
        said=_said(asked, typed, found, inside_of),
        can_arrange=by != "place" and asked.person.may(Role.OFFICE) and bool(groups),
        can_undo=moves.can_undo(asked.state, asked.person.user_name),
    )


@router.post("/map/moves")
def move(asked: AskedByOffice, form: Sent) -> Response:
    """Put something somewhere by hand, or back to where it is put by itself."""
    key = text_of(form, "key")[:MAX_KEY_CHARS]
    if not _is_known(asked, key):
        raise NotFound("mục này trên sơ đồ", "node of the map")
    place = None
    if text_of(form, "action") != "automatic":
        place = (_fraction(text_of(form, "x")), _fraction(text_of(form, "y")))
    asked.web.part(MapMoves).put(key, place, actor=asked.person.user_name)
    return _arranged(asked, form, key)


@router.post("/map/undo")
def undo(asked: AskedByOffice, form: Sent) -> Response:
    """Take back the last move of one's own."""
    key = asked.web.part(MapMoves).undo(actor=asked.person.user_name)
    return _arranged(asked, form, key)


def _arranged(asked: PageRequest, form: Sent, key: str) -> Response:
    noted(asked.web, asked.request, Action.ARRANGE_MAP, actor=asked.person.user_name, subject=key)
    return acted(asked.request, local_path(text_of(form, "back") or "/map"))


def _fraction(text: str) -> float:
    try:
        return numbers.typed_decimal(text, least=0, most=1)
    except MalformedNumber as exc:
        raise BadRequest(
            "off_the_map",
            "Vị trí nằm ngoài sơ đồ. Đặt lại trong khung.",
            "This place is outside the map. Put it inside the frame.",
        ) from exc


def _is_known(asked: PageRequest, key: str) -> bool:
    kind, _, name = key.partition(":")
    if kind == "p":
        return places.point(asked.state, name, at=asked.now) is not None
    if kind == "u":
        return any(one.unit_id == name for one in places.units(asked.state, at=asked.now))
    if kind == "c":
        ids = (one.carrier_id for one in carriers.carriers(asked.state))
        return name in (*ids, NO_CARRIER)
    return key == CENTRE


def _by_hand(asked: PageRequest, inside: str) -> Mapping[str, tuple[float, float]]:
    found = moves.by_hand(asked.state)
    if inside:
        found.pop(CENTRE, None)  # of the whole map alone
    return found


def _groups(
    asked: PageRequest, known: PlacesNow, points: Mapping[str, PointSaid], by: str, inside: str
) -> tuple[str, list[LineGroup]]:
    """Return what is on the map, and the name of the unit or carrier that it is the map of."""
    if by == "carrier":
        named, held = _carriers(asked)
        if not inside:
            return known.name, board.by_carrier(named, held, points.values())
        if inside not in named:
            raise NotFound("nhà mạng", "carrier")
        own = {key: one for key, one in points.items() if held.get(key, NO_CARRIER) == inside}
        return named[inside], _split(board.by_unit(known.tree, own), own)
    name = known.name
    if inside:
        unit = next((one for one in known.units if one.unit_id == inside), None)
        if unit is None:
            raise NotFound("đơn vị", "unit")
        name = unit.name
    if by == "place":
        below = at_and_below(known.tree, inside)
        own = {
            one.point_id: points[one.point_id]
            for branch in below
            for one in branch.points
            if one.point_id in points
        }
        return name, _split(board.by_unit(known.tree, own, inside), own, always=True)
    return name, board.by_unit(known.tree, points, inside)


def _split(
    groups: list[LineGroup], own: Mapping[str, PointSaid], *, always: bool = False
) -> list[LineGroup]:
    """Return every point alone, where there are not too many and one group says nothing."""
    if len(own) <= MARKS_UP_TO and (always or len(groups) == 1):
        return board.singles(own.values())
    return groups


def _carriers(asked: PageRequest) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names of carriers, and of each point with a contract now whose it is."""
    named = {one.carrier_id: one.name for one in carriers.carriers(asked.state)}
    now_held = carriers.held_now(asked.state, asked.now)
    held = {point_id: one.terms.carrier_id for point_id, one in now_held.items()}
    return {**named, NO_CARRIER: asked.words.gettext("Without a contract")}, held


def _coordinates(groups: Iterable[LineGroup]) -> dict[str, tuple[float, float]]:
    """Return where groups are; one of several points is in the middle of them."""
    found = {}
    for group in groups:
        known = [place for one in group.points if (place := _place(one.point)) is not None]
        if known:
            latitudes, longitudes = zip(*known, strict=True)
            found[group.key] = (sum(latitudes) / len(known), sum(longitudes) / len(known))
    return found


def _place(point: Point) -> tuple[float, float] | None:
    if point.latitude is None or point.longitude is None:
        return None
    return point.latitude, point.longitude


def _found(typed: str, groups: Sequence[LineGroup]) -> tuple[frozenset[str], str]:
    """Return what a search marks, and the name of the group in which the first is."""
    sought = finding.sought(typed)
    if not sought:
        return frozenset(), ""
    holders = {one.point.point_id: (one, group) for group in groups for one in group.points}
    among = [
        Findable(one.point.name, point_id, also=str(one.point.number))
        for point_id, (one, _) in holders.items()
    ]
    hits = [holders[one.href] for one in finding.found(sought, among)]
    named = finding.found(sought, [Findable(one.name, one.key) for one in groups])
    holder = hits[0][1].name if hits else ""
    return frozenset(
        [*(board.key_of(one) for one, _ in hits), *(one.href for one in named)]
    ), holder


def _said(asked: PageRequest, typed: str, found: frozenset[str], holder: str) -> str:
    words = asked.words
    if not typed.strip():
        return ""
    if not found:
        return words.gettext("Nothing on this map is called that.")
    count = words.ngettext("%(n)s found", "%(n)s found", len(found))
    return f"{count}: {holder}" if holder else count


def _notes(
    asked: PageRequest, by: str, groups: Sequence[LineGroup], shown: MapShown, is_blind: bool
) -> tuple[str, ...]:
    words, notes = asked.words, []
    if is_blind:
        notes.append(words.gettext("The centre does not see: what is shown is what it heard last."))
    if shown.board.is_counted:
        notes.append(words.gettext("Points are counted here; a unit opens to its own map."))
    if by == "place":
        without = sum(one.key not in shown.coordinates for one in groups)
        if without:
            notes.append(
                words.ngettext(
                    "%(n)s has no coordinates and stands below",
                    "%(n)s have no coordinates and stand below",
                    without,
                )
            )
    return tuple(notes)


def _query(asked: PageRequest) -> str:
    query = asked.request.url.query
    return f"?{query}" if query else ""
