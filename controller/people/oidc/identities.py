"""Which account somebody of the provider is, and who says so.

The name that the provider gives leads to an account once: from then on the account is that
identity's, whatever it is called later (OpenID Connect Core 1.0, section 5.7). An
administrator's account is nobody's by its name alone: an administrator allows it before, by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from controller.db.engine import reading, writing
from controller.errors import BadRequest, NotFound
from controller.people import accounts, people_queries
from controller.people.oidc.id_token import Claimed
from controller.people.oidc.refused import ProviderRefusal, ProviderRefused
from controller.people.oidc.tables import ProviderIdentity
from controller.people.tables import User
from controller.roles import Role

NO_PASSWORD = "none"  # noqa: S105 - no hash, which no password fits
MAX_WAITING = 200


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Whose account it is, and whether it was linked, or made, just now."""

    user_name: str
    is_linked: bool = False
    is_made: bool = False


@dataclass(frozen=True, slots=True)
class IdentityState:
    """What administrators see of a person's identity; `linked_at` None: nobody has come yet."""

    linked_at: datetime | None


@dataclass(frozen=True, slots=True)
class IdentityDesk:
    """Accounts and who they are at one provider. Used from worker threads."""

    state: Engine
    issuer: str
    makes_unknown: bool
    now: Callable[[], datetime]

    def come(self, claimed: Claimed) -> Newcomer:
        """Return whose account somebody is, who may sign in; link it where they come first.

        Raises:
            ProviderRefused: they may not.
        """
        for is_last in (False, True):
            try:
                with writing(self.state) as session:
                    found, refusal = self._come(session, claimed)
                break
            except IntegrityError:  # somebody else came at the same instant: look again
                if is_last:
                    raise
        if refusal is not None:
            raise ProviderRefused(refusal, name=found.user_name, is_made=found.is_made)
        return found

    def _come(self, session: Session, claimed: Claimed) -> tuple[Newcomer, ProviderRefusal | None]:
        linked = session.exec(
            select(ProviderIdentity).where(
                ProviderIdentity.issuer == self.issuer, ProviderIdentity.subject == claimed.subject
            )
        ).first()
        name = linked.user_name if linked else claimed.name
        user = session.exec(select(User).where(User.user_name == name).with_for_update()).first()
        if user is None:
            return self._made(session, claimed)
        # Looked at under the person's lock: somebody may have been linked since.
        identity = linked or session.get(ProviderIdentity, user.user_name)
        is_ours = identity is not None and identity.issuer == self.issuer
        if is_ours and identity is not None and identity.subject is not None:
            if identity.subject != claimed.subject:
                return Newcomer(name), ProviderRefusal.ANOTHER
            return Newcomer(name), None if user.disabled_at is None else _why_not(user)
        if Role(user.role) is Role.ADMIN and not is_ours:
            return Newcomer(name), ProviderRefusal.NOT_ALLOWED
        if user.disabled_at is not None:
            return Newcomer(name), ProviderRefusal.DISABLED
        self._link(session, identity or ProviderIdentity(user_name=name, issuer=""), claimed)
        return Newcomer(name, is_linked=True), None

    def _made(self, session: Session, claimed: Claimed) -> tuple[Newcomer, ProviderRefusal | None]:
        """Add an account that may do nothing yet, where that is wanted."""
        waiting = select(func.count()).where(User.password_hash == NO_PASSWORD)
        waiting = waiting.where(col(User.disabled_at).is_not(None))
        if not self.makes_unknown or session.exec(waiting).one() >= MAX_WAITING:
            return Newcomer(claimed.name), ProviderRefusal.UNKNOWN
        try:
            name = accounts.usable_name(claimed.name)
        except BadRequest:
            return Newcomer(claimed.name), ProviderRefusal.UNKNOWN
        if session.get(User, name) is not None:
            if name == claimed.name:  # made since they were looked for: by another tab of theirs
                return self._come(session, claimed)
            return Newcomer(claimed.name), ProviderRefusal.UNKNOWN
        now = self.now()
        people_queries.add_user(
            session,
            name,
            display_name=_shown(claimed.display_name),
            password_hash=NO_PASSWORD,
            role=Role.VIEWER,
            now=now,
        )
        session.flush()
        user = session.get_one(User, name)
        user.disabled_at = now
        session.add(user)
        self._link(session, ProviderIdentity(user_name=name, issuer=""), claimed)
        return Newcomer(name, is_linked=True, is_made=True), ProviderRefusal.WAITING

    def _link(self, session: Session, identity: ProviderIdentity, claimed: Claimed) -> None:
        identity.issuer, identity.subject = self.issuer, claimed.subject
        identity.linked_at = self.now()
        session.add(identity)
        session.flush()

    def allow(self, user_name: str, *, actor: str) -> None:
        """Let whoever comes first by a person's name be that person.

        Raises:
            NotFound: there is nobody of that name.
        """
        with writing(self.state) as session:
            _need(session, user_name)
            identity = session.get(ProviderIdentity, user_name)
            if identity is not None and identity.issuer == self.issuer:
                return
            identity = identity or ProviderIdentity(user_name=user_name, issuer="")
            identity.issuer, identity.subject, identity.linked_at = self.issuer, None, None
            identity.allowed_by = actor
            session.add(identity)

    def forget(self, user_name: str) -> None:
        """Let an identity be a person's no more.

        Raises:
            NotFound: there is nobody of that name.
        """
        with writing(self.state) as session:
            _need(session, user_name)
            identity = session.get(ProviderIdentity, user_name)
            if identity is not None:
                session.delete(identity)

    def states(self) -> Mapping[str, IdentityState]:
        """Return everybody's state at this provider, by their names."""
        with reading(self.state) as session:
            found = session.exec(
                select(ProviderIdentity).where(ProviderIdentity.issuer == self.issuer)
            )
            return {one.user_name: IdentityState(one.linked_at) for one in found}

    def is_linked(self, user_name: str) -> bool:
        """Return whether a person has an identity at this provider."""
        with reading(self.state) as session:
            found = session.get(ProviderIdentity, user_name)
        return found is not None and found.issuer == self.issuer and found.subject is not None


def _shown(typed: str) -> str:
    """Return the name that others see, where the provider's can be used."""
    try:
        return accounts.usable_display_name(typed)
    except BadRequest:
        return ""


def _why_not(user: User) -> ProviderRefusal:
    return (
        ProviderRefusal.WAITING if user.password_hash == NO_PASSWORD else ProviderRefusal.DISABLED
    )


def _need(session: Session, user_name: str) -> None:
    if session.get(User, user_name) is None:
        raise NotFound("người dùng", "person")
