"""What every page's route needs: the frame around it, the form that was sent, a way back."""

from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session, col, select
from starlette.datastructures import FormData

from controller.places.tables import Unit
from controller.roles import Role
from controller.people.web_sessions import SignedIn
from controller.web.deps import Web
from controller.web.i18n.catalogue import chosen
from controller.web.forms import sent_form
from controller.web.frame import Frame, Person

LANGUAGE_COOKIE = "diemcau_language"


def frame_of(
    request: Request, web: Web, person: SignedIn | None, section: str = "", place: str = ""
) -> Frame:
    """Return the frame of a page for whoever asks."""
    return Frame(
        language=chosen(request.cookies.get(LANGUAGE_COOKIE)),
        now=web.now(),
        path=_shown_path(request),
        place_name=place,
        csrf_token=person.csrf_token if person else "",
        relay_origins=tuple(relay.url for relay in web.settings.relays),
        person=_person(person) if person else None,
        section=section,
    )


def _person(signed_in: SignedIn) -> Person:
    return Person(
        user_name=signed_in.user_name,
        display_name=signed_in.display_name,
        is_office=signed_in.may(Role.OFFICE),
        is_admin=signed_in.may(Role.ADMIN),
    )


def _shown_path(request: Request) -> str:
    """Return where the language switch leads back to: a page, never a part or a POST."""
    path = request.url.path
    is_page = request.method == "GET" and not path.startswith("/parts/")
    return path if is_page else "/"


def place_name(session: Session) -> str:
    """Return the name of the tree's top, which is what the installation is for."""
    top = session.exec(
        select(Unit.name)
        .where(col(Unit.parent_id).is_(None), col(Unit.valid_to).is_(None))
        .order_by(col(Unit.position), col(Unit.name))
    ).first()
    return top or ""


def local_path(text: str) -> str:
    """Return a path within these pages; anything else leads to the overview."""
    is_local = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if is_local and text.isprintable() and len(text) <= 200 else "/"


Sent = Annotated[FormData, Depends(sent_form)]


def text_of(form: FormData, name: str) -> str:
    """Return a field's text; empty where it was not sent."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def texts_of(form: FormData) -> dict[str, str]:
    """Return every field's text, the last of each name."""
    return {name: value for name, value in form.items() if isinstance(value, str)}
