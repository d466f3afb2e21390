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


_INSTEAD = {
    "live": (
        "Điều khiển phát biểu và mời khách ở trang cuộc họp; lịch sau đặt bằng cuộc họp khác.",
        "Lead it on its page; what comes later is a meeting of its own.",
    ),
    "ended": (
        "Điểm danh và nhật ký vẫn xem và bổ sung được ở trang cuộc họp.",
        "Its roll call and its log are on its page.",
    ),
    "cancelled": (
        "Khôi phục cuộc họp, hoặc đặt cuộc họp tương tự, ở trang cuộc họp.",
        "Have it back, or set one like it, on its page.",
    ),
}


def already(meeting: Meeting) -> Conflict:
    """Return the refusal of a move that has been made before."""
    return Conflict("wrong_state", *_ALREADY[meeting.state])


def not_changed_now(meeting: Meeting) -> Conflict:
    """Return why a meeting cannot be changed in its phase, and what can be done instead."""
    instead_vi, instead_en = _INSTEAD.get(meeting.state, ("", ""))
    return Conflict(
        "wrong_state",
        f"Cuộc họp {_PHASE_VI[meeting.state]} nên không sửa được. {instead_vi}".strip(),
        f"The meeting is {meeting.state} and cannot be changed. {instead_en}".strip(),
    )


def minutes_locked() -> Conflict:
    """Return the refusal to correct a meeting of which the minutes are locked."""
    return Conflict(
        "minutes_locked",
        "Biên bản đã khóa nên không sửa nội dung cuộc họp được. Mở khóa biên bản trước.",
        "The minutes are locked, so the meeting is not corrected. Unlock them first.",
    )


def changed_meanwhile(meeting: Meeting) -> Conflict:
    """Return the refusal of a change by somebody who has not seen the meeting as it is now."""
    return Conflict(
        "changed_meanwhile",
        f"Có người vừa sửa cuộc họp “{meeting.title}”. Xem lại thay đổi của họ rồi lưu lại.",
        "Somebody has just changed the meeting. Look at what they changed, then save again.",
    )


def wrong_phase(meeting: Meeting, done_vi: str, done_en: str) -> Conflict:
    """Return the refusal of what cannot be done with a meeting in its phase."""
    return Conflict(
        "wrong_state",
        f"Cuộc họp {_PHASE_VI[meeting.state]} nên không {done_vi} được.",
        f"The meeting is {meeting.state} and cannot be {done_en}.",
    )
