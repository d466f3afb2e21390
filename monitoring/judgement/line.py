"""The line as it is now, from the samples of the last minutes. Pure.

A mean over ten minutes says late what has begun and long what has ended. So what was
before a change counts no longer: once as many probes in a row came back as would hardly
have done under the loss before, that loss is over. A loss that has just begun shows in the
last minutes alone, where enough of them are lost for it to be no accident.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from monitoring.judgement.health import LineWindow

NOW_SPAN = timedelta(minutes=3)
ACCIDENT = 0.01
"""How improbable a run without loss must be for the loss to be taken as over."""
MIN_LOST = 3
MIN_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class LineSample:
    """What one report said of the line."""

    at: datetime
    sent: int
    received: int
    rtt_ms: float | None = None
    jitter_ms: float | None = None

    @property
    def lost(self) -> int:
        """Probes that did not come back."""
        return max(0, self.sent - self.received)


def with_ways(line: LineWindow, up_ratio: float | None, down_ratio: float | None) -> LineWindow:
    """Return the window with its loss parted as the directions lost in the last minutes."""
    lost_ratio = (up_ratio or 0.0) + (down_ratio or 0.0)
    loss_ratio = line.loss_ratio
    if loss_ratio is None or up_ratio is None or not lost_ratio:
        return line
    up = loss_ratio * up_ratio / lost_ratio
    return replace(line, loss_up_ratio=up, loss_down_ratio=loss_ratio - up)


def line_now(samples: Sequence[LineSample], now: datetime) -> LineWindow:
    """Return the line's window from samples in order of time, all of the last minutes."""
    standing = _since_change(samples)
    lately = [one for one in samples if now - one.at <= NOW_SPAN]
    counted = _lossier(standing, [one for one in standing if now - one.at <= NOW_SPAN])
    return LineWindow(
        sum(one.sent for one in counted),
        sum(min(one.received, one.sent) for one in counted),
        rtt_ms=_middle([one.rtt_ms for one in lately], [one.rtt_ms for one in samples]),
        jitter_ms=_middle([one.jitter_ms for one in lately], [one.jitter_ms for one in samples]),
    )


def _since_change(samples: Sequence[LineSample]) -> Sequence[LineSample]:
    """Leave out what was before a run without loss that ends it."""
    begin = run_begin = 0
    sent = lost = run = 0
    for place, one in enumerate(samples):
        if one.lost:
            sent, lost, run = sent + run + one.sent, lost + one.lost, 0
            run_begin = place + 1
            continue
        run += one.sent
        is_long = place - run_begin >= MIN_SAMPLES - 1  # losses come in runs too
        if lost and is_long and (1 - lost / sent) ** run < ACCIDENT:
            begin, sent, lost = run_begin, 0, 0
    return samples[begin:]


def _lossier(whole: Sequence[LineSample], lately: Sequence[LineSample]) -> Sequence[LineSample]:
    """Return the last minutes where they lose more, and not by accident; else all of it."""
    if sum(one.lost for one in lately) < MIN_LOST:
        return whole
    return max(whole, lately, key=_loss_ratio)


def _loss_ratio(samples: Sequence[LineSample]) -> float:
    sent = sum(one.sent for one in samples)
    return sum(one.lost for one in samples) / sent if sent else 0.0


def _middle(lately: Sequence[float | None], whole: Sequence[float | None]) -> float | None:
    """Return the median of the last minutes, or of all where those have too few."""
    known = [value for value in lately if value is not None]
    if len(known) < MIN_SAMPLES:
        known = [value for value in whole if value is not None]
    return median(known) if known else None
