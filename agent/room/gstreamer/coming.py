"""Whether what a camera's or microphone's child is there for comes. Times are a monotonic clock's.

A driver, a camera or a far conference may stop without a word: then it is opened anew. A stream
that has sound and never a picture is left as it is, so that the sound goes on.
"""

from typing import Literal

FIRST_PACKET_LIMIT_S = 12.0
SILENCE_LIMIT_S = 4.0

Lack = Literal["", "silent", "no-picture"]


class Coming:
    """Of one child, from its beginning on."""

    def __init__(self, *, now: float) -> None:
        self._silent_at = now + FIRST_PACKET_LIMIT_S
        self._has_come = False
        self._beside_at: float | None = None  # when a camera's own sound came last

    def took(self, *, is_wanted: bool, now: float) -> None:
        """Note a packet; not wanted: of a camera, its sound."""
        if is_wanted:
            self._has_come = True
            self._silent_at = now + SILENCE_LIMIT_S
        else:
            self._beside_at = now

    def look(self, *, now: float) -> Lack:
        """Return what is wrong."""
        if now < self._silent_at:
            return ""
        beside = self._beside_at
        is_heard = beside is not None and now - beside < SILENCE_LIMIT_S
        return "no-picture" if is_heard and not self._has_come else "silent"
