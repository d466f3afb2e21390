"""Signing in and out, for programs and for pages that use the API."""

from fastapi import APIRouter, Request, Response

from controller.errors import NotSignedIn
from controller.people import signing_in, web_sessions
from controller.people.schemas import PasswordIn, PersonOut, SignInIn
from controller.web import csrf
from controller.web.deps import Anyone, Viewer, WebParts
from controller.web.signed_in import SignedIn

router = APIRouter(prefix="/api/v1/session", tags=["session"])


@router.post("")
def sign_in(
    web: WebParts, _: Anyone, request: Request, response: Response, form: SignInIn
) -> PersonOut:
    """Sign in: sets the session's cookie and returns the CSRF token for changing requests."""
    csrf.refuse_cross_site(request)
    password = form.password.get_secret_value()
    token = signing_in.sign_in(web, request, form.user_name, password)
    person = web_sessions.signed_in(web.state, web.settings.web, token, now=web.now())
    if person is None:
        raise NotSignedIn
    web_sessions.set_cookie(response, request, token)
    return _shown(person)


@router.get("")
def who(person: Viewer) -> PersonOut:
    """Return who is signed in."""
    return _shown(person)


@router.delete("", status_code=204)
def sign_out(web: WebParts, _: Viewer, request: Request, response: Response) -> None:
    """Sign out: the session ends at the centre as well."""
    signing_in.sign_out(web, request)
    web_sessions.clear_cookie(response, request)


@router.post("/password", status_code=204)
def change_password(
    web: WebParts, person: Viewer, request: Request, response: Response, form: PasswordIn
) -> None:
    """Change one's own password; all other sessions end."""
    old, new = form.old_password.get_secret_value(), form.new_password.get_secret_value()
    token = signing_in.change_password(web, request, person, old, new)
    web_sessions.set_cookie(response, request, token)


def _shown(person: SignedIn) -> PersonOut:
    return PersonOut(
        user_name=person.user_name,
        display_name=person.display_name,
        role=person.role,
        branches=list(person.branches),
        csrf_token=person.csrf_token,
    )
