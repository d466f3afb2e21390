"""What is said of a point in a meeting."""

from dataclasses import dataclass
from enum import Enum

from monitoring.judgement.uninterrupted import HeardVerdict


class CutCause(Enum):
    """Why a point did not hear a meeting, or is excluded; values as stored.

    Up to `UNKNOWN` as the causes of outages (monitoring/judgement/outage_cause.py).
    """

    POWER = "power"
    DEVICE = "device"
    LAN = "lan"
    LINE = "line"
    DNS = "dns"
    CENTRE = "centre"
    PLANNED = "planned"
    UNKNOWN = "unknown"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class PointMeeting:
    """One point in one meeting; `cause` of what was lost, be it allowed or not; None: nothing."""

    meeting_id: str
    point_id: str
    held_minutes: int
    good_minutes: int
    longest_cut_s: int
    verdict: HeardVerdict
    cause: CutCause | None
