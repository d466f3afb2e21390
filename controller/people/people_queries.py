"""People who sign in, and their sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from controller.people.tables import User, UserBranch, WebSession
from controller.roles import Role

# More than anybody has browsers; signing in again and again fills no table.
MAX_SESSIONS = 50


@dataclass(frozen=True, slots=True)
class Account:
    """A person as administrators see them. `branches`: the units they are bounded to."""

    user_name: str
    display_name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    branches: tuple[str, ...]
    sessions: int
    last_seen_at: datetime | None


def accounts(session: Session, *, now: datetime) -> list[Account]:
    """Return everybody, by name, with their sessions that stand."""
    standing = session.exec(
        select(WebSession.user_name, func.count(), func.max(WebSession.last_seen_at))
        .where(WebSession.expires_at > now)
        .group_by(col(WebSession.user_name))
    )
    seen = {name: (count, last) for name, count, last in standing}
    users = session.exec(select(User).order_by(col(User.user_name))).all()
    bounded = branches_of_all(session)
    return [
        Account(
            user.user_name,
            user.display_name,
            Role(user.role),
            user.created_at,
            user.disabled_at,
            bounded.get(user.user_name, ()),
            *seen.get(user.user_name, (0, None)),
        )
        for user in users
    ]


def hold_administrators(session: Session) -> set[str]:
    """Return who may administer the province; nobody else changes them until the commit."""
    administrators = set(
        session.exec(
            select(User.user_name)
            .where(User.role == Role.ADMIN.value, col(User.disabled_at).is_(None))
            .order_by(col(User.user_name))
            .with_for_update()
        )
    )
    # Asked only now: another transaction may have bounded one of them while we waited.
    return administrators - branches_of_all(session).keys()


def branches_of_all(session: Session) -> dict[str, tuple[str, ...]]:
    """Return the units that people are bounded to; who is of the whole province is left out."""
    rows = session.exec(
        select(UserBranch).order_by(col(UserBranch.user_name), col(UserBranch.unit_id))
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row.user_name] = (*found.get(row.user_name, ()), row.unit_id)
    return found


def branches_of(session: Session, name: str) -> tuple[str, ...]:
    """Return the units that a person is bounded to; none: the person is of the whole province."""
    query = select(UserBranch.unit_id).where(UserBranch.user_name == name)
    return tuple(session.exec(query.order_by(col(UserBranch.unit_id))))


def set_branches(session: Session, name: str, unit_ids: Iterable[str]) -> None:
    """Bound a person to units, or to none."""
    session.execute(delete(UserBranch).where(col(UserBranch.user_name) == name))
    session.add_all(UserBranch(user_name=name, unit_id=one) for one in unit_ids)


def end_sessions_of(session: Session, user_name: str) -> None:
    """Remove every session of a person."""
    session.execute(delete(WebSession).where(col(WebSession.user_name) == user_name))


def active_user(session: Session, name: str) -> User | None:
    """Return a user who may sign in."""
    return session.exec(
        select(User).where(User.user_name == name, col(User.disabled_at).is_(None))
    ).first()


def add_user(
    session: Session,
    name: str,
    *,
    display_name: str,
    password_hash: str,
    role: Role,
    now: datetime,
) -> None:
    """Add a user."""
    session.add(
        User(
            user_name=name,
            display_name=display_name,
            password_hash=password_hash,
            role=role.value,
            created_at=now,
        )
    )


def begin_session(
    session: Session, token_sha256: str, user_name: str, *, now: datetime, expires_at: datetime
) -> None:
    """Add a session; those that have expired leave, and the oldest of too many of a person."""
    session.execute(delete(WebSession).where(col(WebSession.expires_at) <= now))
    too_many = (
        select(WebSession.token_sha256)
        .where(WebSession.user_name == user_name)
        .order_by(col(WebSession.created_at).desc())
        .offset(MAX_SESSIONS - 1)
    )
    for token in session.exec(too_many).all():
        session.execute(delete(WebSession).where(col(WebSession.token_sha256) == token))
    session.add(
        WebSession(
            token_sha256=token_sha256,
            user_name=user_name,
            created_at=now,
            last_seen_at=now,
            expires_at=expires_at,
        )
    )


def end_session(session: Session, token_sha256: str) -> str | None:
    """Remove a session; return whose it was."""
    found = session.get(WebSession, token_sha256)
    user_name = found.user_name if found else None
    session.execute(delete(WebSession).where(col(WebSession.token_sha256) == token_sha256))
    return user_name


def is_signed_in(session: Session, user_name: str) -> bool:
    """Return whether a person has any session."""
    found = select(WebSession.token_sha256).where(WebSession.user_name == user_name)
    return session.exec(found).first() is not None


def prolong_session(
    session: Session, token_sha256: str, *, now: datetime, expires_at: datetime
) -> None:
    """Note that a session was used."""
    session.execute(
        update(WebSession)
        .where(col(WebSession.token_sha256) == token_sha256)
        .values(last_seen_at=now, expires_at=expires_at)
    )


def user_of_session(
    session: Session, token_sha256: str, *, now: datetime
) -> tuple[User, WebSession] | None:
    """Return who a session belongs to, while it and the user are valid."""
    return session.exec(
        select(User, WebSession)
        .join(WebSession, col(WebSession.user_name) == col(User.user_name))
        .where(
            WebSession.token_sha256 == token_sha256,
            WebSession.expires_at > now,
            col(User.disabled_at).is_(None),
        )
    ).first()
