"""One span of one point: for the chart and its table. Gaps stay gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from controller.health.chart_queries import (
    QUANTILES,
    BandwidthPoint,
    InterfacePoint,
    LinkBucket,
)
from controller.health.outage_queries import OutageSaid
from controller.health.steps import Step
from controller.health.views import outage_causes, span_choice
from controller.ingest.throughput_table import Throughput
from controller.web.i18n.language import Language
from monitoring.judgement.availability import Interval, outages
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import Thresholds

AHEAD = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class History:
    """What was measured, on one grid; `uplink` is the way out's rates, or empty.

    `said`: of outages, by when they began.
    """

    begins_at: datetime
    ends_at: datetime
    now: datetime
    step: Step
    link: Sequence[LinkBucket]
    uplink: Sequence[InterfacePoint] = ()
    contracted: Contracted | None = None
    trains: Sequence[BandwidthPoint] = ()
    tests: Sequence[Throughput] = ()
    intervals: Sequence[Interval] = ()
    said: Mapping[datetime, OutageSaid] = field(default_factory=dict)
    meetings: Sequence[tuple[datetime, datetime, str]] = field(default=())


@dataclass(frozen=True, slots=True)
class BucketRow:
    """One hour or day in the table."""

    begins: str
    is_empty: bool
    rtt: str
    rtt_min: str
    rtt_p90: str
    rtt_max: str
    loss: str
    rx: str
    tx: str
    utilisation: str


def chart(history: History, words: Language, limits: Thresholds) -> dict[str, object]:
    """Return the chart's data as the script reads it: seconds, milliseconds, ratios, bits.

    Args:
        limits: from where on the line is bad.
    """
    rates = {point.begins_at: point for point in history.uplink}
    return {
        "from": _s(history.begins_at),
        "now": _s(history.now),
        "to": _s(history.ends_at),
        "at": [_s(bucket.begins_at) for bucket in history.link],
        "samples": [bucket.samples for bucket in history.link],
        "rtt": [bucket.rtt_middle_ms for bucket in history.link],
        "rtt_bands": [
            [_at(bucket.rtt_quantiles_ms, place) for bucket in history.link]
            for place, ratio in enumerate(QUANTILES)
            if ratio != 0.5
        ],
        "rtt_min": [bucket.rtt_min_ms for bucket in history.link],
        "rtt_max": [bucket.rtt_max_ms for bucket in history.link],
        "loss": [bucket.loss_ratio for bucket in history.link],
        "rx": [_rate(rates.get(bucket.begins_at), "rx") for bucket in history.link],
        "tx": [_rate(rates.get(bucket.begins_at), "tx") for bucket in history.link],
        "utilisation": [
            point.utilisation(history.contracted) if point is not None else None
            for point in (rates.get(bucket.begins_at) for bucket in history.link)
        ]
        if history.contracted
        else [],
        "contract": _contract_lines(words, history.contracted),
        "trains": [
            [_s(train.at), train.available_bps]
            for train in history.trains
            if train.available_bps is not None
        ],
        "tests": [[_s(test.at), test.down_bps, test.up_bps] for test in history.tests],
        "outages": outage_blocks(words, history),
        "meetings": [[_s(begin), _s(end), title] for begin, end, title in history.meetings],
        "limits": {"rtt_ms": limits.rtt_ms, "loss": limits.loss_ratio},
        "words": _words(words, history, limits),
    }


def _at(values: Sequence[float], place: int) -> float | None:
    return values[place] if values else None


def _words(words: Language, history: History, limits: Thresholds) -> dict[str, str]:
    step = history.step
    has_means = any(bucket.samples and not bucket.rtt_quantiles_ms for bucket in history.link)
    return {
        "rtt": words.gettext("Round trip to the centre (ms)"),
        "loss": words.gettext("Packet loss (%)"),
        "rate": words.gettext("Bandwidth of the way out (Mbit/s)"),
        "band": words.gettext("lowest – highest"),
        "median": span_choice.median(words, step),
        "mean": span_choice.mean(words, step),
        "bands": "10–90 %|25–75 %",
        "means": words.gettext("Where no bands are drawn only means were kept.")
        if has_means
        else "",
        "lossy": words.gettext(
            "median, loss above %(limit)s", limit=words.percent(limits.loss_ratio)
        ),
        "highest": words.gettext("Highest"),
        "limit": words.gettext("bad from %(limit)s", limit=words.milliseconds(limits.rtt_ms)),
        "utilisation": words.gettext("Use of the contracted rate (%)"),
        "outages": words.gettext("Interruptions, with cause"),
        "in": words.gettext("in"),
        "out": words.gettext("out"),
        "train": words.gettext("measured available rate"),
        "tested_down": words.gettext("tested down"),
        "tested_up": words.gettext("tested up"),
        "down": words.gettext("down"),
        "none": words.gettext("no data yet"),
        "now": words.gettext("now"),
        "meeting": words.gettext("Meetings"),
        "zone": words.gettext("Vietnam time (UTC+7)"),
        "empty": words.gettext("No figures of this time."),
        "failed": words.gettext("The figures could not be fetched. Reload the page to try again."),
    }


def _contract_lines(words: Language, contracted: Contracted | None) -> list[tuple[int, str]]:
    """Return the rates at which a line is drawn, with what is written on it."""
    if contracted is None:
        return []
    down, up = contracted.down_bps, contracted.up_bps
    if down == up:
        return [(down, words.gettext("contract %(rate)s", rate=words.rate(down)))]
    return [
        (down, words.gettext("contract, down %(rate)s", rate=words.rate(down))),
        (up, words.gettext("contract, up %(rate)s", rate=words.rate(up))),
    ]


def outage_blocks(words: Language, history: History) -> list[tuple[float, float, str, str]]:
    """Return begin, end, what it was and how bad of all interruptions, oldest first."""
    found: list[tuple[datetime, datetime | None, str, str]] = []
    for outage in outages(history.intervals):
        said = history.said.get(outage.began_at)
        cause = outage_causes.named(words, said.verdict) if said else ""
        found.append((outage.began_at, outage.ended_at, cause, "down"))
    for one in history.intervals:
        if one.state is PresenceState.DEGRADED:
            found.append((one.began_at, one.ended_at, "", "degraded"))
    return [
        (
            _s(max(began_at, history.begins_at)),
            _s(min(ended_at or history.now, history.ends_at)),
            text,
            kind,
        )
        for began_at, ended_at, text, kind in sorted(found, key=lambda one: one[0])
        if (ended_at is None or ended_at > history.begins_at) and began_at < history.ends_at
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
        _row(words, named(bucket.begins_at), bucket, rates.get(bucket.begins_at), history)
        for bucket in reversed(history.link)
    )


def _row(
    words: Language,
    begins: str,
    bucket: LinkBucket,
    rate: InterfacePoint | None,
    history: History,
) -> BucketRow:
    return BucketRow(
        begins=begins,
        is_empty=bucket.samples == 0,
        rtt=words.milliseconds(bucket.rtt_middle_ms),
        rtt_min=words.milliseconds(bucket.rtt_min_ms),
        rtt_p90=words.milliseconds(_at(bucket.rtt_quantiles_ms, QUANTILES.index(0.90))),
        rtt_max=words.milliseconds(bucket.rtt_max_ms),
        loss=words.percent(bucket.loss_ratio),
        rx=words.rate(rate.rx_bps if rate else None),
        tx=words.rate(rate.tx_bps if rate else None),
        utilisation=words.percent(rate.utilisation(history.contracted) if rate else None),
    )
