"""One span of one point: for the chart, its table and its CSV. Gaps stay gaps."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from controller.health.chart_queries import BandwidthPoint, InterfacePoint, LinkBucket
from controller.health.steps import Step
from controller.health.views import span_choice
from controller.web.i18n.language import ZONE, Language
from monitoring.judgement.availability import Interval
from monitoring.judgement.presence import PresenceState

AHEAD = timedelta(hours=3)
LOSS_LIMIT, RTT_LIMIT_MS = 0.025, 150


@dataclass(frozen=True, slots=True)
class History:
    """What was measured, on one grid; `uplink` is the way out's rates, or empty."""

    begins_at: datetime
    ends_at: datetime
    now: datetime
    step: Step
    link: Sequence[LinkBucket]
    uplink: Sequence[InterfacePoint] = ()
    trains: Sequence[BandwidthPoint] = ()
    intervals: Sequence[Interval] = ()
    meetings: Sequence[tuple[datetime, datetime, str]] = field(default=())


@dataclass(frozen=True, slots=True)
class BucketRow:
    """One hour or day in the table."""

    begins: str
    is_empty: bool
    rtt: str
    rtt_min: str
    rtt_max: str
    loss: str
    rx: str
    tx: str


def chart(history: History, words: Language) -> dict[str, object]:
    """Return the chart's data as the script reads it: seconds, milliseconds, ratios, bits."""
    rates = {point.begins_at: point for point in history.uplink}
    return {
        "from": _s(history.begins_at),
        "now": _s(history.now),
        "to": _s(history.ends_at),
        "at": [_s(bucket.begins_at) for bucket in history.link],
        "samples": [bucket.samples for bucket in history.link],
        "rtt": [bucket.rtt_ms for bucket in history.link],
        "rtt_min": [bucket.rtt_min_ms for bucket in history.link],
        "rtt_max": [bucket.rtt_max_ms for bucket in history.link],
        "loss": [bucket.loss_ratio for bucket in history.link],
        "rx": [_rate(rates.get(bucket.begins_at), "rx") for bucket in history.link],
        "tx": [_rate(rates.get(bucket.begins_at), "tx") for bucket in history.link],
        "trains": [
            [_s(train.at), train.available_bps]
            for train in history.trains
            if train.available_bps is not None
        ],
        "outages": _outages(history),
        "meetings": [[_s(begin), _s(end), title] for begin, end, title in history.meetings],
        "limits": {"rtt_ms": RTT_LIMIT_MS, "loss": LOSS_LIMIT},
        "words": _words(words, history.step),
    }


def _words(words: Language, step: Step) -> dict[str, str]:
    return {
        "rtt": words.gettext("Round trip to the centre (ms)"),
        "loss": words.gettext("Packet loss (%)"),
        "rate": words.gettext("Bandwidth of the way out (Mbit/s)"),
        "band": words.gettext("lowest – highest"),
        "median": span_choice.mean(words, step),
        "lossy": words.gettext("mean, loss above 2.5 %"),
        "highest": words.gettext("Highest"),
        "limit": words.gettext("bad from 150 ms"),
        "in": words.gettext("in"),
        "out": words.gettext("out"),
        "train": words.gettext("measured available rate"),
        "down": words.gettext("down"),
        "none": words.gettext("no data yet"),
        "now": words.gettext("now"),
        "meeting": words.gettext("Meetings"),
        "zone": words.gettext("Vietnam time (UTC+7)"),
        "empty": words.gettext("No figures of this time."),
        "failed": words.gettext("The figures could not be fetched. Reload the page to try again."),
    }


def _outages(history: History) -> list[list[float]]:
    return [
        [
            _s(max(one.began_at, history.begins_at)),
            _s(min(one.ended_at or history.now, history.ends_at)),
        ]
        for one in history.intervals
        if one.state is PresenceState.DOWN
        and (one.ended_at is None or one.ended_at > history.begins_at)
        and one.began_at < history.ends_at
    ]


def _rate(point: InterfacePoint | None, direction: str) -> int | None:
    if point is None:
        return None
    return point.rx_bps if direction == "rx" else point.tx_bps


def _s(instant: datetime) -> float:
    return round(instant.timestamp(), 3)


def rows(words: Language, history: History) -> tuple[BucketRow, ...]:
    """Return the table's rows, newest first; those without a sample say so."""
    rates = {point.begins_at: point for point in history.uplink}
    named = words.date if history.step is Step.DAY else partial(words.moment, now=history.now)
    return tuple(
        _row(words, named(bucket.begins_at), bucket, rates.get(bucket.begins_at))
        for bucket in reversed(history.link)
    )


def _row(
    words: Language, begins: str, bucket: LinkBucket, rate: InterfacePoint | None
) -> BucketRow:
    return BucketRow(
        begins=begins,
        is_empty=bucket.samples == 0,
        rtt=words.milliseconds(bucket.rtt_ms),
        rtt_min=words.milliseconds(bucket.rtt_min_ms),
        rtt_max=words.milliseconds(bucket.rtt_max_ms),
        loss=words.percent(bucket.loss_ratio),
        rx=words.rate(rate.rx_bps if rate else None),
        tx=words.rate(rate.tx_bps if rate else None),
    )


CSV_COLUMNS = (
    "begins_at", "samples", "rtt_ms", "rtt_min_ms", "rtt_max_ms", "jitter_ms", "loss_ratio",
    "rx_bps", "tx_bps",
)  # fmt: skip


def as_csv(history: History) -> str:
    """Return the chart's figures; times in Vietnam's zone, empty where not measured."""
    rates = {point.begins_at: point for point in history.uplink}
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(CSV_COLUMNS)
    for bucket in history.link:
        rate = rates.get(bucket.begins_at)
        row = (
            bucket.begins_at.astimezone(ZONE).isoformat(timespec="seconds"),
            bucket.samples,
            bucket.rtt_ms,
            bucket.rtt_min_ms,
            bucket.rtt_max_ms,
            bucket.jitter_ms,
            bucket.loss_ratio,
            _rate(rate, "rx"),
            _rate(rate, "tx"),
        )
        writer.writerow(["" if value is None else value for value in row])
    return text.getvalue()
