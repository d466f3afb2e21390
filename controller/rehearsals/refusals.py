"""Why a meeting is not rehearsed now, in words."""

from controller.errors import Conflict


def in_person() -> Conflict:
    """Nobody joins what is held in person."""
    return Conflict(
        "rehearsal_in_person",
        "Cuộc họp này họp trực tiếp tại phòng nên không có gì để chạy thử.",
        "The meeting is held in person: there is nothing to rehearse.",
    )


def not_waited_for() -> Conflict:
    """It is a draft, is on, or is over."""
    return Conflict(
        "rehearsal_not_waited_for",
        "Chỉ chạy thử được cuộc họp đã xếp lịch và chưa bắt đầu.",
        "Only a meeting that is scheduled and has not begun can be rehearsed.",
    )


def too_late() -> Conflict:
    """Its points join soon."""
    return Conflict(
        "rehearsal_too_late",
        "Không kịp chạy thử nữa: các điểm cầu vào họp từ 5 phút trước giờ bắt đầu.",
        "There is no time for a rehearsal: points join from five minutes before the beginning.",
    )


def running() -> Conflict:
    """One goes on."""
    return Conflict(
        "rehearsal_running",
        "Cuộc họp này đang được chạy thử. Chờ lần này xong rồi chạy lại.",
        "This meeting is being rehearsed. Wait until that is over.",
    )


def all_ready() -> Conflict:
    """Nobody has to."""
    return Conflict(
        "rehearsal_all_ready",
        "Mọi điểm cầu đều sẵn sàng, không có điểm nào cần chạy thử lại.",
        "Every point is ready: none has to be rehearsed again.",
    )


def too_often() -> Conflict:
    """It was asked for too often."""
    return Conflict(
        "rehearsal_too_often",
        "Cuộc họp này đã chạy thử 12 lần trong một giờ. Chờ một lúc rồi chạy lại.",
        "This meeting was rehearsed twelve times within an hour. Wait a while.",
    )


def nobody_waits() -> Conflict:
    """Whom it needs to begin is said before it begins."""
    return Conflict(
        "meeting_not_waited_for",
        "Chỉ đặt điểm cầu bắt buộc cho cuộc họp đã xếp lịch và chưa bắt đầu.",
        "Points are required only of a meeting that is scheduled and has not begun.",
    )
