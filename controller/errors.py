"""Errors of the centre.

ControllerError
├── StorageError             a database that cannot be written or read just now
│   └── StorageFull          no room left on its disk
├── InstallationError        something of the data folder is missing or broken
├── PlaceImportError         a file of units, points or contracts that cannot be taken over
├── RequestError             a request that is refused, with a sentence in two languages
│   ├── NotSignedIn
│   ├── NotAllowed
│   ├── NotFound
│   ├── Conflict
│   ├── BadRequest
│   │   ├── BadEntry         a field that a person has to enter anew
│   │   └── UnstorableValue
│   ├── ClassificationRefused
│   ├── RecordingsBusy       the disk of the recordings does not answer
│   ├── LettersMissing       no font on this machine to draw a PDF with
│   └── TooManyTries
└── CertificateRequestError  a signing request that is none
"""

from runtime.errors import RuntimeFault


class ControllerError(RuntimeFault):
    """Base of every error raised in the controller; its sentence is for a person."""


class StorageError(ControllerError):
    """A database that does not work at the moment."""

    status = 503

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the database cannot be used now: {reason}")


class StorageFull(StorageError):
    """The disk of a database is full; what was committed before is safe."""


class InstallationError(ControllerError):
    """A file of the installation is missing or cannot be used."""

    needs_people = True

    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what}; {remedy}")


class PlaceImportError(ControllerError):
    """A file of places that cannot be taken over, with all its mistakes; nothing was changed."""


class CertificateRequestError(ControllerError):
    """Bytes that are no certificate signing request of a usable key."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"not a usable signing request: {reason}")


class RequestError(ControllerError):
    """A request that is refused; the sentences are for the person who asked."""

    status = 400

    def __init__(self, code: str, message_vi: str, message_en: str) -> None:
        self.code = code
        self.message_vi = message_vi
        self.message_en = message_en
        super().__init__(message_en)

    def said_in(self, language: str) -> str:
        """Return the sentence in a language, by its code."""
        return self.message_vi if language == "vi" else self.message_en


class BadRequest(RequestError):
    """The request itself is wrong."""

    status = 400


class BadEntry(BadRequest):
    """A field that cannot be taken as it was entered; the sentences name it."""

    status = 422

    def __init__(self, message_vi: str, message_en: str) -> None:
        super().__init__("invalid_request", message_vi, message_en)


class ClassificationRefused(RequestError):
    """A meeting above "normal", which no online system of this kind may hold."""

    status = 422


class UnstorableValue(BadRequest):
    """A value that no database can keep, such as a text with a NUL character."""

    def __init__(self) -> None:
        super().__init__(
            "invalid_request",
            "Nội dung gửi lên có ký tự không dùng được.",
            "The request holds a character that cannot be stored.",
        )


class NotSignedIn(RequestError):
    """Nobody is signed in, or the session has ended."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "not_signed_in", "Phiên làm việc đã hết. Đăng nhập lại.", "Sign in to do this."
        )


class NotAllowed(RequestError):
    """The person's role does not include this."""

    status = 403


class NotFound(RequestError):
    """There is no such thing."""

    status = 404

    def __init__(self, what_vi: str, what_en: str) -> None:
        super().__init__("not_found", f"Không có {what_vi} này.", f"There is no such {what_en}.")


class Conflict(RequestError):
    """The thing has changed meanwhile, or its state does not allow this."""

    status = 409


class RecordingsBusy(RequestError):
    """The disk of the recordings does not answer."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "recordings_busy",
            "Ổ đĩa bản ghi không phản hồi. Thử lại sau ít phút.",
            "The recordings' disk does not answer. Try again in a few minutes.",
        )


class LettersMissing(RequestError):
    """The centre's machine has no letters to draw a PDF with."""

    status = 503

    def __init__(self, folder: str) -> None:
        super().__init__(
            "letters_missing",
            f"Máy trung tâm thiếu phông chữ trong {folder}: cần cài gói fonts-noto-core.",
            f"The centre's machine has no letters in {folder}: apt-get install fonts-noto-core.",
        )


class TooManyTries(RequestError):
    """Tried too often; says when to try again."""

    status = 429

    def __init__(self, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(
            "too_many_tries",
            f"Thử sai quá nhiều lần. Thử lại sau {retry_after_s} giây.",
            f"Too many wrong tries. Try again in {retry_after_s} seconds.",
        )


class AskedTooOften(TooManyTries):
    """Asked rightly, but too often; says when to ask again."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(retry_after_s)
        self.message_vi = f"Yêu cầu quá nhiều lần. Thử lại sau {retry_after_s} giây."
        self.message_en = f"Asked too often. Try again in {retry_after_s} seconds."
