"""Signing in and out: sessions in the database, a cookie."""

import hashlib
import secrets
from datetime import datetime, timedelta

import structlog
from fastapi import Request, Response
from sqlalchemy import Engine

from controller.db.engine import reading, writing
from controller.errors import StorageError
from controller.meetings import service as meetings
from controller.people import passwords, people_queries
from controller.roles import Role
from controller.settings import WebSettings
from controller.web import csrf
from controller.web.host_cookie import is_https
from controller.web.signed_in import COOKIE, SignedIn, session_token

_log = structlog.get_logger()


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


def sign_out(engine: Engine, request: Request) -> str | None:
    """End the session of a request; return whose it was.

    Media end with a person's last session: who is signed in elsewhere still has the right to
    them. A session in a cookie of the name it had before ends as well.
    """
    tokens = [session_token(request), request.cookies.get(COOKIE.name)]
    owner = None
    with writing(engine) as session:
        for token in dict.fromkeys(one for one in tokens if one):
            user_name = people_queries.end_session(session, _digest(token))
            owner = owner or user_name
        if owner is not None and not people_queries.is_signed_in(session, owner):
            meetings.end_grants(session, owner)
    return owner


def stands(engine: Engine, token: str, *, now: datetime) -> bool:
    """Return whether a session still stands, without prolonging it."""
    with reading(engine) as session:
        return people_queries.user_of_session(session, _digest(token), now=now) is not None


def signed_in(
    engine: Engine, settings: WebSettings, token: str, *, now: datetime
) -> SignedIn | None:
    """Return who a cookie belongs to; None: nobody (any more). Prolongs the session."""
    with reading(engine) as session:
        found = people_queries.user_of_session(session, _digest(token), now=now)
        if found is None:
            return None
        user, web_session = found
        branches = people_queries.branches_of(session, user.user_name)
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
        user.user_name,
        user.display_name,
        Role(user.role),
        csrf_token=csrf.token_for(token),
        branches=branches,
    )


def set_cookie(response: Response, request: Request, token: str) -> None:
    """Give the browser its session."""
    COOKIE.give(response, request, token)
    if is_https(request) and COOKIE.name in request.cookies:
        response.delete_cookie(COOKIE.name, httponly=True, secure=True, samesite="lax", path="/")


def clear_cookie(response: Response, request: Request) -> None:
    """Take the session's cookie back."""
    is_secure = is_https(request)
    for name in (COOKIE.name, COOKIE.https_name) if is_secure else (COOKIE.name,):
        response.delete_cookie(name, httponly=True, secure=is_secure, samesite="lax", path="/")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
