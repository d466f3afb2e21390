"""What a point's probes say of its line: in all, each direction, and a minute's histograms."""

from typing import Annotated

from msgspec import Meta

from contracts.message import Count, Milliseconds, Part
from contracts.section import Section

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


class ProbedMinute(Part, frozen=True):
    """A minute of probes: the round trip, and each direction above its quickest."""

    sent: Count = 0
    received: Count = 0
    rtt: LineHistogram = ()
    up: LineHistogram = ()
    down: LineHistogram = ()


class LineSection(Section, frozen=True):
    """The line to the centre; `sent` 0: nothing is probed.

    `jitter_ms` is the mean difference of neighbouring round trips; each direction has its own.
    `minute`: the last whole one, once.
    """

    sent: Count = 0
    received: Count = 0
    rtt_ms: Milliseconds | None = None
    rtt_min_ms: Milliseconds | None = None
    rtt_max_ms: Milliseconds | None = None
    jitter_ms: Milliseconds | None = None
    up: LineWay | None = None
    down: LineWay | None = None
    minute: ProbedMinute | None = None

    @property
    def loss_up_ratio(self) -> float | None:
        """Lost on the way to the centre."""
        return self.up.loss_ratio if self.up else None

    @property
    def loss_down_ratio(self) -> float | None:
        """Lost on the way back."""
        return self.down.loss_ratio if self.down else None

    @property
    def jitter_up_ms(self) -> float | None:
        """Delay variation on the way to the centre."""
        return self.up.jitter_ms if self.up else None

    @property
    def jitter_down_ms(self) -> float | None:
        """Delay variation on the way back."""
        return self.down.jitter_ms if self.down else None

    @property
    def delay_up_ms(self) -> float | None:
        """Delay on the way to the centre above its least."""
        return self.up.delay_ms if self.up else None

    @property
    def delay_down_ms(self) -> float | None:
        """Delay on the way back above its least."""
        return self.down.delay_ms if self.down else None
