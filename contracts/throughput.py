"""What comes of a throughput test of a point's line."""

from typing import Literal

from contracts.desired import TestId
from contracts.message import BitsPerSecond, Count, Milliseconds, Part, Sentence

TestReason = Literal[
    "", "meeting", "backlog", "clock", "late", "reflector", "busy", "line", "superseded"
]


class ThroughputWay(Part, frozen=True):
    """One way of a throughput test; None: it was not measured, or too little came.

    `rtt_ms`: the median round trip while this way was full. `is_at_least`: the line may be faster.
    """

    rate_bps: BitsPerSecond | None = None
    is_at_least: bool = False
    test_bytes: Count = 0
    rtt_ms: Milliseconds | None = None


class ThroughputBody(Part, frozen=True, tag_field="kind", tag="throughput"):
    """What came of one throughput test; `problem` says in words what `reason` names.

    `idle_rtt_ms`: the median round trip just before it.
    """

    test_id: TestId
    outcome: Literal["done", "stopped", "refused", "failed"]
    reason: TestReason = ""
    problem: Sentence = ""
    idle_rtt_ms: Milliseconds | None = None
    up: ThroughputWay | None = None
    down: ThroughputWay | None = None
