"""Accounts of people: added, changed, disabled, signed out everywhere.

Whatever a person's rights were, their sessions, event streams and media end with a change
of them: who may still do something signs in again.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from contracts.ids import GUEST_PREFIX
from controller import entered
from controller.db.engine import reading, writing
from controller.entered import Label
from controller.errors import BadRequest, Conflict, NotFound
from controller.knock import knock
from controller.meetings import service as meetings
from controller.people import passwords, people_queries
from controller.people.people_queries import Account
from controller.people.tables import User
from controller.places import service as places
from controller.roles import Role

MAX_NAME_CHARS, MAX_DISPLAY_CHARS = 60, 120
MAX_BRANCHES = 20


@dataclass(frozen=True, slots=True)
class Accounts:
    """Where people are administered: by pages, API and commands."""

    state: Engine
    knock_folder: Path
    now: Callable[[], datetime]

    def listed(self) -> list[Account]:
        """Return everybody, by name."""
        with reading(self.state) as session:
            return people_queries.accounts(session, now=self.now())

    def add(
        self,
        name: str,
        display_name: str,
        role: Role,
        password: str,
        branches: Collection[str] = (),
    ) -> None:
        """Add a person.

        Args:
            branches: the units that they are bounded to; none: to nothing.

        Raises:
            BadRequest: the name or the password cannot be used, or there are too many branches.
            NotFound: there is no such unit now.
            Conflict: the name is somebody's, who stays as they are.
        """
        name, shown = usable_name(name), usable_display_name(display_name)
        password_hash = passwords.hash_password(password)
        with writing(self.state) as session:
            _refuse_taken(session, name)
            people_queries.add_user(
                session,
                name,
                display_name=shown,
                password_hash=password_hash,
                role=role,
                now=self.now(),
            )
            session.flush()
            self._bound(session, name, branches)

    def rename(self, name: str, display_name: str) -> None:
        """Change the name that others see; nothing of theirs ends.

        Raises:
            NotFound: there is nobody of that name.
            BadRequest: it cannot be used.
        """
        shown = usable_display_name(display_name)
        with writing(self.state) as session:
            user = _found(session, name)
            user.display_name = shown
            session.add(user)

    def disable(self, name: str) -> None:
        """Let a person sign in no more.

        Raises:
            NotFound: there is nobody of that name.
            Conflict: nobody would be an administrator any more.
        """
        with self._ending(name) as (session, user):
            _keep_an_administrator(session, name)
            user.disabled_at = user.disabled_at or self.now()

    def enable(self, name: str) -> None:
        """Let a person sign in again, with the password they had.

        Raises:
            NotFound: there is nobody of that name.
        """
        with writing(self.state) as session:
            user = _found(session, name)
            user.disabled_at = None
            session.add(user)

    def set_role(self, name: str, role: Role) -> None:
        """Change what a person may do.

        Raises:
            NotFound: there is nobody of that name.
            Conflict: nobody would be an administrator any more.
        """
        with self._ending(name) as (session, user):
            if role is not Role.ADMIN:
                _keep_an_administrator(session, name)
            user.role = role.value

    def set_branches(self, name: str, branches: Collection[str]) -> None:
        """Bound a person to units and all below them; to none: they are of the whole province.

        Raises:
            NotFound: there is nobody of that name, or no such unit now.
            BadRequest: they are too many.
            Conflict: nobody would administer the whole province any more.
        """
        with self._ending(name) as (session, _):
            if branches:
                _keep_an_administrator(session, name)
            self._bound(session, name, branches)

    def _bound(self, session: Session, name: str, branches: Collection[str]) -> None:
        units = sorted(set(branches))
        if len(units) > MAX_BRANCHES:
            raise BadRequest(
                "too_many_branches",
                f"Mỗi người phụ trách tối đa {MAX_BRANCHES} đơn vị: chọn đơn vị cấp trên.",
                f"A person has at most {MAX_BRANCHES} branches: choose the unit above them.",
            )
        kept = people_queries.branches_of(session, name)
        for one in units:
            # One that has ended stays where it was: it gives nothing, and is in nobody's way.
            if one not in kept and places.unit(session, one, at=self.now()) is None:
                raise NotFound("đơn vị", "unit")
        people_queries.set_branches(session, name, units)

    def sign_out_everywhere(self, name: str) -> None:
        """End a person's sessions, event streams and media.

        Raises:
            NotFound: there is nobody of that name.
        """
        with self._ending(name):
            pass

    def set_password(self, name: str, password: str) -> None:
        """Give a person another password.

        Raises:
            NotFound: there is nobody of that name.
            BadRequest: the password is too short or too long.
        """
        password_hash = passwords.hash_password(password)
        with self._ending(name) as (_, user):
            user.password_hash = password_hash

    @contextmanager
    def _ending(self, name: str) -> Iterator[tuple[Session, User]]:
        """Change a person, with which all ends that they have open."""
        with writing(self.state) as session:
            user = _found(session, name)
            yield session, user
            session.add(user)
            _end_everything(session, name)
        knock(self.knock_folder)

    def has_password(self, name: str, password: str) -> bool:
        """Return whether a password is a person's."""
        with reading(self.state) as session:
            user = people_queries.active_user(session, name)
        return passwords.is_right(password, user.password_hash if user else None)


def is_somebody(session: Session, name: str) -> bool:
    """Return whether there is a person of this name."""
    return session.get(User, name) is not None


def display_names(session: Session, names: Iterable[str]) -> dict[str, str]:
    """Return what people are called, of those who have a name beside the one they sign in with."""
    wanted = sorted({one for one in names if one})
    found = session.exec(select(User).where(col(User.user_name).in_(wanted))) if wanted else ()
    return {user.user_name: user.display_name for user in found if user.display_name}


def all_display_names(session: Session) -> dict[str, str]:
    """Return what everybody is called who has a name beside the one they sign in with."""
    found = session.exec(select(User).where(col(User.display_name) != ""))
    return {user.user_name: user.display_name for user in found}


def made_up_password() -> str:
    """Return a password that nobody guesses."""
    return secrets.token_urlsafe(12)


def usable_name(typed: str) -> str:
    """Return a name to sign in with.

    Raises:
        BadRequest: it cannot be used.
    """
    name = entered.line(Label("Tên đăng nhập", "The name"), typed, most=MAX_NAME_CHARS)
    if ":" in name:
        raise BadRequest(
            "invalid_request",
            "Tên đăng nhập không được có dấu hai chấm.",
            "A name to sign in with may not hold a colon.",
        )
    if name.startswith(GUEST_PREFIX):
        raise BadRequest(
            "invalid_request",
            f"Tên đăng nhập không được bắt đầu bằng “{GUEST_PREFIX}”: dành cho khách vào bằng "
            "liên kết.",
            f"A name to sign in with may not begin with “{GUEST_PREFIX}”: guests' links have it.",
        )
    return name


def usable_display_name(typed: str) -> str:
    """Return a name for others to see.

    Raises:
        BadEntry: it cannot be used.
    """
    label = Label("Tên hiển thị", "The displayed name")
    return entered.line(label, typed, most=MAX_DISPLAY_CHARS, least=0)


def _found(session: Session, name: str) -> User:
    user = session.get(User, name)
    if user is None:
        raise NotFound("người dùng", "person")
    return user


def _refuse_taken(session: Session, name: str) -> None:
    if session.get(User, name) is not None:
        raise Conflict(
            "name_taken",
            "Tên đăng nhập này đã có người dùng. Chọn tên khác; muốn đặt lại mật khẩu, bấm “Mật "
            "khẩu mới” ở dòng của người đó.",
            "This name is somebody's already, and nothing was changed. Choose another; password, "
            "role and displayed name have commands of their own, and buttons in that person's row.",
        )


def _end_everything(session: Session, name: str) -> None:
    people_queries.end_sessions_of(session, name)
    meetings.end_grants(session, name)


def _keep_an_administrator(session: Session, leaving: str) -> None:
    if people_queries.hold_administrators(session) == {leaving}:
        raise Conflict(
            "last_administrator",
            "Đây là người quản trị cuối cùng. Thêm người quản trị khác trước.",
            "This is the last administrator. Make another one first.",
        )
