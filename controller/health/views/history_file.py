"""One span of one point as a file for spreadsheets: all its charts, or one of them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from contracts.local_days import ZONE
from controller.errors import NotFound
from controller.health.chart_queries import QUANTILES
from controller.health.state_seconds import seconds_in
from controller.health.views.history import History, outage_blocks
from controller.spreadsheet import Cell
from controller.web.i18n.language import Language
from monitoring.judgement.presence import PresenceState

Table = tuple[Sequence[str], list[Sequence[Cell]]]
_QUANTILE_COLUMNS = tuple(f"rtt_p{round(100 * ratio)}_ms" for ratio in QUANTILES)
COLUMNS = (
    "begins_at", "samples", "rtt_ms", "rtt_min_ms", *_QUANTILE_COLUMNS, "rtt_max_ms",
    "jitter_ms", "loss_ratio", "rx_bps", "tx_bps", "rx_max_bps", "tx_max_bps",
    "utilisation_ratio", "down_s", "degraded_s",
)  # fmt: skip
_OF_CHARTS = {
    "": COLUMNS,
    "rtt": (*COLUMNS[: COLUMNS.index("rtt_max_ms") + 1], "loss_ratio"),
    "loss": ("begins_at", "samples", "loss_ratio"),
    "utilisation": ("begins_at", "utilisation_ratio"),
}
_RATES = ("begins_at", "rx_bps", "tx_bps", "available_bps", "test_down_bps", "test_up_bps")
_BLOCKS = ("begins_at", "ends_at", "kind", "what")


def table(words: Language, history: History, chart: str) -> Table:
    """Return columns and rows of all figures, or of one chart; times in Vietnam's zone.

    Args:
        chart: its name, as the script has it; empty for all that have a value a bucket.

    Raises:
        NotFound: there is no such chart.
    """
    if chart == "rate":
        return _RATES, _rates(history)
    if chart == "outages":
        blocks = outage_blocks(words, history)
        return _BLOCKS, [(_at_s(one[0]), _at_s(one[1]), one[3], one[2]) for one in blocks]
    if chart == "meetings":
        held = history.meetings
        return _BLOCKS, [(_at(begin), _at(end), "meeting", title) for begin, end, title in held]
    columns = _OF_CHARTS.get(chart)
    if columns is None:
        raise NotFound("biểu đồ", "chart")
    places = [COLUMNS.index(name) for name in columns]
    return columns, [[row[place] for place in places] for row in rows(history)]


def _rates(history: History) -> list[Sequence[Cell]]:
    """Return rates by the bucket, trains and tests by when they ran, in order of time."""
    found: list[tuple[datetime, Sequence[Cell]]] = [
        (one.begins_at, (one.rx_bps, one.tx_bps, None, None, None)) for one in history.uplink
    ]
    found += [
        (one.at, (None, None, one.available_bps, None, None))
        for one in history.trains
        if one.available_bps is not None
    ]
    found += [(one.at, (None, None, None, one.down_bps, one.up_bps)) for one in history.tests]
    return [(_at(at), *cells) for at, cells in sorted(found, key=lambda one: one[0])]


def _at(instant: datetime) -> str:
    return instant.astimezone(ZONE).isoformat(timespec="seconds")


def _at_s(at_s: float) -> str:
    return _at(datetime.fromtimestamp(at_s, UTC))


def rows(history: History) -> list[Sequence[Cell]]:
    """Return a row for each bucket, oldest first."""
    rates = {point.begins_at: point for point in history.uplink}
    grid = [bucket.begins_at for bucket in history.link]
    down, degraded = (
        seconds_in(state, history.intervals, grid, history.step.value, now=history.now)
        for state in (PresenceState.DOWN, PresenceState.DEGRADED)
    )
    found: list[Sequence[Cell]] = []
    for place, bucket in enumerate(history.link):
        rate = rates.get(bucket.begins_at)
        found.append(
            (
                _at(bucket.begins_at),
                bucket.samples,
                bucket.rtt_ms,
                bucket.rtt_min_ms,
                *(bucket.rtt_quantiles_ms or (None,) * len(QUANTILES)),
                bucket.rtt_max_ms,
                bucket.jitter_ms,
                bucket.loss_ratio,
                *((rate.rx_bps, rate.tx_bps) if rate else (None, None)),
                *((rate.rx_max_bps, rate.tx_max_bps) if rate else (None, None)),
                rate.utilisation(history.contracted) if rate else None,
                round(down[place], 3),
                round(degraded[place], 3),
            )
        )
    return found
