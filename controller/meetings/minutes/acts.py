"""What the office does with minutes, by a page or a program: done, and in the audit log."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.meetings.minutes.desk import DrawnFrom, MinutesDesk
from controller.meetings.minutes.minutes_text import MinutesText
from controller.meetings.minutes.signed_file import Comparison
from controller.web.deps import Office, WebParts


@dataclass(frozen=True, slots=True)
class MinutesActing:
    """What whoever asks may do, being of the office."""

    web: WebParts
    person: Office
    request: Request

    def save(self, meeting_id: str, typed: MinutesText, version: int) -> int:
        """Keep what was written; a page saves every few seconds, and an edit is noted once."""
        saved = self._desk.save(meeting_id, typed, version, actor=self.person.user_name)
        if saved.begins_edit:
            self._note(Action.WRITE_MINUTES, meeting_id, str(saved.version))
        return saved.version

    def lock(self, meeting_id: str, pdf: bytes, drawn: DrawnFrom, name: str) -> str:
        """Let minutes and roll say what they say, and hand the PDF out."""
        out = self._desk.lock(meeting_id, pdf, drawn, name=name, actor=self.person.user_name)
        self._note(Action.LOCK_MINUTES, meeting_id, _said(f"sha256 {out.sha256}", out.left))
        return out.sha256

    def unlock(self, meeting_id: str, reason: str) -> None:
        """Open them again, for a reason."""
        kept = self._desk.unlock(meeting_id, reason, actor=self.person.user_name)
        self._note(Action.UNLOCK_MINUTES, meeting_id, kept)

    def take_signed(self, meeting_id: str, name: str, content: bytes) -> Comparison:
        """Take the signed file back."""
        taken = self._desk.take_signed(meeting_id, name, content, actor=self.person.user_name)
        verdict = taken.comparison.verdict.value
        self._note(Action.TAKE_SIGNED_MINUTES, meeting_id, _said(verdict, taken.left))
        return taken.comparison

    @property
    def _desk(self) -> MinutesDesk:
        return self.web.part(MinutesDesk)

    def _note(self, action: Action, meeting_id: str, detail: str) -> None:
        actor = self.person.user_name
        noted(self.web, self.request, action, actor=actor, subject=meeting_id, detail=detail)


def _said(text: str, left: tuple[str, ...]) -> str:
    return ", ".join((text, *(f"left sha256 {one}" for one in left)))


MinutesActs = Annotated[MinutesActing, Depends(MinutesActing)]
