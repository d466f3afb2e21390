"""What whoever agrees for an owner does, by a page or a program: done, and in the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.meetings.holds.desk import ApprovalDesk, RoomsAnswer
from controller.meetings.holds.owner_roles import OwnerRoleDesk
from controller.meetings.tables import Meeting
from controller.places.owner import Owner
from controller.web.deps import Admin, Viewer, WebParts

_NAMED = 3


def noted_as(owner: Owner, points: Sequence[str], reason: str = "") -> str:
    """Return how the audit log keeps which rooms of whom were answered for, and why.

    Of many the first are named: an entry has 200 letters, and the rooms' own rows name all.
    """
    more = f" +{len(points) - _NAMED}" if len(points) > _NAMED else ""
    said = f"{owner.value}: {', '.join(points[:_NAMED])}{more}"
    return f"{said}; {reason}" if reason else said


@dataclass(frozen=True, slots=True)
class RoomActs:
    """What whoever asks may do, being one who agrees for an owner; the desk refuses others."""

    web: WebParts
    person: Viewer
    request: Request

    def answer(self, meeting_id: str, owner: Owner, said: RoomsAnswer) -> Meeting:
        """Answer for an owner's rooms."""
        desk, actor = self.web.part(ApprovalDesk), self.person.user_name
        done = desk.answer(meeting_id, owner, said, actor=actor)
        if done.yes:
            self._note(Action.AGREE_ROOMS, meeting_id, noted_as(owner, done.yes))
        if done.no:
            self._note(Action.REFUSE_ROOMS, meeting_id, noted_as(owner, done.no, said.reason))
        return done.meeting

    def withdraw(self, meeting_id: str, owner: Owner, reason: str) -> Meeting:
        """Take an owner's rooms back."""
        desk, actor = self.web.part(ApprovalDesk), self.person.user_name
        done = desk.withdraw(meeting_id, owner, reason, actor=actor)
        self._note(Action.TAKE_ROOMS_BACK, meeting_id, noted_as(owner, done.no, reason))
        return done.meeting

    def reinstate(self, meeting_id: str, owner: Owner) -> Meeting:
        """Agree after all to an owner's rooms that were refused."""
        desk, actor = self.web.part(ApprovalDesk), self.person.user_name
        done = desk.reinstate(meeting_id, owner, actor=actor)
        self._note(Action.REINSTATE_ROOMS, meeting_id, noted_as(owner, done.yes))
        return done.meeting

    def _note(self, action: Action, meeting_id: str, detail: str) -> None:
        actor = self.person.user_name
        noted(self.web, self.request, action, actor=actor, subject=meeting_id, detail=detail)


@dataclass(frozen=True, slots=True)
class OwnerRoleActs:
    """What an administrator may do about who acts for which owner."""

    web: WebParts
    person: Admin
    request: Request

    def put(self, user_name: str, owner: Owner, *, approves: bool, email: str) -> None:
        """Have somebody act for an owner."""
        desk, actor = self.web.part(OwnerRoleDesk), self.person.user_name
        desk.put(user_name, owner, approves=approves, email=email, actor=actor)
        right = "approves" if approves else "books"
        self._note(Action.SET_OWNER_ROLE, user_name, f"{owner.value} {right}")

    def remove(self, user_name: str, owner: Owner) -> None:
        """Have somebody act for an owner no more."""
        self.web.part(OwnerRoleDesk).remove(user_name, owner)
        self._note(Action.REMOVE_OWNER_ROLE, user_name, owner.value)

    def _note(self, action: Action, subject: str, detail: str) -> None:
        actor = self.person.user_name
        noted(self.web, self.request, action, actor=actor, subject=subject, detail=detail)


ApproverActs = Annotated[RoomActs, Depends(RoomActs)]
AppointingActs = Annotated[OwnerRoleActs, Depends(OwnerRoleActs)]
