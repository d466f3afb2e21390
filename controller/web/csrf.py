"""Against requests that another site makes a signed-in browser send.

The token is derived from the session's cookie, so nothing is stored. Pages put it
into their forms (`csrf_token`), scripts into the header `X-CSRF-Token`.
"""

import hashlib
import hmac

from fastapi import Request

from contracts.tokens import b64url
from controller.errors import NotAllowed
from controller.web.forms import sent_form

HEADER = "x-csrf-token"
FIELD = "csrf_token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def token_for(session_token: str) -> str:
    """Return the token that belongs to a session's cookie."""
    return b64url(hashlib.sha256(b"diemcau-csrf-v1\0" + session_token.encode()).digest())


def refuse_cross_site(request: Request) -> None:
    """Refuse what a browser says another site made it send.

    Raises:
        NotAllowed: it does come from another site.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    is_foreign = origin is not None and origin != "null" and _host_of(origin) != _own_host(request)
    if site not in ("same-origin", "none") or is_foreign or origin == "null":
        raise _refusal()


async def check(request: Request, session_token: str) -> None:
    """Refuse a changing request that does not carry the session's token.

    Raises:
        NotAllowed: it carries none or another's.
    """
    if request.method in _SAFE_METHODS:
        return
    refuse_cross_site(request)
    given = request.headers.get(HEADER) or await _form_token(request)
    if not hmac.compare_digest(given.encode(), token_for(session_token).encode()):
        raise _refusal()


async def _form_token(request: Request) -> str:
    if not request.headers.get("content-type", "").startswith(_FORM_TYPES):
        return ""
    value = (await sent_form(request)).get(FIELD)
    return value if isinstance(value, str) else ""


def _host_of(origin: str) -> str:
    return origin.partition("://")[2].lower()


def _own_host(request: Request) -> str:
    return request.headers.get("host", "").lower()


def _refusal() -> NotAllowed:
    return NotAllowed(
        "csrf",
        "Trang này đã cũ hoặc yêu cầu đến từ trang khác. Tải lại trang rồi thử lại.",
        "This page is out of date or the request came from another site. Reload and try again.",
    )
