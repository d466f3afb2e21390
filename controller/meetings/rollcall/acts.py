"""What the office does in a roll call, by a page or a program: done, and in the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.meetings.rollcall.desk import RollDesk, RollWish
from controller.meetings.rollcall.rules import CONFIRMED, TAKEN_BACK
from controller.web.deps import Office, WebParts


@dataclass(frozen=True, slots=True)
class RollActing:
    """What whoever asks may do, being of the office."""

    web: WebParts
    person: Office
    request: Request

    def mark(self, meeting_id: str, wishes: Sequence[RollWish]) -> None:
        """Say how some who are invited stand."""
        if self._desk.mark(meeting_id, wishes, actor=self.person.user_name):
            about = wishes[0].subject if len(wishes) == 1 else ""
            state = wishes[0].state if len(wishes) == 1 else None
            self._note(Action.CALL_ROLL, meeting_id, about, state.value if state else "")

    def confirm(self, meeting_id: str) -> None:
        """Say what is proposed of all whom nobody has called."""
        if self._desk.confirm(meeting_id, actor=self.person.user_name):
            self._note(Action.CALL_ROLL, meeting_id, detail=CONFIRMED)

    def take_back(self, meeting_id: str) -> None:
        """Take back the person's own last act."""
        self._desk.take_back(meeting_id, actor=self.person.user_name)
        self._note(Action.CALL_ROLL, meeting_id, detail=TAKEN_BACK)

    def close(self, meeting_id: str) -> None:
        """Let nothing be changed from now on."""
        self._desk.close(meeting_id, actor=self.person.user_name)
        self._note(Action.CLOSE_ROLL, meeting_id)

    def reopen(self, meeting_id: str, reason: str) -> None:
        """Open a closed roll call again, for a reason."""
        kept = self._desk.reopen(meeting_id, reason, actor=self.person.user_name)
        self._note(Action.REOPEN_ROLL, meeting_id, detail=kept)

    @property
    def _desk(self) -> RollDesk:
        return self.web.part(RollDesk)

    def _note(self, action: Action, meeting_id: str, about: str = "", detail: str = "") -> None:
        subject, actor = f"{meeting_id} {about}".strip(), self.person.user_name
        noted(self.web, self.request, action, actor=actor, subject=subject, detail=detail)


RollActs = Annotated[RollActing, Depends(RollActing)]
