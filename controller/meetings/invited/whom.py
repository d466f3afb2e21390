"""To whom invitations to a meeting go: the contacts of its points, else of their units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from contracts.ids import PointId
from controller.contacts import service as contacts
from controller.meetings import meeting_queries
from controller.meetings.holds import hold_queries
from controller.meetings.invited.invitees import Invitee, Reached, invitees, key_of
from controller.meetings.tables import Meeting
from controller.places import service as places


@dataclass(frozen=True, slots=True)
class Whom:
    """Who can be invited to a meeting now, and the points of which nobody has an address.

    `points`: of which point each is the first contact, by their key_of; `waiting`: who is of
    rooms alone that nobody has agreed to yet, and is told nothing that they were not told before.
    """

    invitees: tuple[Invitee, ...]
    without: tuple[str, ...]
    chair_point: str
    host: str
    points: Mapping[str, str]
    waiting: frozenset[str] = frozenset()


def whom(session: Session, meeting: Meeting, invited: Sequence[PointId] | None = None) -> Whom:
    """Return to whom invitations to a meeting go; nobody for a room that is not to be had.

    A point's own contacts are invited, its unit's where none of its own has an address.

    Args:
        invited: the points it is to have; None: those it has.
    """
    order = invited
    if order is None:
        order = meeting_queries.participants(session, meeting.meeting_id)
    held = hold_queries.states_of_rooms(session, meeting.meeting_id)
    order = [one for one in order if one not in held or not held[one].is_lapsed]
    known = places.points_by_id(session, [*order, PointId(meeting.chair_point_id)])
    points = [known[one] for one in order if one in known]
    cards = contacts.of_points(session, [one.point_id for one in points])
    of_units = contacts.of_units(session, {one.unit_id for one in points})
    reached: list[Reached] = []
    without: list[str] = []
    first: dict[str, str] = {}
    agreed: set[str] = set()
    for point in points:
        own = [one for one in cards.get(point.point_id, ()) if one.email]
        own = own or [one for one in of_units.get(point.unit_id, ()) if one.email]
        reached += [Reached(one.email, one.name, point.name) for one in own]
        if PointId(point.point_id) not in held or held[PointId(point.point_id)].is_agreed:
            agreed.update(key_of(one.email) for one in own)
        for one in own:
            first.setdefault(key_of(one.email), point.point_id)
        if not own:
            without.append(point.name)
    chair = known.get(PointId(meeting.chair_point_id))
    host = meeting.host_unit_id or ""
    return Whom(
        tuple(invitees(reached)),
        tuple(without),
        chair.name if chair else meeting.chair_point_id,
        places.unit_names(session, [host]).get(host, "") if host else "",
        first,
        frozenset(first) - agreed,
    )
