"""Hours in which only what is pressing goes through, as people type them: what counts. Pure."""

import re
from dataclasses import dataclass
from typing import Protocol

from controller.errors import BadEntry
from monitoring.judgement.priority import Priority

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class KeepsQuiet(Protocol):
    """A row with quiet hours: of a person, or of a channel."""

    quiet_from_min: int
    quiet_until_min: int
    quiet_lets: str


@dataclass(frozen=True, slots=True)
class QuietTaken:
    """Minutes of Vietnam's day, the same where there are none; the least Priority that goes."""

    quiet_from_min: int = 0
    quiet_until_min: int = 0
    quiet_lets: str = Priority.HIGH.value

    def put_into(self, row: "KeepsQuiet") -> None:
        """Write them into a row that has them."""
        row.quiet_from_min, row.quiet_until_min = self.quiet_from_min, self.quiet_until_min
        row.quiet_lets = self.quiet_lets


def quiet(begins: str, ends: str, lets: str) -> QuietTaken:
    """Return hours that were typed; both left open: there are none.

    Raises:
        BadEntry: a time is none or missing, they are the same, or nothing says what goes through.
    """
    if not begins.strip() and not ends.strip():
        return QuietTaken(quiet_lets=_priority(lets))
    if not begins.strip() or not ends.strip():
        raise BadEntry(
            "Giờ yên lặng: nhập cả giờ bắt đầu và giờ kết thúc, hoặc để trống cả hai.",
            "Quiet hours: enter when they begin and when they end, or neither.",
        )
    if clock(begins) == clock(ends):
        raise BadEntry(
            "Giờ yên lặng: giờ bắt đầu và giờ kết thúc phải khác nhau.",
            "Quiet hours: they cannot end at the time when they begin.",
        )
    return QuietTaken(clock(begins), clock(ends), _priority(lets))


def clock(typed: str) -> int:
    """Return a time of day in minutes.

    Raises:
        BadEntry: it is none.
    """
    found = _CLOCK.fullmatch(typed.strip())
    if found is None:
        raise BadEntry("Nhập giờ như 07:30.", "Enter a time like 07:30.")
    return int(found[1]) * 60 + int(found[2])


def as_clock(minutes: int) -> str:
    """Return a time of day as it is typed."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def as_typed(row: KeepsQuiet) -> tuple[str, str]:
    """Return hours as a form shows them; both empty where there are none."""
    begins, ends = row.quiet_from_min, row.quiet_until_min
    return (as_clock(begins), as_clock(ends)) if begins != ends else ("", "")


def _priority(typed: str) -> str:
    if typed not in {one.value for one in Priority}:
        raise BadEntry("Chọn mức được báo trong giờ yên lặng.", "Choose what goes through.")
    return typed
