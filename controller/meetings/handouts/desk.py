"""Files that a meeting shows at all points are brought and deleted.

Each function is one transaction in which nobody else brings a file to the same meeting. What a
file is says its content, not its name.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from controller import entered
from controller.db.engine import writing
from controller.errors import BadEntry, Conflict, NotFound
from controller.meetings import meeting_queries
from controller.meetings.handouts import handout_queries
from controller.meetings.handouts.tables import MeetingHandout, RemovedHandout
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.minutes.signed_file import is_pdf
from controller.meetings.refusals import found, wrong_phase
from controller.papers.service import kept_name

MAX_HANDOUTS = 10
MAX_HANDOUT_BYTES = 20 * 1024 * 1024
HAD_BACK_FOR = timedelta(days=1)
"""So long a file that was deleted may be had back."""


@dataclass(frozen=True, slots=True)
class HandoutDesk:
    """Where they are held. Used from worker threads; keeps nothing itself.

    `most_bytes`: of the files of all meetings.
    """

    state: Engine
    now: Callable[[], datetime]
    most_bytes: int

    def bring(self, meeting_id: str, name: str, content: bytes, *, actor: str) -> MeetingHandout:
        """Keep a file of a meeting.

        Raises:
            BadEntry: it is no PDF, or too large.
            Conflict: there are too many, or too much of all meetings, it is there already, or the
                meeting was cancelled.
        """
        refuse_unfit(content)
        digest, now = hashlib.sha256(content).hexdigest(), self.now()
        with writing(self.state) as session:
            handout_queries.claim_space(session)
            self._open(session, meeting_id, ("thêm tài liệu", "given files"))
            _refuse_more(session, meeting_id, digest)
            self._make_room(session, len(content))
            row = MeetingHandout(
                meeting_id=meeting_id,
                file_name=kept_name(name, "tai-lieu.pdf"),
                sha256=digest,
                size_bytes=len(content),
                brought_at=now,
                brought_by=actor,
                content=content,
            )
            session.add(row)
            session.flush()
            session.refresh(row)
            session.expunge(row)
        return row

    def remove(self, meeting_id: str, handout_id: int, *, actor: str) -> str:
        """Delete a file, which may be had back for a day; return what it was called.

        Raises:
            NotFound: there is none, or somebody deleted it before.
        """
        with writing(self.state) as session:
            meeting_queries.claim(session, found(session, meeting_id).meeting_id)
            name = file_of(session, meeting_id, handout_id).file_name
            session.add(
                RemovedHandout(handout_id=handout_id, removed_at=self.now(), removed_by=actor)
            )
        return name

    def restore(self, meeting_id: str, handout_id: int) -> str:
        """Have a file back that was deleted; return what it is called.

        Raises:
            NotFound: it is not to be had any more, or was not deleted.
            Conflict: there are too many, the same one is there, or the meeting was cancelled.
        """
        with writing(self.state) as session:
            self._open(session, meeting_id, ("lấy lại tài liệu", "given files"))
            gone = handout_queries.removed(session, meeting_id)
            one = next((each for each in gone if each.handout_id == handout_id), None)
            digest = handout_queries.digest_of(session, handout_id)
            if one is None or digest is None:
                raise no_such()
            _refuse_more(session, meeting_id, digest)
            if not handout_queries.take_back(session, handout_id):
                raise no_such()
        return one.file_name

    def _open(self, session: Session, meeting_id: str, verb: tuple[str, str]) -> None:
        meeting = meeting_queries.claim(session, found(session, meeting_id).meeting_id)
        if MeetingPhase(meeting.state) is MeetingPhase.CANCELLED:
            raise wrong_phase(meeting, *verb)

    def _make_room(self, session: Session, size_bytes: int) -> None:
        """Let go what was deleted, the first first, until there is room for a file.

        Raises:
            Conflict: there is none.
        """
        while handout_queries.kept_bytes(session) + size_bytes > self.most_bytes:
            if not handout_queries.drop_oldest_removed(session):
                most = self.most_bytes // 2**20
                raise Conflict(
                    "no_room_for_files",
                    f"Tài liệu của các cuộc họp đã đầy {most} MB. Xóa tài liệu không dùng, hoặc đề "
                    "nghị quản trị hệ thống tăng [handouts] total_mib.",
                    f"The files of all meetings fill their {most} MB. Delete what is not used, or "
                    "have an administrator raise [handouts] total_mib.",
                )


def _refuse_more(session: Session, meeting_id: str, digest: str) -> None:
    """Refuse a file that a meeting has, and one that is too many for it."""
    known = handout_queries.of_meeting(session, meeting_id)
    same = next((one for one in known if one.sha256 == digest), None)
    if same is not None:
        raise Conflict(
            "already_there",
            f"Tệp này đã có rồi: “{same.file_name}”.",
            f"This file is there already: “{same.file_name}”.",
        )
    if len(known) >= MAX_HANDOUTS:
        raise Conflict(
            "too_many_files",
            f"Mỗi cuộc họp có tối đa {MAX_HANDOUTS} tài liệu. Xóa tệp không dùng rồi thêm.",
            f"A meeting has {MAX_HANDOUTS} files at most. Delete one that is not used.",
        )


def refuse_unfit(content: bytes) -> None:
    """Refuse what is no PDF, or too large.

    Raises:
        BadEntry: it is.
    """
    if len(content) > MAX_HANDOUT_BYTES:
        raise entered.file_too_large(MAX_HANDOUT_BYTES)
    if not is_pdf(content):
        raise BadEntry(
            "Tệp này không phải PDF. Lưu tài liệu thành PDF rồi tải lên.",
            "This file is no PDF. Save it as PDF, then bring it.",
        )


def file_of(session: Session, meeting_id: str, handout_id: int) -> MeetingHandout:
    """Return one of a meeting's files with its content.

    Raises:
        NotFound: there is none.
    """
    row = handout_queries.one(session, meeting_id, handout_id)
    if row is None:
        raise no_such()
    return row


def no_such() -> NotFound:
    """Return that there is no such file."""
    return NotFound("tài liệu họp", "file of the meeting")
