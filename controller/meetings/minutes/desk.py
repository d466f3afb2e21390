"""Minutes are written, locked, opened again, and their signed file is taken back.

Each function is one transaction in which nobody else changes the same minutes or roll call.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.ids import MeetingId
from contracts.local_days import ZONE
from controller import entered
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.entered import Label
from controller.errors import BadEntry, Conflict, NotFound
from controller.meetings import event_queries
from controller.meetings.after import record_queries
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.minutes import minutes_queries
from controller.meetings.minutes.kept_files import MAX_ISSUED, MAX_SIGNED
from controller.meetings.minutes.minutes_queries import ISSUED, SIGNED
from controller.meetings.minutes.minutes_text import MinutesText, checked
from controller.meetings.minutes.signed_file import (
    MAX_SIGNED_BYTES,
    Comparison,
    breaks_off,
    compared,
    is_pdf,
)
from controller.meetings.minutes.tables import MeetingMinutes, MinutesEdit, MinutesFile
from controller.meetings.refusals import found, wrong_phase
from controller.meetings.rollcall import roll_queries
from controller.meetings.rollcall import service as roll_calls
from controller.meetings.tables import Meeting
from controller.meetings.tasks import service as tasks
from controller.papers.service import kept_name

MAX_REASON_CHARS = 200
MAX_EDITS = 200
ONE_EDIT = timedelta(minutes=10)
"""What one person saves within so much of the first time is one edit."""
_REASON = Label("Lý do mở khóa", "The reason for unlocking")


@dataclass(frozen=True, slots=True)
class DrawnFrom:
    """What a PDF was drawn from; where any of it is another by now, it is not issued."""

    minutes_version: int
    roll_acts: int
    record_version: int
    tasks_stamp: int


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved: the version it is, and whether an edit began with it."""

    version: int
    begins_edit: bool


@dataclass(frozen=True, slots=True)
class IssuedPdf:
    """What was handed out, and the SHA-256 of earlier files whose content left for it."""

    sha256: str
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How a signed file stands, and the SHA-256 of earlier ones whose content left for it."""

    comparison: Comparison
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MinutesDesk:
    """Where minutes are held. Used from worker threads; keeps nothing itself."""

    state: Engine
    changes: Changes
    now: Callable[[], datetime]

    def save(self, meeting_id: str, typed: MinutesText, version: int, *, actor: str) -> Saved:
        """Keep what was written.

        Args:
            version: of the minutes on which it was written.

        Raises:
            BadEntry: it cannot be kept, and why.
            Conflict: somebody else has saved since, they are locked, or it is not their time.
        """
        kept, now = checked(typed), self.now()
        with writing(self.state) as session:
            minutes = self._open(session, meeting_id)
            if _text(minutes) == kept:
                return Saved(minutes.version, begins_edit=False)
            if minutes.version != version:
                raise Conflict(
                    "minutes_changed",
                    f"{minutes.edited_by} đã lưu biên bản trong lúc này. Nội dung đang gõ vẫn còn "
                    "trên trang; xem bản kia rồi lưu lại.",
                    f"{minutes.edited_by} has saved the minutes meanwhile. What is typed is still "
                    "on the page; look at the other and save again.",
                )
            minutes.version += 1
            minutes.number, minutes.content = kept.number, kept.content
            minutes.conclusions = kept.conclusions
            minutes.edited_at, minutes.edited_by = now, actor
            session.add(minutes)
            session.flush()
            begins_edit = self._remember(session, minutes, now, actor)
            saved = Saved(minutes.version, begins_edit=begins_edit)
        self.changes.note_minutes(MeetingId(meeting_id))
        return saved

    def lock(
        self, meeting_id: str, pdf: bytes, drawn: DrawnFrom, *, name: str, actor: str
    ) -> IssuedPdf:
        """Let minutes and roll say what they say, and keep the PDF.

        Raises:
            Conflict: what it was drawn from changed meanwhile, or they are locked.
        """
        now, digest = self.now(), hashlib.sha256(pdf).hexdigest()
        with writing(self.state) as session:
            minutes = self._open(session, meeting_id)
            if MeetingPhase(found(session, meeting_id).state) is not MeetingPhase.ENDED:
                raise wrong_phase(found(session, meeting_id), "khóa biên bản", "locked")
            if drawn != drawn_from(session, minutes):
                raise Conflict(
                    "minutes_changed",
                    "Biên bản, việc, điểm danh hoặc số liệu vừa thay đổi. Xem lại rồi khóa.",
                    "Minutes, tasks, roll or figures have just changed. Look again, then lock.",
                )
            roll_calls.close(session, meeting_id, now=now, actor=actor)
            minutes.locked_at, minutes.locked_by = now, actor
            session.add(minutes)
            session.add(
                MinutesFile(
                    meeting_id=meeting_id,
                    kind=ISSUED,
                    file_name=name,
                    sha256=digest,
                    size_bytes=len(pdf),
                    taken_at=now,
                    taken_by=actor,
                    content=pdf,
                )
            )
            session.flush()
            left = minutes_queries.tidy(session, meeting_id, ISSUED, most=MAX_ISSUED)
            event_queries.record(session, meeting_id, "minutes_locked", now=now, actor=actor)
        self._told(meeting_id)
        return IssuedPdf(digest, left)

    def unlock(self, meeting_id: str, reason: str, *, actor: str) -> str:
        """Open locked minutes again; the roll stays closed. Return the reason as it is kept.

        Raises:
            BadEntry: no reason is given, or it cannot be used.
            Conflict: they are not locked.
        """
        reason, now = entered.line(_REASON, reason, most=MAX_REASON_CHARS), self.now()
        with writing(self.state) as session:
            found(session, meeting_id)
            minutes = minutes_queries.claimed(session, meeting_id)
            if minutes.locked_at is None:
                raise Conflict("minutes_open", "Biên bản đang mở.", "The minutes are not locked.")
            minutes.locked_at, minutes.locked_by = None, ""
            minutes.unlocked_at, minutes.unlocked_by, minutes.reason = now, actor, reason
            session.add(minutes)
            event_queries.record(
                session, meeting_id, "minutes_unlocked", now=now, actor=actor, detail=reason
            )
        self._told(meeting_id)
        return reason

    def take_signed(self, meeting_id: str, name: str, content: bytes, *, actor: str) -> TakenBack:
        """Keep a signed file beside what was handed out last; say how it stands to that.

        Raises:
            BadEntry: it is no PDF, too large, or cut off.
            Conflict: nothing was handed out, or it is there already.
        """
        refuse_no_pdf(content)
        digest, now = hashlib.sha256(content).hexdigest(), self.now()
        with writing(self.state) as session:
            found(session, meeting_id)
            minutes_queries.claimed(session, meeting_id)
            issued = minutes_queries.newest_issued(session, meeting_id)
            if issued is None:
                raise Conflict(
                    "nothing_issued",
                    "Chưa khóa biên bản lần nào nên chưa có tệp để ký.",
                    "The minutes were never locked: there is nothing to be signed.",
                )
            self._refuse_again(session, meeting_id, digest, issued)
            if breaks_off(issued.content, content):
                raise _broken_off()
            said = compared(issued.content, content)
            session.add(
                MinutesFile(
                    meeting_id=meeting_id,
                    kind=SIGNED,
                    file_name=kept_name(name, "bien-ban.pdf"),
                    sha256=digest,
                    size_bytes=len(content),
                    of_file_id=issued.file_id,
                    verdict=said.verdict.value,
                    has_signature=said.has_signature,
                    differs_at=said.differs_at,
                    taken_at=now,
                    taken_by=actor,
                    content=content,
                )
            )
            session.flush()
            left = minutes_queries.tidy(session, meeting_id, SIGNED, most=MAX_SIGNED)
            event_queries.record(
                session,
                meeting_id,
                "minutes_signed",
                now=now,
                actor=actor,
                detail=said.verdict.value,
            )
        self._told(meeting_id)
        return TakenBack(said, left)

    def _refuse_again(
        self, session: Session, meeting_id: str, digest: str, issued: MinutesFile
    ) -> None:
        """Refuse a file that is there; one whose content has left comes anew."""
        there = minutes_queries.signed_before(session, meeting_id, digest)
        if there is not None and there.content:
            raise _already_there(there, is_of_last=there.of_file_id == issued.file_id)
        if there is not None:
            session.delete(there)
            session.flush()

    def _open(self, session: Session, meeting_id: str) -> MeetingMinutes:
        """Return minutes that may be changed, claimed."""
        meeting: Meeting = found(session, meeting_id)
        minutes = minutes_queries.claimed(session, meeting_id)
        if MeetingPhase(meeting.state) not in (MeetingPhase.LIVE, MeetingPhase.ENDED):
            raise wrong_phase(meeting, "lập biên bản", "minuted")
        if minutes.locked_at is not None:
            raise Conflict(
                "minutes_locked",
                "Biên bản đã khóa. Muốn sửa thì mở khóa và ghi lý do.",
                "The minutes are locked. To change them, unlock them and say why.",
            )
        return minutes

    def _remember(
        self, session: Session, minutes: MeetingMinutes, now: datetime, actor: str
    ) -> bool:
        """Keep what the minutes are now; return whether it is an edit, or the rest of one."""
        began_at, begins_edit = now, True
        last = next(iter(minutes_queries.edits(session, minutes.meeting_id, most=1)), None)
        if last is not None and last.edited_by == actor and now - last.began_at < ONE_EDIT:
            began_at, begins_edit = last.began_at, False
            session.delete(last)
            session.flush()
        session.add(
            MinutesEdit(
                meeting_id=minutes.meeting_id,
                version=minutes.version,
                number=minutes.number,
                content=minutes.content,
                conclusions=minutes.conclusions,
                began_at=began_at,
                edited_at=now,
                edited_by=actor,
            )
        )
        session.flush()
        minutes_queries.forget_edits(session, minutes.meeting_id, keep=MAX_EDITS)
        return begins_edit

    def _told(self, meeting_id: str) -> None:
        self.changes.note_minutes(MeetingId(meeting_id))
        self.changes.note_roll_call(MeetingId(meeting_id))


def _text(minutes: MeetingMinutes) -> MinutesText:
    return MinutesText(minutes.number, minutes.content, minutes.conclusions)


def drawn_from(session: Session, minutes: MeetingMinutes) -> DrawnFrom:
    """Return of what a PDF of a meeting's minutes is drawn now."""
    record = record_queries.row_of(session, minutes.meeting_id)
    return DrawnFrom(
        minutes.version,
        roll_queries.get(session, minutes.meeting_id).acts,
        record.version if record else 0,
        tasks.stamp(session, minutes.meeting_id),
    )


def refuse_no_pdf(content: bytes) -> None:
    """Refuse a file that cannot be a signed PDF.

    Raises:
        BadEntry: it is too large, or none.
    """
    if len(content) > MAX_SIGNED_BYTES:
        raise entered.file_too_large(MAX_SIGNED_BYTES)
    if not is_pdf(content):
        raise BadEntry(
            "Tệp này không phải PDF. Chỉ nhận tệp PDF đã ký.",
            "This file is no PDF. Only a signed PDF is taken.",
        )


def _broken_off() -> BadEntry:
    return BadEntry(
        "Tệp đã ký bị đứt ở cuối. Lưu lại từ phần mềm ký rồi tải lên lần nữa.",
        "The signed file breaks off at its end. Save it again where it was signed, then upload it.",
    )


def file_of(session: Session, meeting_id: str, file_id: int) -> MinutesFile:
    """Return one of a meeting's files.

    Raises:
        NotFound: there is none.
        Conflict: its content has left.
    """
    row = minutes_queries.file(session, meeting_id, file_id)
    if row is None:
        raise NotFound("tệp biên bản", "file of the minutes")
    if not row.content:
        raise Conflict(
            "content_left",
            "Nội dung tệp này không còn giữ; chỉ còn tên và mã SHA-256.",
            "The content of this file is no longer kept; its name and SHA-256 are.",
        )
    return row


def _already_there(there: MinutesFile, *, is_of_last: bool) -> Conflict:
    at = f"{there.taken_at.astimezone(ZONE):%H:%M %d/%m/%Y}"
    vi = f"Tệp này đã có rồi: “{there.file_name}”, {there.taken_by} đưa lên lúc {at}."
    en = f"This file is there already: “{there.file_name}”, brought by {there.taken_by} at {at}."
    if not is_of_last:
        vi += " Tệp đó ứng với bản phát hành trước; hãy ký tệp phát hành gần nhất."
        en += " It belongs to an earlier issue; have the file signed that was handed out last."
    return Conflict("already_there", vi, en)
