"""What reports came to since one was last taken further, in common with the C (burst.h)."""

from typing import Any, Protocol

from media.native.library import ffi, library


class Gathered(Protocol):
    """One direction of one line; burst.h says what of it changes with a report."""

    is_on: bool
    soonest_ms: float
    queue_ms: float
    latest_ms: float
    queue_groups: int
    group_first_s: float
    group_s: float
    most_steps: int
    taken_at: float
    most_s: float

    heard_at: float
    came: int
    octets: int
    late_groups: int
    reference: int
    newest: int
    newest_ms: float
    newest_sent_s: float


class _PlainGathered:
    __slots__ = (
        "came", "group_first_s", "group_s", "heard_at", "is_on", "late_groups", "latest_ms",
        "most_s", "most_steps", "newest", "newest_ms", "newest_sent_s", "octets", "queue_groups",
        "queue_ms", "reference", "soonest_ms", "taken_at",
    )  # fmt: skip


def new_gathered() -> Gathered:
    """Return the fields of one direction of one line."""
    plain: Any = _PlainGathered()
    found: Gathered = plain if library() is None else ffi.new("gathered *")
    found.is_on = False
    found.came = found.octets = found.late_groups = found.newest = found.reference = 0
    found.heard_at = found.taken_at = found.newest_ms = found.newest_sent_s = float("-inf")
    return found
