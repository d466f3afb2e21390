"""Contact cards are added, changed and removed; and what other subjects may read of them."""

import secrets
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session

from controller.contacts import card_entered, card_queries
from controller.contacts.card_entered import CardEntered, CardTaken
from controller.contacts.card_queries import of_points, of_units
from controller.contacts.place import ContactPlace
from controller.contacts.tables import ContactCard
from controller.db.engine import writing
from controller.errors import BadRequest, NotFound

__all__ = [
    "MAX_CARDS",
    "ContactCard",
    "ContactDesk",
    "is_there",
    "of_points",
    "of_units",
    "place_of",
]

MAX_CARDS = 12
"""Of one point or unit."""


@dataclass(frozen=True, slots=True)
class ContactDesk:
    """What the office does with cards. Used from worker threads; keeps nothing itself."""

    state: Engine

    def add(self, place: ContactPlace, typed: CardEntered) -> ContactCard:
        """Add a card.

        Raises:
            BadEntry: a field cannot be taken.
            BadRequest: the place has as many as it may have.
        """
        found = card_entered.taken(typed)
        card = ContactCard(
            card_id=secrets.token_hex(8),
            point_id=place.place_id if place.is_point else None,
            unit_id=None if place.is_point else place.place_id,
            role=found.role.value,
            name=found.name,
        )
        _fill(card, found)
        with writing(self.state) as session:
            if len(card_queries.of_place(session, place)) >= MAX_CARDS:
                raise BadRequest(
                    "too_many_contacts",
                    f"Mỗi nơi có tối đa {MAX_CARDS} đầu mối: bỏ một người trước.",
                    f"A place has at most {MAX_CARDS} contacts: remove one first.",
                )
            session.add(card)
        return card

    def change(self, card_id: str, typed: CardEntered) -> ContactCard:
        """Change a card.

        Raises:
            BadEntry: a field cannot be taken.
            NotFound: there is no such card.
        """
        found = card_entered.taken(typed)
        with writing(self.state) as session:
            card = _found(session, card_id)
            _fill(card, found)
            session.add(card)
        return card

    def remove(self, card_id: str) -> ContactCard:
        """Remove a card; return what it was.

        Raises:
            NotFound: there is no such card.
        """
        with writing(self.state) as session:
            card = _found(session, card_id)
            session.delete(card)
        return card


def _fill(card: ContactCard, found: CardTaken) -> None:
    card.role, card.name = found.role.value, found.name
    card.phone, card.email = found.phone, found.email


def _found(session: Session, card_id: str) -> ContactCard:
    card = card_queries.card(session, card_id, is_claimed=True)
    if card is None:
        raise NotFound("đầu mối liên hệ", "contact")
    return card


def is_there(session: Session, card_id: str) -> bool:
    """Return whether there is such a card."""
    return card_queries.card(session, card_id) is not None


def place_of(card: ContactCard) -> ContactPlace:
    """Return whose card one is."""
    return ContactPlace(card.point_id is not None, card.point_id or card.unit_id or "")
