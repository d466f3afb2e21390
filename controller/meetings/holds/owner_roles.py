"""For which owners people set meetings, and for which they agree to others'; set by administrators.

Who has no role sets meetings for the People's Committee: whoever ran the software before there
were any did.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from controller.db.engine import writing
from controller.errors import NotFound
from controller.mail.entered import address
from controller.meetings.holds import hold_queries
from controller.meetings.holds.rules import ActsFor
from controller.meetings.holds.tables import OwnerRole
from controller.people.accounts import is_somebody
from controller.places.owner import Owner

USUAL = frozenset((Owner.PEOPLE_COMMITTEE,))


def acts_for(session: Session, user_name: str) -> ActsFor:
    """Return for which owners somebody acts."""
    rows = hold_queries.roles(session, user_name)
    owners = frozenset(Owner(one.owner) for one in rows)
    return ActsFor(owners or USUAL, frozenset(Owner(one.owner) for one in rows if one.approves))


def appointed(session: Session) -> frozenset[Owner]:
    """Return the owners who have appointed somebody who agrees, able to sign in or not."""
    return frozenset(Owner(one.owner) for one in hold_queries.roles(session) if one.approves)


@dataclass(frozen=True, slots=True)
class OwnerRoleDesk:
    """Where administrators say who acts for whom. Used from worker threads; keeps nothing."""

    state: Engine
    now: Callable[[], datetime]

    def put(
        self, user_name: str, owner: Owner, *, approves: bool, email: str = "", actor: str
    ) -> None:
        """Have somebody act for an owner.

        Raises:
            NotFound: there is nobody of that name.
            BadEntry: the address is none.
        """
        kept = address(email) if email.strip() else ""
        with writing(self.state) as session:
            if not is_somebody(session, user_name):
                raise NotFound("người dùng", "person")
            row = session.get(OwnerRole, (user_name, owner.value))
            row = row or OwnerRole(
                user_name=user_name, owner=owner.value, set_at=self.now(), set_by=actor
            )
            row.approves, row.email = approves, kept
            row.set_at, row.set_by = self.now(), actor
            session.add(row)

    def remove(self, user_name: str, owner: Owner) -> None:
        """Have somebody act for an owner no more; what they agreed to stays.

        Raises:
            NotFound: they do not.
        """
        with writing(self.state) as session:
            row = session.get(OwnerRole, (user_name, owner.value))
            if row is None:
                raise NotFound("phân công", "role")
            session.delete(row)
