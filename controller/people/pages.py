"""Pages for signing in and out, and the switch of language."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import select

from contracts.text import plain
from controller.errors import TooManyTries
from controller.people import sign_in_view as view
from controller.people import signing_in, web_sessions
from controller.people.oidc.identities import IdentityDesk
from controller.people.oidc.provider import Provider
from controller.people.oidc.refused import ProviderRefusal
from controller.people.sign_in_view import ProviderOffer
from controller.people.signing_in import WrongPassword
from controller.people.tables import User
from controller.web import csrf
from controller.web.deps import Anyone, StateSession, Viewer, Web, WebParts
from controller.web.host_cookie import is_https
from controller.web.i18n.catalogue import CODES
from controller.web.names import page_origin
from controller.web.page_request import (
    LANGUAGE_COOKIE,
    Sent,
    frame_of,
    local_path,
    text_of,
)
from controller.web.rendering import page

router = APIRouter(include_in_schema=False)
MAX_NAME_CHARS, MAX_PASSWORD_CHARS = 60, 1000
YEAR_S = 365 * 86400
_REFUSALS = frozenset(one.value for one in ProviderRefusal)


@router.get("/sign-in")
def show(
    web: WebParts,
    session: StateSession,
    person: Anyone,
    request: Request,
    next: str = "/",
    ended: bool = False,
    problem: str = "",
    left: bool = False,
) -> Response:
    """Show the form, or lead on whoever is signed in already.

    Args:
        problem: why the provider of identities led back, as a ProviderRefusal.
        left: somebody has signed out here who came from there.
    """
    next_path = local_path(next)
    if person is not None:
        return RedirectResponse(next_path, status_code=303)
    has_nobody = session.exec(select(User.user_name).limit(1)).first() is None
    frame = frame_of(request, web, None, place=web.place_name(session, web.now()))
    offer = _offer(web, request, left=left)
    if offer is not None and problem in _REFUSALS:
        shown = view.not_let_in(frame.language, next_path, ProviderRefusal(problem), offer.name)
    else:
        shown = view.first(frame.language, next_path, has_nobody=has_nobody, has_ended=ended)
    return page("people/sign_in.html", frame, view=shown.beside(offer))


@router.post("/sign-in")
def sign_in(
    web: WebParts, session: StateSession, _: Anyone, request: Request, form: Sent
) -> Response:
    """Sign in and lead on; what is wrong is said above the form."""
    csrf.refuse_cross_site(request)
    name = plain(text_of(form, "user_name")[: 4 * MAX_NAME_CHARS])[:MAX_NAME_CHARS]
    password = text_of(form, "password")[:MAX_PASSWORD_CHARS]
    next_path = local_path(text_of(form, "next"))
    frame = frame_of(request, web, None, place=web.place_name(session, web.now()))
    try:
        token = signing_in.sign_in(web, request, name, password)
    except TooManyTries as exc:
        shown = view.throttled(frame.language, next_path, name, exc.retry_after_s)
        shown = shown.beside(_offer(web, request))
        answer = page("people/sign_in.html", frame, status=429, view=shown)
        answer.headers["Retry-After"] = str(exc.retry_after_s)
        return answer
    except WrongPassword:
        shown = view.wrong(frame.language, next_path, name).beside(_offer(web, request))
        return page("people/sign_in.html", frame, status=401, view=shown)
    response = RedirectResponse(next_path, status_code=303)
    web_sessions.set_cookie(response, request, token)
    return response


@router.post("/sign-out")
def sign_out(web: WebParts, _: Viewer, request: Request) -> Response:
    """End the session at the centre and in the browser."""
    owner = signing_in.sign_out(web, request)
    has_left = bool(owner) and web.settings.oidc.is_used and web.part(IdentityDesk).is_linked(owner)
    response = RedirectResponse("/sign-in?left=1" if has_left else "/sign-in", status_code=303)
    web_sessions.clear_cookie(response, request)
    return response


@router.get("/language/{code}")
def choose_language(_: Anyone, request: Request, code: str, next: str = "/") -> Response:
    """Remember a language and lead back."""
    response = RedirectResponse(local_path(next), status_code=303)
    if code in CODES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            code,
            max_age=YEAR_S,
            httponly=True,
            samesite="lax",
            secure=is_https(request),
        )
    return response


def sign_in_address(path: str) -> str:
    """Return the sign-in page that leads on to a path."""
    return f"/sign-in?next={quote(path)}"


def _offer(web: Web, request: Request, *, left: bool = False) -> ProviderOffer | None:
    """Return where one may sign in beside; None: nowhere. The provider is not waited for."""
    if not web.settings.oidc.is_used:
        return None
    provider = web.part(Provider)
    back = f"{page_origin(web.settings, request)}/sign-in"
    return ProviderOffer(
        web.settings.oidc.name, provider.is_down, provider.end_address(back) if left else ""
    )
