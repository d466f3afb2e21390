"""What every page's route needs in one object, the form that was sent, a way back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from controller.roles import Role
from controller.web.deps import Admin, Office, SeriesSession, StateSession, Viewer, Web, WebParts
from controller.web.forms import sent_form
from controller.web.frame import Frame, Person
from controller.web.names import relay_seen_from
from controller.web.i18n.catalogue import chosen
from controller.web.i18n.language import Language
from controller.web.rendering import page
from controller.web.scope import scope_of
from controller.web.signed_in import SignedIn

LANGUAGE_COOKIE = "diemcau_language"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One request of a page: who asks, when, and the sessions it may read from."""

    web: Web
    request: Request
    person: SignedIn
    state: Session
    series: Session
    now: datetime

    @property
    def words(self) -> Language:
        """The language the person reads."""
        return language_of(self.request)

    def named(self, name: str) -> str:
        """Return what the address says under a name."""
        return str(self.request.path_params[name])

    def page(
        self, template: str, section: str, *, status: int = 200, **values: object
    ) -> Response:
        """Return a page or a part of one. `section` is the entry of the bar that is marked."""
        scope = scope_of(self.request)
        place = scope.name if scope else self.web.place_name(self.state, self.now)
        frame = frame_of(self.request, self.web, self.person, section, place)
        return page(template, frame, status=status, **values)


def _viewing(
    web: WebParts, request: Request, person: Viewer, state: StateSession, series: SeriesSession
) -> PageRequest:
    return PageRequest(web, request, person, state, series, web.now())


def _of_office(
    web: WebParts, request: Request, person: Office, state: StateSession, series: SeriesSession
) -> PageRequest:
    return PageRequest(web, request, person, state, series, web.now())


def _of_admin(
    web: WebParts, request: Request, person: Admin, state: StateSession, series: SeriesSession
) -> PageRequest:
    return PageRequest(web, request, person, state, series, web.now())


Asked = Annotated[PageRequest, Depends(_viewing)]
AskedByOffice = Annotated[PageRequest, Depends(_of_office)]
AskedByAdmin = Annotated[PageRequest, Depends(_of_admin)]


def language_of(request: Request) -> Language:
    """Return the language a browser has chosen."""
    return chosen(request.cookies.get(LANGUAGE_COOKIE))


def frame_of(
    request: Request,
    web: Web,
    person: SignedIn | None,
    section: str = "",
    place: str = "",
    *,
    csrf_token: str = "",
    visitor: str = "",
) -> Frame:
    """Return the frame of a page for whoever asks."""
    return Frame(
        language=language_of(request),
        now=web.now(),
        path=_shown_path(request),
        place_name=place,
        csrf_token=person.csrf_token if person else csrf_token,
        relay_origins=tuple(
            relay_seen_from(web.settings, relay.url, str(request.url))
            for relay in web.settings.relays
        ),
        person=_person(person) if person else None,
        section=section,
        visitor=visitor,
    )


def _person(signed_in: SignedIn) -> Person:
    return Person(
        user_name=signed_in.user_name,
        display_name=signed_in.display_name,
        is_office=signed_in.may(Role.OFFICE),
        is_admin=signed_in.may(Role.ADMIN),
        is_bounded=bool(signed_in.branches),
    )


def _shown_path(request: Request) -> str:
    """Return where the language switch leads back to: a page, never a part or a POST."""
    path = request.url.path
    is_page = request.method == "GET" and not path.startswith("/parts/")
    return path if is_page else "/"


def local_path(text: str) -> str:
    """Return a path within these pages; anything else leads to the overview."""
    is_local = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if is_local and text.isprintable() and len(text) <= 200 else "/"


def acted(request: Request, path: str) -> Response:
    """Return the answer to what was done by a button: its page goes on, or is shown anew."""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=200, media_type="text/html")
    return RedirectResponse(path, status_code=303)


Sent = Annotated[FormData, Depends(sent_form)]


def text_of(form: FormData, name: str) -> str:
    """Return a field's text; empty where it was not sent."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def texts_of(form: FormData) -> dict[str, str]:
    """Return every field's text, the last of each name."""
    return {name: value for name, value in form.items() if isinstance(value, str)}
