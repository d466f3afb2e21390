"""The grid of all points: a small tile for each, in protocol order, with what is wrong there."""

from dataclasses import dataclass

from controller.meetings.views.seats import MeetingRoster, without_picture
from controller.places.service import Point
from controller.web.elements import Badge
from controller.web.i18n.language import Language

BAD_LOSS_RATIO = 0.05
BAD_RTT_MS = 800.0


@dataclass(frozen=True, slots=True)
class Tile:
    """One point's tile. `note` stands where there is no picture."""

    point_id: str
    name: str
    note: str
    is_present: bool
    is_speaker: bool
    badges: tuple[Badge, ...]


def tiles(words: Language, roster: MeetingRoster) -> tuple[Tile, ...]:
    """Return a tile for every invited point; none for whoever may not see all."""
    if not (roster.can_act and roster.is_open):
        return ()
    present = roster.arrivals()
    return tuple(
        _tile(words, roster, point, is_present=point.point_id in present) for point in roster.points
    )


def _tile(words: Language, roster: MeetingRoster, point: Point, *, is_present: bool) -> Tile:
    point_id = point.point_id
    has_no_camera = is_present and point_id in without_picture(roster.attendance)
    badges = []
    if is_present and point_id in roster.floor.muted:
        badges.append(Badge("muted", "state-muted", words.gettext("Muted")))
    if has_no_camera:
        badges.append(Badge("unknown", "state-unknown", words.gettext("No camera, sound only")))
    if _has_bad_line(roster, point_id):
        badges.append(Badge("degraded", "state-degraded", words.gettext("Bad line")))
    note = words.gettext("The picture is coming…")
    if not is_present:
        note = words.gettext("not in yet")
    elif has_no_camera:
        note = words.gettext("No camera, sound only")
    return Tile(
        point_id=point_id,
        name=point.name,
        note=note,
        is_present=is_present,
        is_speaker=point_id in roster.floor.holders or roster.speakers[:1] == (point_id,),
        badges=tuple(badges),
    )


def _has_bad_line(roster: MeetingRoster, point_id: str) -> bool:
    return any(
        (one.loss_ratio or 0) >= BAD_LOSS_RATIO or (one.rtt_ms or 0) >= BAD_RTT_MS
        for one in roster.sessions_of(point_id)
    )
