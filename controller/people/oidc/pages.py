"""Signing in at the provider of identities: begun here, answered there, and who may do so."""

import secrets
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import quote

import anyio.from_thread
import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from controller.audit.noting import noted
from controller.audit.service import Action, AuditOutcome
from controller.errors import BadRequest, NotFound
from controller.people import web_sessions
from controller.people.accounts import Accounts
from controller.people.oidc import attempt as attempts
from controller.people.oidc.attempt import Attempt
from controller.people.oidc.id_token import Claimed
from controller.people.oidc.identities import IdentityDesk, Newcomer
from controller.people.oidc.provider import Provider
from controller.people.oidc.refused import ProviderRefusal, ProviderRefused
from controller.people.oidc.tries import ProviderTries
from controller.web.deps import Anyone, Web, WebParts, address_of
from controller.web.host_cookie import HostCookie, is_https
from controller.web.names import page_origin
from controller.web.page_request import AskedByAdmin, Sent, local_path, text_of

router = APIRouter(include_in_schema=False)
START, BACK = "/sign-in/oidc", "/sign-in/oidc/back"
COOKIE = HostCookie("diemcau_attempt", attempts.VALID_S)
MAX_CODE_CHARS = 4096
T = TypeVar("T")
_log = structlog.get_logger()


@router.get(START)
def begin(web: WebParts, _: Anyone, request: Request, next: str = "/") -> Response:
    """Send a browser to the provider; what binds the answer to it goes into a cookie."""
    _need_provider(web)
    provider, next_path = web.part(Provider), local_path(next)
    tried = Attempt(secrets.token_urlsafe(32), int(web.now().timestamp()), next_path)
    try:
        with web.part(ProviderTries).one(address_of(request)):
            address = _awaited(provider.address, tried, _back(web, request))
    except ProviderRefused as exc:
        return _refused(web, request, exc, next_path)
    response = RedirectResponse(address, status_code=303)
    COOKIE.give(response, request, tried.sealed(provider.key))
    return _unkept(response)


@router.get(BACK)
def back(
    web: WebParts,
    _: Anyone,
    request: Request,
    state: str = "",
    code: str = "",
    iss: str | None = None,
    error: str = "",
) -> Response:
    """Take the provider's answer, and sign in whoever came with it."""
    _need_provider(web)
    provider = web.part(Provider)
    cookie, now_s = COOKIE.shown_by(request) or "", int(web.now().timestamp())
    tried = attempts.opened(cookie, provider.key, now_s=now_s)
    next_path = tried.next_path if tried else "/"
    try:
        if tried is None or not secrets.compare_digest(
            state.encode(), tried.state(provider.key).encode()
        ):
            raise ProviderRefused(ProviderRefusal.LOST, "no try of this browser")
        if error or not 0 < len(code) <= MAX_CODE_CHARS:
            raise ProviderRefused(ProviderRefusal.DECLINED, f"the provider said {error[:60]!r}")
        with web.part(ProviderTries).one(address_of(request)):
            claimed = _awaited(provider.who, tried, code, iss, _back(web, request))
        came = web.part(IdentityDesk).come(claimed)
    except ProviderRefused as exc:
        return _refused(web, request, exc, next_path)
    return _signed_in(web, request, claimed, came, local_path(next_path))


@router.post("/people/identity")
def administer(asked: AskedByAdmin, form: Sent) -> Response:
    """Allow a person to come by the provider, or have their identity there be theirs no more."""
    web, name, action = asked.web, text_of(form, "user_name"), text_of(form, "action")
    _need_provider(web)
    actor = asked.person.user_name
    if action == "allow":
        web.part(IdentityDesk).allow(name, actor=actor)
        noted(web, asked.request, Action.ALLOW_IDENTITY, actor=actor, subject=name)
    elif action == "forget":
        web.part(IdentityDesk).forget(name)
        web.part(Accounts).sign_out_everywhere(name)
        noted(web, asked.request, Action.FORGET_IDENTITY, actor=actor, subject=name)
    else:
        raise BadRequest(
            "invalid_request",
            "Không có việc này. Tải lại trang rồi thử lại.",
            "There is no such action.",
        )
    return RedirectResponse("/people", status_code=303)


def _signed_in(
    web: Web, request: Request, claimed: Claimed, came: Newcomer, next_path: str
) -> Response:
    name = came.user_name
    if came.is_linked:
        noted(web, request, Action.LINK_IDENTITY, actor=name, subject=name, detail=claimed.subject)
    token = web_sessions.begin_session(web.state, web.settings.web, name, now=web.now())
    noted(web, request, Action.SIGN_IN, actor=name, detail=web.settings.oidc.name)
    response = RedirectResponse(next_path, status_code=303)
    _forget_attempt(response, request)
    web_sessions.set_cookie(response, request, token)
    return _unkept(response)


def _refused(web: Web, request: Request, exc: ProviderRefused, next_path: str) -> Response:
    """Lead back to the sign-in page, which says why; the log of the server says more."""
    refusal = exc.refusal
    _log.warning("provider_sign_in_refused", refusal=refusal.value, reason=exc.why)
    if exc.is_made:
        noted(web, request, Action.ADD_PERSON, actor=exc.name, subject=exc.name)
    is_slowed = refusal is ProviderRefusal.TOO_MANY
    outcome = AuditOutcome.THROTTLED if is_slowed else AuditOutcome.REFUSED
    detail = refusal.value
    noted(web, request, Action.SIGN_IN, actor=exc.name, outcome=outcome, detail=detail)
    path = f"/sign-in?next={quote(next_path)}&problem={refusal.value}"
    response = RedirectResponse(path, status_code=303)
    _forget_attempt(response, request)
    return _unkept(response)


def _forget_attempt(response: Response, request: Request) -> None:
    name = COOKIE.https_name if is_https(request) else COOKIE.name
    response.delete_cookie(name, httponly=True, secure=is_https(request), samesite="lax", path="/")


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _back(web: Web, request: Request) -> str:
    return f"{page_origin(web.settings, request)}{BACK}"


def _need_provider(web: Web) -> None:
    if not web.settings.oidc.is_used:
        raise NotFound("nhà cung cấp đăng nhập", "provider of identities")


def _awaited(work: Callable[..., Coroutine[Any, Any, T]], *values: object) -> T:
    """Have the process' loop do something, in a route that runs in a thread of its own."""
    return anyio.from_thread.run(work, *values)
