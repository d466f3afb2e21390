"""What becomes of a letter after a try: sent, refused, tried again, or given up.

waiting -> sending -> sent | refused | waiting (again, later) | given_up; waiting -> replaced by
a newer one to the same address about the same. A crash leaves sending, which is waiting again
after the next start: that one letter may go out twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from controller.mail.smtp import MailOutcome
from runtime.backoff import Backoff

GIVEN_UP_AFTER = timedelta(days=3)
LETTER_RESTS = Backoff(first_s=60.0, cap_s=3600.0, jitter=0.2)
SERVER_RESTS = Backoff(first_s=10.0, cap_s=3600.0, jitter=0.2)
LONGEST_REST = timedelta(seconds=LETTER_RESTS.cap_s)
_FOR_GOOD = range(500, 600)  # RFC 5321, section 4.2.1


class LetterState(Enum):
    """How a letter stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    REPLACED = "replaced"


AGAIN = (LetterState.SENT, LetterState.REFUSED, LetterState.GIVEN_UP)
"""What may be sent again by hand."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What is written of a letter that was tried; `next_try_at` where it waits again."""

    state: LetterState
    next_try_at: datetime | None = None


def tried(
    outcome: MailOutcome, *, tries: int, queued_at: datetime, now: datetime, chance: float
) -> Tried:
    """Return what becomes of a letter.

    Args:
        tries: how often it was tried, this time among them.
        chance: a random number from 0 to 1.
    """
    if outcome.fate == "sent":
        return Tried(LetterState.SENT)
    if not outcome.is_of_server and outcome.code in _FOR_GOOD:
        return Tried(LetterState.REFUSED)
    if now - queued_at >= GIVEN_UP_AFTER:
        return Tried(LetterState.GIVEN_UP)
    if outcome.is_of_server:
        return Tried(LetterState.WAITING, now)  # the server rests, not the letter
    rest = timedelta(seconds=LETTER_RESTS.wait_s(tries, chance))
    return Tried(LetterState.WAITING, now + rest)
