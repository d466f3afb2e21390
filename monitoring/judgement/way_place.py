"""Where on its way a line loses packets or takes its time, from a trace made meanwhile. Pure.

Whose a router is nobody says, so this is a guess by address and by place, and carries a question
mark; but for the room's own router, answering later than usual: no other way leads there and back.

A loss has no place unless a trace could see one: of few packets to each hop most lose none, so the
hops before must have lost nothing where, at the loss that is measured, they hardly could have.
"""

import ipaddress
from dataclasses import dataclass
from enum import Enum

from contracts.way import WayBody
from monitoring.judgement.problem import Problem, ProblemKey
from monitoring.judgement.way_compared import WayFinding, WayFound, compared

ACCIDENT = 0.05
LEAST_LOST = 3
_OF_ROOMS = ipaddress.ip_network("192.168.0.0/16")
"""Of the other private addresses carriers have many, beyond the first hop and at it."""
_FINDINGS = {ProblemKey.LOSS: WayFinding.LOSSY, ProblemKey.SLOW: WayFinding.SLOWER}
PLACED = frozenset(_FINDINGS)


class Place(Enum):
    """Whose stretch of the way it is."""

    ROOM = "room"
    CARRIER = "carrier"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class WayPlace:
    """From which hop on, and whose that is."""

    place: Place
    is_sure: bool
    hop: int
    address: str


def place_of(
    problem: Problem, traced: WayBody, usual: WayBody | None, gateway: str | None
) -> WayPlace | None:
    """Return where a loss or a delay begins; None: the trace does not show it.

    Args:
        traced: while the problem was there; `usual`: the last before it, when all was well.
        gateway: the router of the point, as its reports say.
    """
    wanted = _FINDINGS.get(problem.key)
    found = next((one for one in compared(traced, usual) if one.finding is wanted), None)
    if found is None or (wanted is WayFinding.LOSSY and not _is_seen(problem, found, traced)):
        return None
    hop, address = int(found.arguments["hop"]), str(found.arguments["address"])
    place = _place(traced, hop, address, gateway)
    is_first = hop == 1 and address == gateway
    is_sure = wanted is WayFinding.SLOWER and is_first and _is_of_rooms(address)
    return WayPlace(place, is_sure, hop, address)


def _is_seen(problem: Problem, found: WayFound, traced: WayBody) -> bool:
    lost, percent = int(found.arguments["lost"]), problem.arguments.get("percent")
    if lost < LEAST_LOST or not isinstance(percent, int | float):
        return False
    first = int(found.arguments["hop"])
    answered = sum(len(hop.round_trips_ms) for hop in traced.hops if hop.ttl < first)
    return first == 1 or (1 - min(1.0, percent / 100)) ** answered < ACCIDENT


def _place(traced: WayBody, hop: int, address: str, gateway: str | None) -> Place:
    if address == traced.to:
        return Place.CENTRE
    is_private = ipaddress.ip_address(address).is_private
    if _is_of_rooms(address) or (hop == 1 and is_private and address == gateway):
        return Place.ROOM
    return Place.CARRIER


def _is_of_rooms(address: str) -> bool:
    return ipaddress.ip_address(address) in _OF_ROOMS
