"""Guests' links are made, taken back and opened: the one way in for pages and programs."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.ids import GUEST_PREFIX, MeetingId
from controller import entered
from controller.db.engine import reading, writing
from controller.dispatch.changes import Changes
from controller.entered import Label
from controller.errors import Conflict, NotFound
from controller.link_pass import Pass, new_pass
from controller.meetings.guests import guest_queries
from controller.meetings.guests.pin import kept, new_pin
from controller.meetings.guests.tables import GuestLink
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found, refuse_in_person, wrong_phase

MAX_GUEST_NAME_CHARS = 60
# A relay's document names each that was withdrawn, so these count too.
MAX_LINKS = 100
_NAME = Label("Tên khách", "The guest's name")


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link as it is shown this once, and whose it is; `pin` is empty where it asks for none."""

    guest_id: str
    name: str
    shown: Pass
    pin: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """Whose link was opened, and what the browser shows from now on; None: what it has."""

    guest_id: str
    meeting_id: str
    name: str
    browser: Pass | None


@dataclass(frozen=True, slots=True)
class GuestLinks:
    """Where guests' links are kept. Used from worker threads; keeps nothing itself."""

    state: Engine
    changes: Changes
    now: Callable[[], datetime]

    def make(
        self, meeting_id: str, name: str, *, may_speak: bool, actor: str, has_pin: bool = False
    ) -> MadeLink:
        """Make a link for a guest of a meeting, which may ask for a PIN.

        Raises:
            BadEntry: the name cannot be used.
            Conflict: the meeting is over, or has too many links.
        """
        name = entered.line(_NAME, name, most=MAX_GUEST_NAME_CHARS)
        shown = new_pass(f"{GUEST_PREFIX}{secrets.token_hex(6)}")
        pin = new_pin() if has_pin else ""
        pin_hash = kept(pin) if pin else None
        with writing(self.state) as session:
            meeting = found(session, meeting_id)
            refuse_in_person(meeting)
            if MeetingPhase(meeting.state).is_final:
                raise wrong_phase(meeting, "mời khách", "given guests")
            if len(guest_queries.of_meeting(session, meeting_id)) >= MAX_LINKS:
                raise Conflict(
                    "too_many_links",
                    f"Cuộc họp này đã có {MAX_LINKS} liên kết khách, kể cả liên kết đã thu hồi. "
                    "Dùng lại một liên kết đã thu hồi bằng nút “Liên kết mới”.",
                    f"This meeting has {MAX_LINKS} guests' links, those withdrawn among them. "
                    "Use one that was withdrawn again, by “New link”.",
                )
            session.add(
                GuestLink(
                    guest_id=shown.holder_id,
                    meeting_id=meeting_id,
                    name=name,
                    may_speak=may_speak,
                    secret_sha256=shown.sha256,
                    pin_hash=pin_hash,
                    made_by=actor,
                    made_at=self.now(),
                )
            )
        self.changes.note_guests(MeetingId(meeting_id))
        return MadeLink(shown.holder_id, name, shown, pin)

    def renew(self, meeting_id: str, guest_id: str) -> MadeLink:
        """Give a guest another link, with another PIN where there was one.

        The one before lets in no more, nor does its browser stay.
        """
        shown = new_pass(guest_id)
        with reading(self.state) as session:
            has_pin = _link(session, meeting_id, guest_id).pin_hash is not None
        pin = new_pin() if has_pin else ""
        pin_hash = kept(pin) if pin else None
        with writing(self.state) as session:
            link = _link(session, meeting_id, guest_id)
            link.secret_sha256, link.browser_sha256 = shown.sha256, None
            link.withdrawn_at = link.opened_at = None
            link.ended_until = link.lets_in_until
            link.pin_hash = pin_hash
            session.add(link)
            name = link.name
        self.changes.note_guests(MeetingId(meeting_id))
        return MadeLink(guest_id, name, shown, pin)

    def withdraw(self, meeting_id: str, guest_id: str) -> str:
        """Take a link back, and end what was opened by it; return the guest's name."""
        return self._set_withdrawn(meeting_id, guest_id, self.now())

    def restore(self, meeting_id: str, guest_id: str) -> str:
        """Undo that a link was withdrawn; return the guest's name."""
        return self._set_withdrawn(meeting_id, guest_id, None)

    def _set_withdrawn(self, meeting_id: str, guest_id: str, at: datetime | None) -> str:
        with writing(self.state) as session:
            link = _link(session, meeting_id, guest_id)
            link.withdrawn_at = at
            session.add(link)
            name = link.name
        self.changes.note_guests(MeetingId(meeting_id))
        return name

    def is_right(self, shown: Pass) -> bool:
        """Return whether this is a link. Guessing holds up nobody who writes."""
        with reading(self.state) as session:
            return _proved(session, shown) is not None

    def asked_pin(self, shown: Pass, browser: Pass | None) -> str | None:
        """Return what is kept of the PIN that a browser has to know; None: it need know none.

        Who is in by the link already has said it.
        """
        with reading(self.state) as session:
            link = _proved(session, shown)
            if link is None or (browser is not None and browser.proves(link.browser_sha256)):
                return None
            return link.pin_hash

    def open(self, shown: Pass, browser: Pass | None) -> Opened | None:
        """Let a browser be a link's guest, and nobody else's any more; None: it is no link.

        Args:
            browser: what this one shows already; who opens a link twice stays in.
        """
        with writing(self.state) as session:
            link = _proved(session, shown)
            if link is None:
                return None
            meeting_id, name = link.meeting_id, link.name
            if browser is not None and browser.proves(link.browser_sha256):
                return Opened(link.guest_id, meeting_id, name, None)
            given = new_pass(link.guest_id)
            link.browser_sha256 = given.sha256
            link.opened_at = link.opened_at or self.now()
            link.ended_until = link.lets_in_until
            session.add(link)
        self.changes.note_guests(MeetingId(meeting_id))
        return Opened(given.holder_id, meeting_id, name, given)

    def note_token(self, visited: Pass, *, lets_in_until: datetime) -> bool:
        """Note until when a guest's newest token lets in; False: the browser is not theirs now."""
        with writing(self.state) as session:
            link = guest_queries.get(session, visited.holder_id)
            if link is None or link.withdrawn_at or not visited.proves(link.browser_sha256):
                return False
            link.lets_in_until = lets_in_until
            session.add(link)
        return True


def _proved(session: Session, shown: Pass) -> GuestLink | None:
    link = guest_queries.get(session, shown.holder_id)
    return link if shown.proves(link.secret_sha256 if link else None) else None


def _link(session: Session, meeting_id: str, guest_id: str) -> GuestLink:
    """Return a link of a meeting that is not over.

    Raises:
        NotFound: the meeting has no such link.
        Conflict: the meeting is over, and with it what its links were for.
    """
    meeting, link = found(session, meeting_id), guest_queries.get(session, guest_id)
    if link is None or link.meeting_id != meeting_id:
        raise NotFound("liên kết khách", "guest's link")
    refuse_in_person(meeting)
    if MeetingPhase(meeting.state).is_final:
        raise wrong_phase(meeting, "sửa liên kết khách", "given guests")
    return link
