"""What the office does with rehearsals, by a page or a program: done, and in the audit log."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.rehearsals.service import RehearsalDesk, Which
from controller.web.deps import Office, WebParts


@dataclass(frozen=True, slots=True)
class RehearsalActing:
    """What whoever asks may do, being of the office."""

    web: WebParts
    person: Office
    request: Request

    def ask(self, meeting_id: str, which: Which) -> int:
        """Have points rehearsed now; return how many."""
        actor = self.person.user_name
        count = self.web.part(RehearsalDesk).ask(meeting_id, which, actor=actor)
        self.web.hub.publish("rehearsal", {"meeting_id": meeting_id})
        noted(
            self.web,
            self.request,
            Action.ASK_REHEARSAL,
            actor=actor,
            subject=meeting_id,
            detail=which.value,
        )
        return count

    def require(self, meeting_id: str, point_id: str, *, is_required: bool) -> None:
        """Say whether the meeting begins without one of its points."""
        actor = self.person.user_name
        desk = self.web.part(RehearsalDesk)
        if not desk.require(meeting_id, point_id, is_required=is_required, actor=actor):
            return
        self.web.hub.publish("rehearsal", {"meeting_id": meeting_id})
        noted(
            self.web,
            self.request,
            Action.REQUIRE_POINT if is_required else Action.RELEASE_POINT,
            actor=actor,
            subject=meeting_id,
            detail=point_id,
        )


RehearsalActs = Annotated[RehearsalActing, Depends(RehearsalActing)]
