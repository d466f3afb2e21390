"""The few HTTPS requests a point makes itself: enrolment and the time. Standard library only.

Imported by commands that end again, never by the running agent.
"""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from agent.errors import EnrolmentError, EnrolmentRefused, NotSecure, Unreachable
from runtime.connecting import connect_first

TIMEOUT_S = 10.0
MAX_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class CentreAnswer:
    """A 2xx answer, and the boot clock before the question and after the answer."""

    body: bytes
    asked_at_boot_s: float
    answered_at_boot_s: float

    def text(self, key: str, url: str) -> str:
        """Return one text field of a JSON answer.

        Raises:
            Unreachable: what answers is no controller of ours.
        """
        value = self._field(key, url)
        if not isinstance(value, str):
            raise Unreachable(url, f"its answer has no text {key!r}")
        return value

    def optional_text(self, key: str, url: str) -> str | None:
        """Return one text field of a JSON answer; None where there is none.

        Raises:
            Unreachable: what answers is no controller of ours.
        """
        return None if self._field(key, url) is None else self.text(key, url)

    def number(self, key: str, url: str) -> int:
        """Return one whole number of a JSON answer.

        Raises:
            Unreachable: what answers is no controller of ours.
        """
        value = self._field(key, url)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unreachable(url, f"its answer has no number {key!r}")
        return value

    def _field(self, key: str, url: str) -> object:
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError) as exc:
            raise Unreachable(url, "its answer is not JSON") from exc
        return found.get(key) if isinstance(found, dict) else None


def ask(
    url: str,
    path: str,
    *,
    context: ssl.SSLContext,
    question: Mapping[str, str] | None = None,
    now_s: float | None = None,
) -> CentreAnswer:
    """Return the answer to a GET, or with a question to a POST of it as JSON.

    Args:
        url: the controller's address, https://host[:port].
        now_s: judge the server certificate's dates by this (seconds since 1970), where
            the context does not judge them by the machine's clock.

    Raises:
        NotSecure: the address is none of HTTPS.
        Unreachable: there was no usable answer.
        EnrolmentRefused: the controller said no, in its own words.
    """
    address = urlsplit(url)
    if address.scheme != "https" or not address.hostname:
        raise NotSecure(url)
    connection = http.client.HTTPSConnection(
        address.hostname, address.port or 443, timeout=TIMEOUT_S, context=context
    )
    # The one place where http.client's connecting can be given another way.
    connection._create_connection = _connect_first  # type: ignore[attr-defined]
    method, body = ("GET", None) if question is None else ("POST", json.dumps(dict(question)))
    try:
        connection.connect()
        if now_s is not None:
            _judge_dates(connection, now_s)
        asked_s = time.clock_gettime(time.CLOCK_BOOTTIME)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        payload = response.read(MAX_ANSWER_BYTES)
        answered_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    except (OSError, http.client.HTTPException, ValueError) as exc:
        raise Unreachable(url, _reason(exc), reason_vi=_reason_vi(exc)) from exc
    finally:
        connection.close()
    if not 200 <= response.status < 300:
        raise _refusal(url, response.status, payload)
    return CentreAnswer(payload, asked_s, answered_s)


def _connect_first(address: tuple[str, int], timeout_s: float, _: object) -> socket.socket:
    return connect_first(*address, timeout_s=timeout_s)


def _judge_dates(connection: http.client.HTTPSConnection, now_s: float) -> None:
    certificate = connection.sock.getpeercert() if connection.sock else None
    if not certificate:
        raise ValueError("the server showed no certificate")
    begins_s = ssl.cert_time_to_seconds(str(certificate["notBefore"]))
    ends_s = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    if not begins_s <= now_s <= ends_s:
        raise ValueError("its certificate is not valid at this time")


def _reason(exc: Exception) -> str:
    if isinstance(exc, ssl.SSLCertVerificationError):
        return f"its certificate does not hold: {exc.verify_message}"
    if isinstance(exc, TimeoutError):
        return f"no answer within {TIMEOUT_S:g} s"
    return getattr(exc, "strerror", None) or str(exc) or type(exc).__name__


def _reason_vi(exc: Exception) -> str:
    match exc:
        case ssl.SSLCertVerificationError():
            return (
                "chứng thư của máy chủ không phải do trung tâm đó cấp, hoặc không ghi địa chỉ này"
            )
        case ssl.SSLError() | http.client.HTTPException():
            return "máy ở địa chỉ đó không nói HTTPS như một trung tâm"
        case socket.gaierror():
            return "không tìm thấy tên máy này; kiểm tra địa chỉ và DNS"
        case ConnectionRefusedError():
            return "máy ở đó từ chối cổng này; dịch vụ đang dừng hoặc sai cổng"
        case TimeoutError():
            return f"không có trả lời trong {TIMEOUT_S:g} giây; kiểm tra đường truyền và tường lửa"
        case OSError():
            return "đường truyền bị ngắt hoặc không có; kiểm tra dây mạng và tường lửa"
        case _:
            return "chứng thư hoặc trả lời của máy chủ không dùng được"


def _refusal(url: str, status: int, payload: bytes) -> EnrolmentError:
    try:
        error = json.loads(payload)["error"]
        code, vi, en = str(error["code"]), str(error["message_vi"]), str(error["message_en"])
    except (ValueError, RecursionError, TypeError, KeyError):
        return Unreachable(url, f"it answered with status {status}")
    if status >= 500:
        return Unreachable(url, en.rstrip("."), reason_vi=vi.rstrip("."))
    return EnrolmentRefused(code, vi=vi, en=en)
