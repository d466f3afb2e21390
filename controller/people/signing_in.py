"""Signing in, out, and changing one's own password: for pages and API alike, written down."""

from fastapi import Request

from controller.audit.noting import noted
from controller.audit.service import Action, AuditOutcome
from controller.errors import RequestError, TooManyTries
from controller.knock import Knocker
from controller.people import web_sessions
from controller.people.accounts import Accounts
from controller.people.sign_in_throttle import SignInThrottle
from controller.web.deps import Web, address_of
from controller.web.signed_in import SignedIn


class WrongPassword(RequestError):
    """The name or the password is wrong; which of them is not said."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "wrong_password",
            "Tên đăng nhập hoặc mật khẩu chưa đúng.",
            "The name or the password is wrong.",
        )


class WrongOldPassword(RequestError):
    """Who changes their password typed another than the present one."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "wrong_password",
            "Mật khẩu hiện tại chưa đúng. Nhập lại mật khẩu đang dùng để đăng nhập.",
            "The present password is wrong. Type again the one you sign in with.",
        )


def sign_in(web: Web, request: Request, name: str, password: str) -> str:
    """Return a new session's cookie value.

    Raises:
        TooManyTries: this address failed too often.
        WrongPassword: the name or the password is wrong.
    """
    throttle, address = _admitted(web, request, name, Action.SIGN_IN)
    token = web_sessions.sign_in(web.state, web.settings.web, name, password, now=web.now())
    if token is None:
        throttle.failed(name, address)
        noted(web, request, Action.SIGN_IN, actor=name, outcome=AuditOutcome.REFUSED)
        raise WrongPassword
    throttle.succeeded(name, address)
    noted(web, request, Action.SIGN_IN, actor=name)
    return token


def sign_out(web: Web, request: Request) -> str:
    """End the request's session, and the media opened with it; return whose it was."""
    owner = web_sessions.sign_out(web.state, request)
    noted(web, request, Action.SIGN_OUT, actor=owner or "")
    web.part(Knocker).knock()
    return owner or ""


def change_password(web: Web, request: Request, person: SignedIn, old: str, new: str) -> str:
    """Change one's own password; every session ends, and the new one's cookie is returned.

    Raises:
        TooManyTries: the present password was wrong too often.
        WrongOldPassword: the present password is wrong.
        BadRequest: the new one is too short or too long.
    """
    name = person.user_name
    throttle, address = _admitted(web, request, name, Action.CHANGE_PASSWORD)
    if not web.part(Accounts).has_password(name, old):
        throttle.failed(name, address)
        noted(web, request, Action.CHANGE_PASSWORD, actor=name, outcome=AuditOutcome.REFUSED)
        raise WrongOldPassword
    web.part(Accounts).set_password(name, new)
    noted(web, request, Action.CHANGE_PASSWORD, actor=name, subject=name)
    return web_sessions.begin_session(web.state, web.settings.web, name, now=web.now())


def _admitted(web: Web, request: Request, name: str, action: Action) -> tuple[SignInThrottle, str]:
    throttle, address = web.part(SignInThrottle), address_of(request)
    try:
        throttle.admit(name, address)
    except TooManyTries:
        noted(web, request, action, actor=name, outcome=AuditOutcome.THROTTLED)
        raise
    return throttle, address
