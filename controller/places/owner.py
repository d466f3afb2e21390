"""Who a unit, a room or a meeting belongs to."""

from enum import Enum


class Owner(Enum):
    """Who a unit or a room belongs to; kept as its value."""

    PEOPLE_COMMITTEE = "people_committee"
    PARTY = "party"
    COUNCIL = "council"
