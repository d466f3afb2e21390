"""Contacts as people read them: on a point's page, on their own page, in the form of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from controller.contacts import card_queries
from controller.contacts.card_entered import CardEntered, ContactRole, dialled
from controller.contacts.place import ContactPlace
from controller.contacts.service import place_of
from controller.contacts.tables import ContactCard
from controller.places.service import Point
from controller.web.elements import Crumb
from controller.web.i18n.language import Language
from controller.web.page_request import PageRequest


@dataclass(frozen=True, slots=True)
class CardLine:
    """One card; `tel`: the number as a phone dials it."""

    card_id: str
    href: str
    role: str
    name: str
    phone: str
    tel: str
    email: str


@dataclass(frozen=True, slots=True)
class ContactsPanel:
    """The contacts of a point, and those of its unit."""

    cards: tuple[CardLine, ...]
    of_unit: tuple[CardLine, ...]
    edit: str
    edit_unit: str


@dataclass(frozen=True, slots=True)
class ContactsView:
    """The page of one place's contacts, with the form of a new one, or of one to change."""

    crumbs: tuple[Crumb, ...]
    title: str
    cards: tuple[CardLine, ...]
    roles: tuple[tuple[str, str], ...]
    form: CardEntered
    action: str
    back: str
    card_id: str = ""


def of_point(asked: PageRequest, point: Point) -> ContactsPanel:
    """Return whom to call at a point."""
    own, unit = ContactPlace(True, point.point_id), ContactPlace(False, point.unit_id)
    return ContactsPanel(
        cards=lines(asked.words, card_queries.of_place(asked.state, own)),
        of_unit=lines(asked.words, card_queries.of_place(asked.state, unit)),
        edit=own.address,
        edit_unit=unit.address,
    )


def roles(words: Language) -> tuple[tuple[str, str], ...]:
    """Return what somebody may be, in words."""
    called = {
        ContactRole.TECHNICIAN: words.gettext("technician on duty"),
        ContactRole.CLERK: words.gettext("clerk"),
        ContactRole.LEADER: words.gettext("leader"),
    }
    return tuple((one.value, called[one]) for one in ContactRole)


def lines(words: Language, cards: Iterable[ContactCard]) -> tuple[CardLine, ...]:
    """Return cards as lines."""
    called = dict(roles(words))
    return tuple(
        CardLine(
            card_id=one.card_id,
            href=f"/contacts/cards/{one.card_id}",
            role=called[one.role],
            name=one.name,
            phone=one.phone,
            tel=dialled(one.phone),
            email=one.email,
        )
        for one in cards
    )


def place_view(
    words: Language, place: ContactPlace, name: str, cards: Iterable[ContactCard], form: CardEntered
) -> ContactsView:
    """Return the page of a place's contacts."""
    back = f"/points/{place.place_id}" if place.is_point else "/points"
    return ContactsView(
        crumbs=(
            Crumb(words.gettext("Points"), "/points"),
            Crumb(name, back),
            Crumb(words.gettext("Contacts")),
        ),
        title=words.gettext("Contacts: %(name)s", name=name),
        cards=lines(words, cards),
        roles=roles(words),
        form=form,
        action=place.address,
        back=back,
    )


def card_view(words: Language, card: ContactCard, name: str, form: CardEntered) -> ContactsView:
    """Return the form of one card."""
    place = place_of(card)
    return ContactsView(
        crumbs=(
            Crumb(words.gettext("Points"), "/points"),
            Crumb(words.gettext("Contacts: %(name)s", name=name), place.address),
            Crumb(card.name),
        ),
        title=card.name,
        cards=(),
        roles=roles(words),
        form=form,
        action=f"/contacts/cards/{card.card_id}",
        back=place.address,
        card_id=card.card_id,
    )


def kept(card: ContactCard) -> CardEntered:
    """Return a card as its form begins."""
    return CardEntered(card.role, card.name, card.phone, card.email)


def typed_of(fields: Mapping[str, str]) -> CardEntered:
    """Return what was typed."""
    role, name, phone, email = (
        fields.get(one, "").strip() for one in ("role", "name", "phone", "email")
    )
    return CardEntered(role, name, phone, email)
