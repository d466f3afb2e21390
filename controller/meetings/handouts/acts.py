"""What the office does with files of meetings, by a page or a program: done, and audited."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.meetings.handouts.desk import HandoutDesk
from controller.web.deps import Office, WebParts


@dataclass(frozen=True, slots=True)
class HandoutActing:
    """What whoever asks may do, being of the office."""

    web: WebParts
    person: Office
    request: Request

    def bring(self, meeting_id: str, name: str, content: bytes) -> int:
        """Keep a file of a meeting; return its number."""
        row = self._desk.bring(meeting_id, name, content, actor=self.person.user_name)
        self._note(Action.ADD_HANDOUT, meeting_id, f"{row.file_name}, sha256 {row.sha256}")
        return row.handout_id or 0

    def remove(self, meeting_id: str, handout_id: int) -> None:
        """Delete a file."""
        name = self._desk.remove(meeting_id, handout_id, actor=self.person.user_name)
        self._note(Action.REMOVE_HANDOUT, meeting_id, name)

    def restore(self, meeting_id: str, handout_id: int) -> None:
        """Have a file back that was deleted."""
        self._note(Action.RESTORE_HANDOUT, meeting_id, self._desk.restore(meeting_id, handout_id))

    @property
    def _desk(self) -> HandoutDesk:
        return self.web.part(HandoutDesk)

    def _note(self, action: Action, meeting_id: str, detail: str) -> None:
        actor = self.person.user_name
        noted(self.web, self.request, action, actor=actor, subject=meeting_id, detail=detail[:200])


HandoutActs = Annotated[HandoutActing, Depends(HandoutActing)]
