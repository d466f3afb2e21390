"""Signing in and out: sessions in the database, a cookie."""

import hashlib
import secrets
import threading
from datetime import datetime, timedelta

import structlog
from fastapi import Request, Response
from sqlalchemy import Engine

from controller.db.engine import reading, writing
from controller.errors import StorageError, TooManyTries
from controller.people import passwords, people_queries
from controller.people.throttle import Throttle
from controller.roles import Role
from controller.settings import WebSettings
from controller.web import csrf
from controller.web.signed_in import COOKIE, SignedIn

_log = structlog.get_logger()


class SignInThrottle:
    """Slows down guessing: per name and per address, both over a quarter of an hour."""

    def __init__(self) -> None:
        window = timedelta(minutes=15)
        self._names = Throttle(limit=10, window=window)
        self._addresses = Throttle(limit=30, window=window)
        self._lock = threading.Lock()

    def check(self, name: str, address: str, *, now: datetime) -> None:
        """Raise TooManyTries where the name or the address failed too often."""
        with self._lock:
            wait_s = max(
                self._names.wait_s(name, now=now), self._addresses.wait_s(address, now=now)
            )
        if wait_s:
            raise TooManyTries(wait_s)

    def failed(self, name: str, address: str, *, now: datetime) -> None:
        """Count a wrong password."""
        with self._lock:
            self._names.failed(name, now=now)
            self._addresses.failed(address, now=now)

    def succeeded(self, name: str) -> None:
        """Forget the name's failures; the address keeps its own."""
        with self._lock:
            self._names.succeeded(name)


def sign_in(
    engine: Engine, settings: WebSettings, name: str, password: str, *, now: datetime
) -> str | None:
    """Return a new session's cookie value; None: the name or password is wrong."""
    with reading(engine) as session:
        user = people_queries.active_user(session, name)
    if not passwords.is_right(password, user.password_hash if user else None) or user is None:
        return None
    return begin_session(engine, settings, user.user_name, now=now)


def begin_session(engine: Engine, settings: WebSettings, user_name: str, *, now: datetime) -> str:
    """Return a new session's cookie value for a person who has proved who they are."""
    token = secrets.token_urlsafe(32)
    with writing(engine) as session:
        people_queries.begin_session(
            session,
            _digest(token),
            user_name,
            now=now,
            expires_at=now + timedelta(hours=settings.session_idle_h),
        )
    return token


def sign_out(engine: Engine, token: str) -> None:
    """End a session, if there is one."""
    with writing(engine) as session:
        people_queries.end_session(session, _digest(token))


def signed_in(
    engine: Engine, settings: WebSettings, token: str, *, now: datetime
) -> SignedIn | None:
    """Return who a cookie belongs to; None: nobody (any more). Prolongs the session."""
    with reading(engine) as session:
        found = people_queries.user_of_session(session, _digest(token), now=now)
    if found is None:
        return None
    user, web_session = found
    if now - web_session.last_seen_at > timedelta(minutes=10):
        limit = web_session.created_at + timedelta(hours=settings.session_limit_h)
        expires_at = min(limit, now + timedelta(hours=settings.session_idle_h))
        try:
            with writing(engine) as session:
                people_queries.prolong_session(
                    session, _digest(token), now=now, expires_at=expires_at
                )
        except StorageError as exc:  # whoever only looks need not be stopped by a full disk
            _log.warning("session_not_prolonged", error=str(exc))
    return SignedIn(
        user.user_name, user.display_name, Role(user.role), csrf_token=csrf.token_for(token)
    )


def set_cookie(response: Response, request: Request, token: str) -> None:
    """Give the browser its session. Secure over HTTPS; plain HTTP is served on loopback only."""
    response.set_cookie(
        COOKIE, token, httponly=True, secure=request.url.scheme == "https", samesite="lax", path="/"
    )


def clear_cookie(response: Response, request: Request) -> None:
    """Take the session's cookie back."""
    response.delete_cookie(
        COOKIE, httponly=True, secure=request.url.scheme == "https", samesite="lax", path="/"
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
