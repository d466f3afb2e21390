"""Who a unit, a room or a meeting belongs to."""

from collections.abc import Mapping
from enum import Enum

from controller.web.i18n.language import N_


class Owner(Enum):
    """Who a unit or a room belongs to; kept as its value."""

    PEOPLE_COMMITTEE = "people_committee"
    PARTY = "party"
    COUNCIL = "council"


OWNER_NAMES: Mapping[Owner, str] = {
    Owner.PEOPLE_COMMITTEE: N_("People's Committee"),
    Owner.PARTY: N_("Party committee"),
    Owner.COUNCIL: N_("People's Council"),
}
