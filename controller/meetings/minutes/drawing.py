"""The minutes of a meeting as files: Word by the office's template, PDF in the built-in form."""

from fastapi import Response
from sqlmodel import Session

from contracts.local_days import day_in_name
from controller.errors import Conflict
from controller.meetings import invitations
from controller.meetings.after import record_queries
from controller.meetings.after.refusals import not_yet
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.minutes import minutes_queries
from controller.meetings.minutes.desk import DrawnFrom, drawn_from
from controller.meetings.minutes.minutes_text import MinutesText
from controller.meetings.refusals import found, wrong_phase
from controller.meetings.rollcall import roll_queries
from controller.meetings.tables import Meeting
from controller.meetings.tasks import service as tasks
from controller.meetings.views.minutes_paper import MINUTES, MinutesFacts, TaskSaid, filling
from controller.meetings.views.tasks import day
from controller.papers import service as papers
from controller.papers.placeholders import Filling
from controller.web.deps import Web
from controller.web.download import download
from controller.web.i18n.catalogue import chosen


def as_docx(web: Web, session: Session, meeting_id: str) -> Response:
    """Return minutes by the template that is used.

    Raises:
        NotFound: there is no such meeting.
        Conflict: it has not begun, or was cancelled.
        AskedTooOften: others are made.
    """
    return filled_in(web, session, meeting_id, papers.template(session, MINUTES))


def filled_in(web: Web, session: Session, meeting_id: str, template: bytes) -> Response:
    """Return minutes by a template that was judged."""
    meeting = _minuted(session, meeting_id)
    made = papers.docx(MINUTES, template, filling_of(web, session, meeting))
    return download(made, f"{stem(meeting)}.docx", papers.DOCX)


def as_pdf(web: Web, session: Session, meeting_id: str) -> Response:
    """Return minutes in the built-in form as PDF.

    Raises:
        NotFound: there is no such meeting.
        Conflict: it has not begun, or was cancelled.
        LettersMissing: the machine has no letters for it.
        AskedTooOften: others are made.
    """
    meeting = _minuted(session, meeting_id)
    made = papers.pdf(MINUTES, filling_of(web, session, meeting))
    return download(made, f"{stem(meeting)}.pdf", papers.PDF)


def to_be_signed(web: Web, session: Session, meeting: Meeting) -> tuple[bytes, DrawnFrom]:
    """Return the PDF that is to be handed out, and of what it was drawn.

    Raises:
        Conflict: the meeting has not ended, or its figures are not made yet.
    """
    if MeetingPhase(meeting.state) is not MeetingPhase.ENDED:
        raise wrong_phase(meeting, "khóa biên bản", "locked")
    if not has_record(session, meeting):
        raise not_yet()
    drawn = drawn_from(session, minutes_queries.get(session, meeting.meeting_id))
    return papers.pdf(MINUTES, filling_of(web, session, meeting)), drawn


def refuse_locked(session: Session, meeting: Meeting) -> None:
    """Refuse to draw what is locked already.

    Raises:
        Conflict: it is.
    """
    if minutes_queries.get(session, meeting.meeting_id).locked_at is not None:
        raise Conflict("minutes_locked", "Biên bản đã khóa rồi.", "The minutes are locked already.")


def has_record(session: Session, meeting: Meeting) -> bool:
    """Return whether a meeting's figures are made."""
    return record_queries.row_of(session, meeting.meeting_id) is not None


def filling_of(web: Web, session: Session, meeting: Meeting) -> Filling:
    """Return what is put into the minutes of a meeting."""
    minutes = minutes_queries.get(session, meeting.meeting_id)
    record = record_queries.get(session, meeting.meeting_id)
    said = roll_queries.marks(session, meeting.meeting_id)
    facts = MinutesFacts(
        base=invitations.filling_of(web, session, meeting),
        text=MinutesText(minutes.number, minutes.content, minutes.conclusions),
        record=record,
        marks={subject: mark for subject, (mark, _) in said.items()},
        began_at=meeting.live_at or meeting.begins_at,
        ended_at=meeting.ended_at or meeting.ends_at,
        tasks=[
            TaskSaid(one.text, one.owner, day(chosen("vi"), one.deadline))
            for one in tasks.of_meeting(session, meeting.meeting_id)
        ],
    )
    return filling(facts, web.now())


def stem(meeting: Meeting) -> str:
    """Return what files of a meeting's minutes are called."""
    return papers.file_name(MINUTES.stem, day_in_name(meeting.begins_at), meeting.title)


def _minuted(session: Session, meeting_id: str) -> Meeting:
    meeting = found(session, meeting_id)
    if MeetingPhase(meeting.state) not in (MeetingPhase.LIVE, MeetingPhase.ENDED):
        raise wrong_phase(meeting, "lập biên bản", "minuted")
    return meeting
