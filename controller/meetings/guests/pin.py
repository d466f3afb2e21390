"""The PIN of a guest's link: six digits, sent by another way than the link; of it a hash is kept.

Six digits are guessed by whoever may try often enough: of a link five wrong ones in a quarter of an
hour, of an address (IPv6: its /64) twenty. Only who shows a right link comes to try at all, and the
office gives its guest another one.
"""

import secrets
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from contracts.hosts import network_of
from controller.errors import NotAllowed, TooManyTries
from controller.people import passwords
from controller.people.throttle import Throttle

DIGITS = 6
WINDOW = timedelta(minutes=15)
LINK_LIMIT, ADDRESS_LIMIT = 5, 20


def new_pin() -> str:
    """Return a PIN that nobody can foretell, with its leading zeros."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def kept(pin: str) -> str:
    """Return what is kept of a PIN: argon2id, as of passwords."""
    return passwords.hash_secret(pin)


def is_right(typed: str, pin_hash: str) -> bool:
    """Return whether a PIN fits what was kept; spaces between its digits are none of it."""
    digits = "".join(typed.split())
    is_one = len(digits) == DIGITS and digits.isascii() and digits.isdigit()
    return is_one and passwords.is_right(digits, pin_hash)


class PinNeeded(NotAllowed):
    """The link is right, and its PIN is asked for."""

    def __init__(self) -> None:
        super().__init__(
            "guest_pin_needed",
            f"Nhập mã PIN {DIGITS} số mà văn phòng đã gửi riêng cho bạn.",
            f"Type the PIN of {DIGITS} digits that the office sent you apart from the link.",
        )


class PinWrong(NotAllowed):
    """It is not this link's PIN."""

    def __init__(self) -> None:
        super().__init__(
            "guest_pin_wrong",
            "Mã PIN không đúng. Xem lại mã văn phòng đã gửi rồi nhập lại.",
            "This is not the PIN. Look at the one that the office sent, and type it again.",
        )


class TooManyPins(TooManyTries):
    """Wrong PINs too often; says when to try again, and what else helps."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(retry_after_s)
        minutes = max(1, round(retry_after_s / 60))
        self.message_vi = (
            f"Nhập sai mã PIN quá nhiều lần. Thử lại sau {minutes} phút, hoặc nhờ văn phòng tạo "
            "liên kết mới."
        )
        self.message_en = (
            f"Too many wrong PINs. Try again in {minutes} minutes, or ask the office for another "
            "link."
        )


class PinThrottle:
    """One for the process; used by several threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._links = Throttle(limit=LINK_LIMIT, window=WINDOW)
        self._addresses = Throttle(limit=ADDRESS_LIMIT, window=WINDOW)
        self._lock = threading.Lock()

    def count(self, link: str, address: str) -> None:
        """Count a try as a wrong one, before it is judged: many at once get no further.

        Args:
            link: what is kept of the link, so that another one begins anew.

        Raises:
            TooManyPins: it is not judged.
        """
        prefix, now_s = network_of(address), self._monotonic()
        with self._lock:
            wait_s = max(
                self._links.wait_s(link, now_s=now_s), self._addresses.wait_s(prefix, now_s=now_s)
            )
            if wait_s:
                raise TooManyPins(wait_s)
            self._links.failed(link, now_s=now_s)
            self._addresses.failed(prefix, now_s=now_s)

    def was_right(self, link: str, address: str) -> None:
        """Forget the tries of who typed the right one."""
        with self._lock:
            self._links.succeeded(link)
            self._addresses.succeeded(network_of(address))
