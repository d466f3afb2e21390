"""One packet train to an available rate, with how far to believe it.

Packets sent back to back leave the narrowest hop spread out by its rate; their
spread at the far end (the dispersion) gives that rate, less what other traffic
took meanwhile. A shaper that lets a burst pass first shows as a kink: the rate
after it is the one that lasts. A train that arrives no wider than it was sent
says only that the line is at least this fast.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MIN_ARRIVED = 5
# What a user-space receiver's clock readings are good for.
TIMING_NOISE_US = 300.0
KINK_RATIO = 0.6
KINK_CONFIDENCE = 0.7
UNSPREAD_RATIO = 1.3
UNSPREAD_CONFIDENCE = 0.3


@dataclass(frozen=True, slots=True)
class TrainVerdict:
    """The rate, None where there is no verdict; the problem says why, or what limits it."""

    available_bps: int | None
    confidence_ratio: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Arrival:
    index: int
    at_us: float


def judge(
    arrivals_us: Sequence[int | None], *, packet_bytes: int, send_span_us: float
) -> TrainVerdict:
    """Return the rate that one train shows.

    Args:
        arrivals_us: per packet in sending order, microseconds after the first arrival;
            None in place of a lost one.
        packet_bytes: size of each packet with its IP and UDP headers.
        send_span_us: from the first to the last packet's sending.
    """
    arrived = sorted(
        (_Arrival(i, float(at)) for i, at in enumerate(arrivals_us) if at is not None),
        key=lambda a: a.at_us,
    )
    if len(arrived) < MIN_ARRIVED:
        return TrainVerdict(None, 0.0, f"only {len(arrived)} of {len(arrivals_us)} packets arrived")
    span_us = arrived[-1].at_us - arrived[0].at_us
    if span_us <= 0:
        return TrainVerdict(None, 0.0, "all packets arrived in the same microsecond")
    received_ratio = len(arrived) / len(arrivals_us)
    confidence = received_ratio * (span_us / (span_us + TIMING_NOISE_US)) * _evenness(arrived)
    rate = _rate_bps(arrived, packet_bytes)
    if span_us <= send_span_us * UNSPREAD_RATIO:
        return _verdict(
            rate,
            min(confidence, UNSPREAD_CONFIDENCE),
            "the line is at least this fast: it did not spread the train",
        )
    lasting = _rate_bps(arrived[len(arrived) // 2 :], packet_bytes)
    if lasting is not None and rate is not None and lasting < rate * KINK_RATIO:
        return _verdict(
            lasting,
            confidence * KINK_CONFIDENCE,
            "a first burst passed faster; this is the rate after it",
        )
    return _verdict(rate, confidence, "")


def _verdict(rate_bps: float | None, confidence: float, problem: str) -> TrainVerdict:
    if rate_bps is None:
        return TrainVerdict(None, 0.0, problem or "the arrivals are too close together")
    return TrainVerdict(round(rate_bps), round(confidence, 2), problem)


def _rate_bps(arrived: Sequence[_Arrival], packet_bytes: int) -> float | None:
    """Return the rate from the first arrival (which only starts the clock) to the last."""
    span_us = arrived[-1].at_us - arrived[0].at_us
    if span_us <= 0:
        return None
    return (len(arrived) - 1) * packet_bytes * 8 / (span_us / 1e6)


def _evenness(arrived: Sequence[_Arrival]) -> float:
    """Return 1 for arrivals on a straight line, less the further one is off it."""
    first_us = arrived[0].at_us
    span_us = arrived[-1].at_us - first_us
    step_us = span_us / (len(arrived) - 1)
    worst_us = max(abs(a.at_us - first_us - i * step_us) for i, a in enumerate(arrived))
    return 1.0 - min(0.9, worst_us / span_us)
