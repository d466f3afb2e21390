"""The alerts' texts that somebody has changed, and changing them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from controller.db.engine import writing
from controller.errors import BadEntry, NotFound
from controller.incidents import letter_texts, wording
from controller.incidents.tables import AlertText
from controller.incidents.taking_room import take_room
from controller.web.i18n.catalogue import chosen


@dataclass(frozen=True, slots=True)
class AlertTexts:
    """Used from worker threads. `link`: where the pages are reached."""

    engine: Engine
    now: Callable[[], datetime]
    link: str

    def set(self, kind: str, typed: str, *, actor: str) -> None:
        """Have messages of a kind say this.

        Raises:
            NotFound: there is no such kind.
            BadEntry: it cannot be used; nothing is changed.
        """
        text = self.taken(kind, typed)
        with writing(self.engine) as session:
            row = session.get(AlertText, kind)
            row = row or AlertText(kind=kind, text="", changed_at=self.now(), changed_by=actor)
            row.text, row.changed_at, row.changed_by = text, self.now(), actor
            session.add(row)

    def reset(self, kind: str) -> None:
        """Have messages of a kind say what they said before anybody changed it.

        Raises:
            NotFound: there is no such kind.
        """
        _need(kind)
        with writing(self.engine) as session:
            row = session.get(AlertText, kind)
            if row is not None:
                session.delete(row)

    def taken(self, kind: str, typed: str) -> str:
        """Return a text as it is kept.

        Raises:
            NotFound: there is no such kind.
            BadEntry: it cannot be used, or is too long with the longest names.
        """
        _need(kind)
        text = letter_texts.taken(kind, typed)
        words = chosen("vi")
        room = take_room(words, self.link) if kind == letter_texts.ALERT else 0
        most = wording.MAX_TEXT_CHARS - room - len(f" {self.link}/incidents/123456")
        found = wording.longest(words, text, self.now())
        if found > most:
            raise BadEntry(
                f"Quá dài: với tên 60 chữ, tin dài hơn {found - most} ký tự so với mức "
                f"{wording.MAX_TEXT_CHARS} (đã tính các liên kết).",
                f"Too long: with a name of 60 letters it is {found - most} characters over "
                f"{wording.MAX_TEXT_CHARS}, the links among them.",
            )
        return text


def text_of(session: Session, kind: str) -> str:
    """Return what messages of a kind say; empty: nobody has changed it."""
    row = session.get(AlertText, kind)
    return row.text if row is not None else ""


def _need(kind: str) -> None:
    if kind not in letter_texts.KINDS:
        raise NotFound("loại tin", "kind of message")
