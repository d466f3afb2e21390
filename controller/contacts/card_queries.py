"""Contact cards, by their place."""

from collections.abc import Iterable

from sqlalchemy import case
from sqlmodel import Session, col, select

from controller.contacts.card_entered import ContactRole
from controller.contacts.place import ContactPlace
from controller.contacts.tables import ContactCard

_ORDER = case({one.value: index for index, one in enumerate(ContactRole)}, value=ContactCard.role)


def card(session: Session, card_id: str, *, is_claimed: bool = False) -> ContactCard | None:
    """Return one; claimed: nobody else changes it until this transaction ends."""
    return session.get(ContactCard, card_id, with_for_update=is_claimed or None)


def of_place(session: Session, place: ContactPlace) -> list[ContactCard]:
    """Return the cards of one point or unit, in the order in which they are called."""
    column = col(ContactCard.point_id) if place.is_point else col(ContactCard.unit_id)
    query = select(ContactCard).where(column == place.place_id)
    return list(session.exec(query.order_by(_ORDER, col(ContactCard.name), ContactCard.card_id)))


def of_points(session: Session, point_ids: Iterable[str]) -> dict[str, list[ContactCard]]:
    """Return the cards of points, by their ids; of none there is no entry."""
    query = select(ContactCard).where(col(ContactCard.point_id).in_(list(point_ids)))
    found: dict[str, list[ContactCard]] = {}
    for one in session.exec(query.order_by(_ORDER, col(ContactCard.name), ContactCard.card_id)):
        found.setdefault(one.point_id or "", []).append(one)
    return found


def of_units(session: Session, unit_ids: Iterable[str]) -> dict[str, list[ContactCard]]:
    """Return the cards of units themselves, by their ids; of none there is no entry."""
    query = select(ContactCard).where(col(ContactCard.unit_id).in_(list(unit_ids)))
    found: dict[str, list[ContactCard]] = {}
    for one in session.exec(query.order_by(_ORDER, col(ContactCard.name), ContactCard.card_id)):
        found.setdefault(one.unit_id or "", []).append(one)
    return found
