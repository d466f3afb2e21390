"""Every error of the API has one form: a code, and a sentence in two languages."""

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from controller.errors import BadRequest, RequestError, StorageError, StorageFull


class Unavailable(RequestError):
    """Something of the centre does not work at the moment."""

    status = 503


def body_of(exc: RequestError) -> dict[str, dict[str, str]]:
    """Return the JSON body of an error."""
    return {"error": {"code": exc.code, "message_vi": exc.message_vi, "message_en": exc.message_en}}


def failed() -> RequestError:
    """Return what a person is told of a fault of ours."""
    error = RequestError(
        "failed",
        "Trung tâm gặp lỗi khi làm việc này. Lỗi đã được ghi vào nhật ký của máy chủ.",
        "The centre failed at this. The server's log has what happened.",
    )
    error.status = 500
    return error


def from_storage(exc: StorageError) -> RequestError:
    """Return what a person is told when a database does not work."""
    if isinstance(exc, StorageFull):
        return Unavailable(
            "storage_full",
            "Chưa lưu được: đĩa của máy chủ trung tâm đã đầy. Dữ liệu đã lưu vẫn an toàn. "
            "Báo quản trị hệ thống giải phóng dung lượng rồi thử lại.",
            "Not saved: the disk of the centre is full. What was saved before is safe. "
            "Tell the administrator to free space, then try again.",
        )
    return Unavailable(
        "storage_unavailable",
        "Chưa lưu hoặc đọc được: cơ sở dữ liệu của trung tâm đang bận, ngừng hoặc "
        "chỉ cho đọc. Thử lại sau ít phút; nếu vẫn vậy, báo quản trị hệ thống.",
        "Not saved or read: the centre's database is busy, stopped or read-only. "
        "Try again in a minute; if it stays so, tell the administrator.",
    )


def from_validation(exc: RequestValidationError) -> RequestError:
    """Return which fields are wrong, without repeating what was sent."""
    fields = sorted({".".join(str(part) for part in e["loc"][1:]) for e in exc.errors()} - {""})
    named = ", ".join(fields)[:200] or "body"
    reasons = "; ".join(sorted({str(e["type"]) for e in exc.errors()}))[:200]
    error = BadRequest(
        "invalid_request",
        f"Nội dung gửi lên chưa đúng ở: {named}.",
        f"The request is not valid at: {named} ({reasons}).",
    )
    error.status = 422
    return error


def from_http(exc: HTTPException) -> RequestError:
    """Return the framework's own refusals in our form."""
    sentences = {
        404: ("not_found", "Không có trang này.", "There is no such page."),
        405: ("method_not_allowed", "Không dùng được cách gọi này.", "This method is not served."),
    }
    code, vi, en = sentences.get(
        exc.status_code, ("refused", "Yêu cầu không đúng.", "The request was refused.")
    )
    error = RequestError(code, vi, en)
    error.status = exc.status_code
    return error
