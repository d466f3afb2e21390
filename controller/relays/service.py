"""What other subjects may ask of relays: which carry a meeting, and which are given up for now."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from contracts.ids import PointId, RelayId
from controller.places import service as places
from controller.relays.absence_queries import gone_since
from controller.relays.spreading import ListedRelay, MeetingRelays, spread
from controller.settings import ControllerSettings

__all__ = [
    "MeetingRelays",
    "gone_since",
    "has_outer",
    "listed",
    "outer_ids",
    "relays_of",
    "unknown_units",
]


def listed(settings: ControllerSettings) -> tuple[ListedRelay, ...]:
    """Return the relays of the settings as the rule takes them."""
    return tuple(
        ListedRelay(
            RelayId(one.relay_id),
            RelayId(one.home) if one.home else None,
            frozenset(one.serves),
        )
        for one in settings.relays
    )


def outer_ids(settings: ControllerSettings) -> frozenset[RelayId]:
    """Return the relays that are no home."""
    return frozenset(one.relay_id for one in listed(settings) if one.home is not None)


def has_outer(settings: ControllerSettings, home: RelayId) -> bool:
    """Return whether any relay carries a home's meetings besides it."""
    return any(one.home == home for one in settings.relays)


def relays_of(
    session: Session,
    settings: ControllerSettings,
    home: RelayId,
    chair: PointId,
    invited: Sequence[PointId],
) -> MeetingRelays:
    """Return which relay each invited point of a meeting uses while all are there."""
    if not has_outer(settings, home):
        return MeetingRelays(home, dict.fromkeys(invited, home))
    above = places.units_above(session, invited)
    return spread(
        home,
        chair,
        {point: above.get(point, ()) for point in invited},
        listed(settings),
        one_relay_up_to=settings.spreading.one_relay_up_to,
    )


def unknown_units(
    session: Session, settings: ControllerSettings, *, now: datetime
) -> tuple[str, ...]:
    """Return the units that a relay is listed to serve, and that there are not."""
    there = {one.unit_id for one in places.as_of(session, now).units}
    served = (unit for relay in settings.relays for unit in relay.serves)
    return tuple(unit for unit in served if unit not in there)
