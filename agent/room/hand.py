"""The room's own button that asks for the floor: what was pressed, and what came of it.

The centre has the queue and says the room's place in it (`Live.queue_place`). Between a press and
that word the room says that it asks; where no word comes in time, that it was not heard.
"""

from dataclasses import dataclass
from typing import Literal

import msgspec

from agent.room.words import Words

WAITS_S = 8.0
"""So long a press may take: the relay's event, the centre's transaction, the document."""


class HandNotice(msgspec.Struct, frozen=True):
    """What the button does, and what is said of the last press."""

    is_up: bool
    button: str
    text: str


SAID_S = 30.0


@dataclass(frozen=True, slots=True)
class Press:
    """The last press. `refused`: the relay's sentence, empty where it took it."""

    wants_up: bool
    at_s: float
    refused: str = ""


def pending(press: Press | None, place: int | None, *, now_s: float) -> Press | None:
    """Return the last press as long as there is something to say of it.

    Args:
        place: which place the centre says the room has; 0: none; None: it has nothing to ask for.
    """
    if press is None or place is None or press.wants_up is (place > 0):
        return None
    return press if now_s - press.at_s <= SAID_S else None


Standing = Literal["down", "asking", "up", "lowering", "unheard"]


def standing(press: Press | None, place: int, *, now_s: float) -> Standing:
    """Return how the room stands: what was pressed lately and is not yet so, else what is so.

    Args:
        place: which place the centre says the room has; 0: none.
        now_s: monotonic seconds.
    """
    if press is not None and press.wants_up is not (place > 0):
        if press.refused or now_s - press.at_s > WAITS_S:
            return "up" if place else "unheard" if press.wants_up else "down"
        return "asking" if press.wants_up else "lowering"
    return "up" if place else "down"


def notice(press: Press | None, place: int, words: Words, *, now_s: float) -> HandNotice:
    """Return what the screen says of it."""
    found = standing(press, place, now_s=now_s)
    is_up = found in ("asking", "up")
    said = words(f"hand_{found}", n=str(place)) if found != "down" else ""
    if press is not None and press.refused and found == "unheard":
        said = press.refused
    return HandNotice(is_up, words("hand_lower" if is_up else "hand_raise"), said)
