"""What lies in the mailbox: the letters by which the centre tells of incidents."""

import email.policy
import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

WHOSE, TO_DO = "Thuộc về: ", "Cần làm: "
_OVER = "Đã hết: "
_NUMBER = re.compile(r"/incidents/(\d+)\s*$")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter; `number` of its incident, None where it is of none."""

    subject: str
    text: str
    received_s: float
    number: int | None

    @property
    def is_over(self) -> bool:
        """Whether it says that something is over."""
        return _OVER in self.subject

    @property
    def is_whole(self) -> bool:
        """Whether it says whose it is and what to do."""
        return WHOSE in self.text and TO_DO in self.text


def all_of(folder: Path) -> list[Letter]:
    """Return every letter, the oldest first."""
    return [read(one.read_bytes(), one.stat().st_mtime) for one in sorted(folder.glob("*.eml"))]


def read(content: bytes, received_s: float) -> Letter:
    """Return a letter as it was handed over."""
    message = message_from_bytes(content, policy=email.policy.default)
    part = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
    text = part.get_content() if part is not None else ""
    shown = " ".join(str(text).split())
    found = _NUMBER.search(shown)
    number = int(found[1]) if found else None
    return Letter(str(message["Subject"]), shown, received_s, number)


def alerts(folder: Path, since_s: float, is_it: Callable[[Letter], bool]) -> list[Letter]:
    """Return the letters since an instant that say that something is wrong."""
    found = (one for one in all_of(folder) if one.received_s >= since_s and not one.is_over)
    return [one for one in found if is_it(one)]
