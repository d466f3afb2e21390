"""Which of a meeting's relays each point uses.

A meeting has a home, and around it outer relays: those of a second site serve the points of
their units, however deep these lie; the home and its workers share the rest evenly, where they
are many. The same points and the same list always give the same answer, and one point more or
less moves few others.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from contracts.ids import PointId, RelayId


@dataclass(frozen=True, slots=True)
class ListedRelay:
    """A relay as the settings list it. Without a home it is one; with units it is a site's."""

    relay_id: RelayId
    home: RelayId | None = None
    serves: frozenset[str] = frozenset()


# Each point's unit and those above it, the nearest first.
UnitsAbove = Mapping[PointId, Sequence[str]]


@dataclass(frozen=True, slots=True)
class MeetingRelays:
    """One meeting's relays: every point's own, in the order of the points."""

    home: RelayId
    relay_of: Mapping[PointId, RelayId]

    @property
    def outer(self) -> dict[RelayId, tuple[PointId, ...]]:
        """The outer relays that the meeting uses, each with its points."""
        found: dict[RelayId, list[PointId]] = {}
        for point, relay in self.relay_of.items():
            if relay != self.home:
                found.setdefault(relay, []).append(point)
        return {relay: tuple(points) for relay, points in sorted(found.items())}

    def without(self, gone: Collection[RelayId]) -> "MeetingRelays":
        """Return where the points go while some outer relays are gone: to the home."""
        moved = {
            point: self.home if relay in gone else relay for point, relay in self.relay_of.items()
        }
        return MeetingRelays(self.home, moved)


def spread(
    home: RelayId,
    chair: PointId,
    points: UnitsAbove,
    relays: Iterable[ListedRelay],
    *,
    one_relay_up_to: int,
) -> MeetingRelays:
    """Return a meeting's relays.

    Args:
        one_relay_up_to: so many points, those of sites not counted, stay at the home alone.
    """
    outer = [one for one in relays if one.home == home]
    site_of = {unit: one.relay_id for one in outer for unit in one.serves}
    workers = sorted(one.relay_id for one in outer if not one.serves)
    relay_of = {
        point: next((site_of[unit] for unit in units if unit in site_of), home)
        for point, units in points.items()
    }
    rest = [point for point, relay in relay_of.items() if relay == home]
    if workers and len(rest) > one_relay_up_to:
        relay_of |= _evenly(rest, (home, *workers), chair)
    return MeetingRelays(home, relay_of)


def _evenly(
    points: Sequence[PointId], relays: Sequence[RelayId], chair: PointId
) -> dict[PointId, RelayId]:
    """Share points out, none having two more than another; the chair's is at the first."""
    least, larger = divmod(len(points), len(relays))
    counts = dict.fromkeys(relays, 0)
    shares: dict[PointId, RelayId] = {}
    for point in sorted(points, key=lambda one: (one != chair, _weight(one))):
        liked = sorted(relays, key=lambda one: _weight(point, one))
        if point == chair:
            liked = list(relays)
        most = least + (larger > 0)
        relay = next(one for one in liked if counts[one] < most)
        larger -= counts[relay] == least
        counts[relay] += 1
        shares[point] = relay
    return shares


def _weight(*names: str) -> bytes:
    """Return a number by chance that stays the same: everybody has an own order of the relays."""
    return hashlib.blake2b("/".join(names).encode(), digest_size=8).digest()
