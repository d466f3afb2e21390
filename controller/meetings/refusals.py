"""Finding a meeting, and the sentences for what cannot be done with it."""

from sqlmodel import Session

from controller.errors import Conflict, NotFound
from controller.meetings import meeting_queries
from controller.meetings.tables import Meeting


def refuse_in_person(meeting: Meeting) -> None:
    """Refuse what only a meeting that is joined has: pictures, a floor, guests, lines.

    Raises:
        Conflict: it is held in person.
    """
    if not meeting.is_joined:
        raise Conflict(
            "held_in_person",
            "Cuộc họp này họp trực tiếp tại phòng, không họp trên hệ thống nên không có hình, "
            "tiếng, quyền phát biểu hay khách vào bằng liên kết.",
            "The meeting is held in person: nobody joins it here, so it has no pictures, no "
            "sound, no floor and no guests by links.",
        )


def found(session: Session, meeting_id: str) -> Meeting:
    """Return a meeting.

    Raises:
        NotFound: there is none of this id.
    """
    meeting = meeting_queries.get(session, meeting_id)
    if meeting is None:
        raise NotFound("cuộc họp", "meeting")
    return meeting


_PHASE_VI = {
    "draft": "đang là bản nháp",
    "scheduled": "chưa bắt đầu",
    "live": "đang họp",
    "ended": "đã kết thúc",
    "cancelled": "đã hủy",
}


_ALREADY = {
    "scheduled": ("Cuộc họp đã được xếp lịch rồi.", "The meeting is scheduled already."),
    "ended": ("Cuộc họp đã kết thúc rồi.", "The meeting has ended already."),
    "cancelled": ("Cuộc họp đã hủy rồi.", "The meeting is cancelled already."),
}


def already(meeting: Meeting) -> Conflict:
    """Return the refusal of a move that has been made before."""
    return Conflict("wrong_state", *_ALREADY[meeting.state])


def wrong_phase(meeting: Meeting, done_vi: str, done_en: str) -> Conflict:
    """Return the refusal of what cannot be done with a meeting in its phase."""
    return Conflict(
        "wrong_state",
        f"Cuộc họp {_PHASE_VI[meeting.state]} nên không {done_vi} được.",
        f"The meeting is {meeting.state} and cannot be {done_en}.",
    )
