"""Signing in and out, for programs and for pages that use the API."""

from fastapi import APIRouter, Request, Response

from controller.errors import NotSignedIn, RequestError
from controller.people import web_sessions
from controller.people.schemas import PersonOut, SignInIn
from controller.people.web_sessions import SignInThrottle
from controller.web import csrf
from controller.web.deps import Anyone, Viewer, WebParts, address_of
from controller.web.signed_in import COOKIE, SignedIn

router = APIRouter(prefix="/api/v1/session", tags=["session"])


class WrongPassword(RequestError):
    """The name or the password is wrong; which of them is not said."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "wrong_password",
            "Tên đăng nhập hoặc mật khẩu chưa đúng.",
            "The name or the password is wrong.",
        )


@router.post("")
def sign_in(
    web: WebParts, _: Anyone, request: Request, response: Response, form: SignInIn
) -> PersonOut:
    """Sign in: sets the session's cookie and returns the CSRF token for changing requests."""
    csrf.refuse_cross_site(request)
    now, address = web.now(), address_of(request)
    web.part(SignInThrottle).check(form.user_name, address, now=now)
    token = web_sessions.sign_in(
        web.state,
        web.settings.web,
        form.user_name,
        form.password.get_secret_value(),
        now=now,
    )
    if token is None:
        web.part(SignInThrottle).failed(form.user_name, address, now=now)
        raise WrongPassword
    web.part(SignInThrottle).succeeded(form.user_name)
    person = web_sessions.signed_in(web.state, web.settings.web, token, now=now)
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
    web_sessions.sign_out(web.state, request.cookies[COOKIE])
    web_sessions.clear_cookie(response, request)


def _shown(person: SignedIn) -> PersonOut:
    return PersonOut(
        user_name=person.user_name,
        display_name=person.display_name,
        role=person.role,
        csrf_token=person.csrf_token,
    )
