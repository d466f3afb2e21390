"""What a point's probes say of its line: each direction by itself, and the minute's histograms."""

from typing import Annotated

from msgspec import Meta

from contracts.message import Count, Milliseconds, Part

LAST_BIN = 272
LineHistogram = Annotated[
    tuple[tuple[Annotated[int, Meta(ge=0, le=LAST_BIN)], Count], ...],
    Meta(max_length=LAST_BIN + 1),
]
"""How many of a minute's probes are in each bin, in order (monitoring/histogram.py)."""


class LineWay(Part, frozen=True):
    """One direction. `sent`, `received`: the probes of which it is known how far they came.

    `jitter_ms`: the delay variation of neighbours (RFC 3393) that 95 of 100 stay within.
    `delay_ms`: the median above the quickest of the last minute, since two clocks differ by more
    than a line delays; `transit_ms`: the whole of it, where both clocks are known to within 5 ms.
    """

    sent: Count = 0
    received: Count = 0
    jitter_ms: Milliseconds | None = None
    delay_ms: Milliseconds | None = None
    transit_ms: Milliseconds | None = None

    @property
    def loss_ratio(self) -> float | None:
        """Lost of sent; None: it is not known of any."""
        return max(0.0, 1 - self.received / self.sent) if self.sent else None


class LineMinute(Part, frozen=True):
    """A minute of probes: the round trip, and each direction above its quickest."""

    sent: Count = 0
    received: Count = 0
    rtt: LineHistogram = ()
    up: LineHistogram = ()
    down: LineHistogram = ()
