"""The contacts of a point or a unit: listed, added, changed, removed."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.contacts import card_queries, panel
from controller.contacts.card_entered import CardEntered
from controller.contacts.place import ContactPlace
from controller.contacts.service import ContactDesk, place_of
from controller.contacts.tables import ContactCard
from controller.errors import NotFound, RequestError
from controller.places import service as places
from controller.web.page_request import AskedByOffice, PageRequest, Sent, texts_of

router = APIRouter(include_in_schema=False)


@router.get("/contacts/points/{place_id}")
def of_point(asked: AskedByOffice) -> Response:
    """Show a point's contacts, with the form of another."""
    return _place_page(asked, ContactPlace(True, asked.named("place_id")), CardEntered())


@router.get("/contacts/units/{place_id}")
def of_unit(asked: AskedByOffice) -> Response:
    """Show a unit's contacts, with the form of another."""
    return _place_page(asked, ContactPlace(False, asked.named("place_id")), CardEntered())


@router.post("/contacts/points/{place_id}")
def add_to_point(asked: AskedByOffice, form: Sent) -> Response:
    """Add a contact of a point."""
    return _add(asked, ContactPlace(True, asked.named("place_id")), panel.typed_of(texts_of(form)))


@router.post("/contacts/units/{place_id}")
def add_to_unit(asked: AskedByOffice, form: Sent) -> Response:
    """Add a contact of a unit."""
    return _add(asked, ContactPlace(False, asked.named("place_id")), panel.typed_of(texts_of(form)))


@router.get("/contacts/cards/{card_id}")
def shown(asked: AskedByOffice) -> Response:
    """Show the form of one."""
    card = _card(asked)
    return _card_page(asked, card, panel.kept(card))


@router.post("/contacts/cards/{card_id}")
def change(asked: AskedByOffice, form: Sent) -> Response:
    """Change one; what is wrong is said in its form."""
    card, typed = _card(asked), panel.typed_of(texts_of(form))
    try:
        card = asked.web.part(ContactDesk).change(card.card_id, typed)
    except RequestError as exc:
        return _card_page(asked, card, typed.again(exc.said_in(asked.words.code)), status=422)
    return _done(asked, Action.CHANGE_CONTACT, card)


@router.post("/contacts/cards/{card_id}/remove")
def remove(asked: AskedByOffice) -> Response:
    """Remove one."""
    card = asked.web.part(ContactDesk).remove(asked.named("card_id"))
    return _done(asked, Action.REMOVE_CONTACT, card)


def _add(asked: PageRequest, place: ContactPlace, typed: CardEntered) -> Response:
    _name(asked, place)
    try:
        card = asked.web.part(ContactDesk).add(place, typed)
    except RequestError as exc:
        return _place_page(asked, place, typed.again(exc.said_in(asked.words.code)), status=422)
    return _done(asked, Action.ADD_CONTACT, card)


def _place_page(
    asked: PageRequest, place: ContactPlace, form: CardEntered, *, status: int = 200
) -> Response:
    name = _name(asked, place)
    cards = card_queries.of_place(asked.state, place)
    view = panel.place_view(asked.words, place, name, cards, form)
    return asked.page("contacts/contacts.html", "points", status=status, view=view)


def _card_page(
    asked: PageRequest, card: ContactCard, form: CardEntered, *, status: int = 200
) -> Response:
    view = panel.card_view(asked.words, card, _name(asked, place_of(card)), form)
    return asked.page("contacts/card.html", "points", status=status, view=view)


def _card(asked: PageRequest) -> ContactCard:
    card = card_queries.card(asked.state, asked.named("card_id"))
    if card is None:
        raise NotFound("đầu mối liên hệ", "contact")
    return card


def _name(asked: PageRequest, place: ContactPlace) -> str:
    """Return what a place is called.

    Raises:
        NotFound: there is none.
    """
    if place.is_point:
        point = places.point(asked.state, place.place_id, at=asked.now)
        name = point.name if point else ""
    else:
        name = places.unit_names(asked.state, [place.place_id]).get(place.place_id, "")
    if not name:
        raise NotFound("điểm cầu hoặc đơn vị", "point or unit")
    return name


def _done(asked: PageRequest, action: Action, card: ContactCard) -> Response:
    """Note what was done, without whom it is about, and lead back to the list."""
    place = place_of(card)
    noted(asked.web, asked.request, action, actor=asked.person.user_name, subject=place.place_id)
    return RedirectResponse(place.address, status_code=303)
