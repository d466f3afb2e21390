"""The grid: a small tile for each point, in protocol order, and for who takes part by a browser."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.relay import Attendee
from controller.meetings.readiness import is_bad_line
from controller.meetings.views.seats import MeetingRoster, without_picture
from controller.places.service import Point
from controller.web.elements import Badge
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile, of a point or a person. `note` stands where there is no picture."""

    point_id: str
    name: str
    note: str
    is_present: bool
    is_speaker: bool
    badges: tuple[Badge, ...]
    is_person: bool = False


def tiles(words: Language, roster: MeetingRoster, people: Mapping[str, str]) -> tuple[Tile, ...]:
    """Return a tile for every invited point and all who take part; none for who may not see all.

    Args:
        people: what they are called, as the floor names them.
    """
    if not (roster.can_act and roster.is_open):
        return ()
    present = roster.arrivals()
    points = (
        _tile(words, roster, point, is_present=point.point_id in present) for point in roster.points
    )
    persons = (
        _tile_of_person(words, roster, who, people.get(who, who), one)
        for who, one in sorted(roster.taking_part().items())
    )
    return (*points, *persons)


def _tile_of_person(
    words: Language, roster: MeetingRoster, who: str, name: str, session: Attendee
) -> Tile:
    has_no_camera = session.sends == ("audio",)
    note = words.gettext("The picture is coming…")
    if has_no_camera:
        note = words.gettext("No camera, sound only")
    is_bad = is_bad_line(session)
    return Tile(
        point_id=who,
        name=name,
        note=note,
        is_present=True,
        is_speaker=who in roster.floor.holders or roster.speakers[:1] == (who,),
        badges=_badges(words, roster, who, has_no_camera=has_no_camera, is_bad=is_bad),
        is_person=True,
    )


def _tile(words: Language, roster: MeetingRoster, point: Point, *, is_present: bool) -> Tile:
    point_id = point.point_id
    has_no_camera = is_present and point_id in without_picture(roster.attendance)
    is_bad = any(is_bad_line(one) for one in roster.sessions_of(point_id))
    badges = _badges(words, roster, point_id, has_no_camera=has_no_camera, is_bad=is_bad)
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
        badges=badges if is_present else (),
    )


def _badges(
    words: Language, roster: MeetingRoster, who: str, *, has_no_camera: bool, is_bad: bool
) -> tuple[Badge, ...]:
    badges = []
    if who in roster.floor.muted:
        badges.append(Badge("muted", "state-muted", words.gettext("Muted")))
    if has_no_camera:
        badges.append(Badge("unknown", "state-unknown", words.gettext("No camera, sound only")))
    if is_bad:
        badges.append(Badge("degraded", "state-degraded", words.gettext("Bad line")))
    return tuple(badges)
