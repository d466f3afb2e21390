"""What a line that is charged by volume is spared. Pure.

a report     every two minutes, and at once when something of weight has changed
a beat       in between, after twenty seconds without a word: 25 s of silence are missed
an outage    begins as closely looked at as elsewhere; after five minutes every two again, so
             that what follows it costs no more than what it saved
the past     the newest first, out of a share of the month; the rest waits for that, or for a
             line that is not charged
"""

from dataclasses import dataclass

from contracts.desired import Policy
from contracts.reports import RoomState
from contracts.uplink import REPORT_S
from monitoring.judgement.way_out import is_second
from monitoring.stamp.pace import MONTH_S
from runtime.limits import TokenBucket

USUAL_KEEPALIVE_S = 60
"""Reports show that the session lives; a ping besides would only cost bytes."""
THRIFTY_KEEPALIVE_S = REPORT_S + 60
"""As long as the broker's confirmation of a report is on its way at the latest: no ping at all."""
CLOSE_LOOK_S = 300.0
PAST_BYTES_PER_MONTH = 5_000_000
PAST_BYTES_AT_ONCE = 1_500_000
"""Three days of a report every two minutes; more is gathered over the month."""


def is_charged(policy: Policy | None, way: str, earlier: tuple[str, ...]) -> bool:
    """Return whether what goes out now is charged by volume.

    By the centre's word of the point's line, or since the second line or a modem leads out.
    """
    return bool(policy and policy.is_metered) or is_second(way, earlier)


def beat_interval_s(policy: Policy | None) -> float | None:
    """Return after which silence a beat is due; None: the centre knows none, nor packed reports."""
    return float(policy.beat_interval_s) if policy and policy.beat_interval_s else None


def sampling_interval_s(usual_s: float, *, is_thrifty: bool, away_s: float | None) -> float:
    """Return how often to sample.

    Args:
        away_s: for how long there has been no session; None: there is one.
    """
    is_looked_at = away_s is not None and away_s < CLOSE_LOOK_S
    return usual_s if not is_thrifty or is_looked_at else max(usual_s, float(REPORT_S))


def keepalive_s(*, is_thrifty: bool) -> int:
    """Return the keepalive of a session with the broker."""
    return THRIFTY_KEEPALIVE_S if is_thrifty else USUAL_KEEPALIVE_S


@dataclass(frozen=True, slots=True)
class Weighty:
    """What a report is sent for at once, when it changes."""

    way: str
    has_carrier: bool
    room: RoomState
    has_session: bool


class PastShare:
    """What the past may use of a month where volume is charged."""

    def __init__(self) -> None:
        per_s = PAST_BYTES_PER_MONTH / MONTH_S
        self._bucket = TokenBucket(per_s=per_s, burst=PAST_BYTES_AT_ONCE)

    def takes(self, wire_bytes: int, *, now_s: float) -> bool:
        """Take what one report costs; return whether that much was there."""
        return self._bucket.take(now_s=now_s, amount=wire_bytes)
