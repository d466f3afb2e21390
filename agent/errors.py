"""Errors of what runs on a point.

AgentError
├── OutboxUnavailable       the outbox file cannot be written now (full, read only, locked)
├── NotEnrolled             the data folder holds no identity
├── IdentityUnreadable      it holds one that is damaged
├── AlreadyRunning          another agent runs on the same data folder
├── AlreadyEnrolled         it holds one, and nobody said to replace it
├── ProbeFailed             a device that was to be shown could not be asked
└── EnrolmentError          enrolling failed; says why in both languages, and an exit code
    ├── MalformedCode       no enrolment code has this form
    ├── NotSecure           the controller's address does not begin with https://
    ├── Unreachable         the controller cannot be reached
    ├── AuthorityMismatch   whoever answers is not the installation the code is from
    ├── EnrolmentRefused    the controller said no: wrong, used or expired code
    └── TimeNotProved       the time in the answer is not signed by the authority
"""

from pathlib import Path

from runtime.errors import RuntimeFault

EXIT_FAILED, EXIT_USAGE = 1, 2
EXIT_NOT_ENROLLED, EXIT_REFUSED, EXIT_AUTHORITY = 3, 4, 5


class AgentError(RuntimeFault):
    """Base of every error raised in agent; its text is for people."""


class OutboxUnavailable(AgentError):
    """The outbox file cannot be used now; what was to be stored is still the caller's."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class NotEnrolled(AgentError):
    """The data folder holds no identity."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        super().__init__(
            f"{data_dir}: máy này chưa ghi danh. "
            "Hãy chạy diemcau-agent enrol --controller URL trước.\n"
            f"{data_dir}: this point is not enrolled yet. "
            "Run diemcau-agent enrol --controller URL first."
        )


class IdentityUnreadable(AgentError):
    """The identity file is there and cannot be used; `vietnamese`: it is well, but cannot be read.

    A file that is damaged has no word but the advice.
    """

    def __init__(self, path: Path, reason: str, *, vietnamese: str = "") -> None:
        self.path = path
        if vietnamese:
            super().__init__(f"{path}: {vietnamese}.\n{path}: {reason}.")
            return
        super().__init__(
            f"{path}: danh tính của điểm cầu không đọc được. Hãy ghi danh lại với --replace.\n"
            f"{path}: {reason}. Enrol this point again with --replace."
        )


class AlreadyRunning(AgentError):
    """Another agent runs on the same data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        super().__init__(f"{data_dir}: another diemcau-agent runs on this folder already")


class AlreadyEnrolled(AgentError):
    """The data folder holds an identity, and nobody said to replace it."""

    def __init__(self, data_dir: Path, name: str) -> None:
        self.data_dir = data_dir
        super().__init__(
            f"{data_dir}: máy này đã ghi danh là {name}. Thêm --replace để ghi danh lại.\n"
            f"{data_dir}: already enrolled as {name}. Add --replace to enrol it anew."
        )


class ProbeFailed(AgentError):
    """A device could not be asked; says what to do in both languages, and an exit code."""

    def __init__(self, code: str, exit_code: int, *, vi: str, en: str) -> None:
        self.code = code
        self.exit_code = exit_code
        self.message_vi = vi
        self.message_en = en
        super().__init__(f"{vi}\n{en}")


class EnrolmentError(AgentError):
    """Enrolling failed. `code` is for programs, the two sentences are for people."""

    exit_code = EXIT_FAILED

    def __init__(self, code: str, *, vi: str, en: str) -> None:
        self.code = code
        self.message_vi = vi
        self.message_en = en
        super().__init__(f"{vi}\n{en}")


class MalformedCode(EnrolmentError):
    """No enrolment code has this form."""

    exit_code = EXIT_USAGE

    def __init__(self) -> None:
        super().__init__(
            "malformed_code",
            vi="Mã ghi danh phải có 28 ký tự, dạng XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX.",
            en="An enrolment code has 28 characters: XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX.",
        )


class NotSecure(EnrolmentError):
    """The controller's address is none of HTTPS; it was not asked."""

    exit_code = EXIT_USAGE

    def __init__(self, url: str) -> None:
        super().__init__(
            "not_secure",
            vi=f"Địa chỉ trung tâm phải bắt đầu bằng https://, đang là {url}.",
            en=f"The controller's address must begin with https://; it is {url}.",
        )


_NO_CENTRE_VI = "máy ở địa chỉ đó trả lời không như một trung tâm Điểm Cầu"


class Unreachable(EnrolmentError):
    """The controller cannot be reached, or what answers is none.

    Args:
        reason, reason_vi: what goes after a colon, the second in Vietnamese.
    """

    def __init__(self, url: str, reason: str, *, reason_vi: str = _NO_CENTRE_VI) -> None:
        self.url = url
        super().__init__(
            "unreachable",
            vi=f"Không kết nối được với trung tâm tại {url}: {reason_vi}.",
            en=f"The controller at {url} cannot be reached: {reason}.",
        )


class AuthorityMismatch(EnrolmentError):
    """Whoever answers is not the installation the code is from."""

    exit_code = EXIT_AUTHORITY

    def __init__(self, url: str) -> None:
        super().__init__(
            "authority_mismatch",
            vi=f"Máy chủ tại {url} không phải là trung tâm đã cấp mã này. Hãy kiểm tra địa chỉ "
            "và mã; nếu cả hai đều đúng, có thể có kẻ đứng giữa.",
            en=f"The server at {url} is not the installation this code is from. Check the address "
            "and the code; if both are right, somebody may be in between.",
        )


class EnrolmentRefused(EnrolmentError):
    """The controller said no; code and sentences are its own."""

    exit_code = EXIT_REFUSED


class TimeNotProved(EnrolmentError):
    """The time in the answer is not signed by the authority."""

    exit_code = EXIT_AUTHORITY

    def __init__(self) -> None:
        super().__init__(
            "time_not_proved",
            vi="Giờ do máy chủ trả về không có chữ ký của trung tâm.",
            en="The time the server answered is not signed by the installation's authority.",
        )
