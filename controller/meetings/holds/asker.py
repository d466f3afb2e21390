"""Who sets meetings in rooms: for whom, and which owners have to agree to what they do."""

from dataclasses import dataclass

from sqlmodel import Session

from controller.meetings.holds import rules
from controller.meetings.holds.owner_roles import acts_for, appointed
from controller.meetings.holds.rules import ActsFor
from controller.places.owner import Owner
from controller.settings import ControllerSettings


@dataclass(frozen=True, slots=True)
class Asker:
    """A person who sets meetings; `needing`: the owners whose yes is needed for their rooms."""

    name: str
    acts_for: ActsFor
    needing: tuple[Owner, ...]


def asker(session: Session, settings: ControllerSettings, name: str) -> Asker:
    """Return who somebody is as one who sets meetings."""
    who, some = acts_for(session, name), appointed(session)
    asks = settings.approval.asks
    needing = tuple(one for one in Owner if rules.needs_yes(one, who, asks, some))
    return Asker(name, who, needing)
