"""What the relay's door answers where it does not do what is asked, in both languages."""

from starlette.responses import JSONResponse, Response

from contracts.relay import LOCKED
from media.errors import AccessRefused, MalformedSdp, OfferRefused


class TooMany(AccessRefused):
    """More requests than a budget has room for."""


def answer_for(exc: AccessRefused) -> Response:
    """Return a refusal as HTTP says it."""
    error = {"code": exc.code, "message_vi": exc.message_vi, "message_en": exc.message_en}
    headers = {"Retry-After": "1"} if exc.status in (425, 429, 503) else {}
    if exc.status == 401:
        headers["WWW-Authenticate"] = "Bearer, Point"
    return JSONResponse({"error": error}, status_code=exc.status, headers=headers)


def bad_offer(exc: MalformedSdp | OfferRefused | UnicodeDecodeError) -> AccessRefused:
    """Return the refusal of an offer: one that cannot be read, or cannot be served."""
    if isinstance(exc, OfferRefused):
        return AccessRefused(
            exc.status,
            "offer_refused",
            exc.reason_vi or "Không thể phục vụ lời mời kết nối (SDP) này.",
            exc.reason,
        )
    return AccessRefused(
        400,
        "offer_malformed",
        "Bản mô tả phiên (SDP) không đúng định dạng.",
        exc.reason if isinstance(exc, MalformedSdp) else "The body is not UTF-8.",
    )


def bad_fragment(reason: str) -> AccessRefused:
    """Return the refusal of a fragment that cannot be read."""
    return AccessRefused(400, "fragment_malformed", "Đoạn SDP không đúng định dạng.", reason)


def bad_tiles(reason: str) -> AccessRefused:
    """Return the refusal of a page of the grid that cannot be read."""
    return AccessRefused(400, "tiles_malformed", "Danh sách ô hình không đúng định dạng.", reason)


def bad_call(reason: str) -> AccessRefused:
    """Return the refusal of another relay's call that cannot be read."""
    return AccessRefused(400, "call_malformed", "Lời gọi không đúng định dạng.", reason)


def no_tiles() -> AccessRefused:
    """Return the refusal of tiles in a session that has none."""
    return AccessRefused(
        403,
        "tiles_not_allowed",
        "Phiên này không có ô hình nào: chỉ chủ tọa và thư ký xem được tất cả điểm cầu.",
        "This session has no tiles: the chair and the secretary alone see all points.",
    )


def bad_hand(reason: str) -> AccessRefused:
    """Return the refusal of a raised hand that cannot be read."""
    return AccessRefused(400, "hand_malformed", "Không đọc được yêu cầu xin phát biểu.", reason)


def no_hand() -> AccessRefused:
    """Return the refusal of a hand from who has none here, or in a meeting that is not on."""
    return AccessRefused(
        403,
        "no_hand",
        "Chỉ điểm cầu đang dự cuộc họp mới xin phát biểu ở đây được.",
        "Only a point asks for the floor here, in a meeting that is not over.",
    )


def bad_move(reason: str) -> AccessRefused:
    """Return the refusal of a move of the floor that cannot be read."""
    return AccessRefused(400, "move_malformed", "Không đọc được yêu cầu quyền phát biểu.", reason)


def no_steering() -> AccessRefused:
    """Return the refusal of a move by who does not lead the meeting."""
    return AccessRefused(
        403,
        "floor_not_allowed",
        "Chỉ văn phòng điều khiển quyền phát biểu được.",
        "Only the office moves the floor.",
    )


def put_out() -> AccessRefused:
    """Return the refusal of one who was put out, or signed out since the token was given."""
    return AccessRefused(
        403,
        "put_out",
        "Đã bị mời ra khỏi cuộc họp này, hoặc phiên làm việc đã kết thúc.",
        "Put out of this meeting, or signed out since.",
    )


def over() -> AccessRefused:
    """Return the refusal of what can be done only before a meeting has ended."""
    return AccessRefused(410, "meeting_over", "Cuộc họp đã kết thúc.", "The meeting is over.")


def not_home() -> AccessRefused:
    """Return the refusal of a move at a relay that has the floor from the meeting's home."""
    return AccessRefused(
        409,
        "not_home",
        "Quyền phát biểu của cuộc họp này được điều khiển ở máy chủ chuyển tiếp chính.",
        "The floor of this meeting is moved at its home relay.",
    )


def floor_moved() -> AccessRefused:
    """Return the refusal of a move that was made on a floor that is another since."""
    return AccessRefused(
        409,
        "floor_moved",
        "Quyền phát biểu vừa được người khác thay đổi. Xem lại rồi thử lại.",
        "The floor has just been moved by someone else. Look again and retry.",
    )


def floor_refused(vietnamese: str, reason: str) -> AccessRefused:
    """Return the refusal of a move that the rules of the floor do not allow."""
    return AccessRefused(409, "floor_refused", vietnamese, f"The floor is not moved: {reason}.")


def bad_played(reason: str) -> AccessRefused:
    """Return the refusal of figures of a player that cannot be read."""
    return AccessRefused(400, "bad_played", "Không đọc được số liệu phát.", reason)


def no_player() -> AccessRefused:
    """Return the refusal of figures of a player from a session that plays nothing."""
    return AccessRefused(
        403, "no_player", "Phiên này không phát gì.", "This session plays nothing."
    )


def too_many() -> TooMany:
    """Return the refusal of more requests than a budget has room for."""
    return TooMany(
        429,
        "too_many_requests",
        "Quá nhiều yêu cầu; hãy thử lại sau giây lát.",
        "Too many requests; try again in a moment.",
    )


def overloaded(lag_s: float) -> AccessRefused:
    """Return the refusal of a subscriber for whom there is no room."""
    late_ms = round(lag_s * 1000)
    return AccessRefused(
        503,
        "overloaded",
        f"Máy chủ chuyển tiếp đã đầy tải (chậm {late_ms} ms); hãy thử lại sau.",
        f"The relay is at its limit ({late_ms} ms late for everybody); try again later.",
    )


def broken() -> AccessRefused:
    """Return what is said of an error of ours."""
    return AccessRefused(
        500,
        "internal_error",
        "Máy chủ chuyển tiếp gặp lỗi khi xử lý yêu cầu này.",
        "The relay met an error in handling this request.",
    )


def locked() -> AccessRefused:
    """Return the refusal of one who has to wait outside a meeting that is locked."""
    return AccessRefused(
        403,
        LOCKED,
        "Cuộc họp đã khóa, đang chờ chủ trì cho vào.",
        "The meeting is locked; the chair is asked to let this room in.",
    )


def unknown_meeting() -> AccessRefused:
    """Return the refusal of a meeting that is not here; only who has proved himself hears it."""
    return AccessRefused(
        404,
        "meeting_unknown",
        "Máy chủ chuyển tiếp không biết cuộc họp này.",
        "This relay does not know the meeting.",
    )


def unknown_session() -> AccessRefused:
    """Return the refusal of a session that is not there."""
    return AccessRefused(
        404, "session_unknown", "Phiên không tồn tại hoặc đã kết thúc.", "There is no such session."
    )


def not_from_here() -> AccessRefused:
    """Return the refusal of what only this machine may read."""
    return AccessRefused(
        403,
        "local_only",
        "Chỉ đọc được trên chính máy chủ này.",
        "This is served to the relay's own machine only.",
    )


def wrong_method(allowed: str) -> AccessRefused:
    """Return the refusal of a method that a resource does not have."""
    return AccessRefused(
        405,
        "method_not_allowed",
        f"Chỉ dùng được: {allowed}.",
        f"What can be asked here is {allowed}.",
    )


def wrong_type(expected: str) -> AccessRefused:
    """Return the refusal of a body of another type."""
    return AccessRefused(
        415,
        "content_type",
        f"Kiểu nội dung phải là {expected}.",
        f"The Content-Type must be {expected}.",
    )


def not_acceptable(given: str) -> AccessRefused:
    """Return the refusal of one who would not read the answer."""
    return AccessRefused(
        406,
        "not_acceptable",
        f"Câu trả lời có kiểu {given}, nhưng Accept không cho phép.",
        f"The answer is {given}, which the Accept header leaves out.",
    )


def body_too_large() -> AccessRefused:
    """Return the refusal of a body beyond the limit."""
    return AccessRefused(
        413,
        "body_too_large",
        "Nội dung gửi lên quá lớn (tối đa 64 KiB).",
        "The body is too large (at most 64 KiB).",
    )


def no_precondition() -> AccessRefused:
    """Return the refusal of a PATCH that does not say which state it means."""
    return AccessRefused(
        428,
        "etag_missing",
        "Thiếu If-Match: hãy gửi ETag của phiên, hoặc *.",
        "If-Match is missing: send the session's ETag, or *.",
    )


def outdated() -> AccessRefused:
    """Return the refusal of a PATCH that means another state."""
    return AccessRefused(
        412,
        "etag_outdated",
        "Phiên đã được khởi động lại bởi yêu cầu khác.",
        "The session was restarted by another request meanwhile.",
    )
