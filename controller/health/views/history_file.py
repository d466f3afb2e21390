"""One span of one point as a file for spreadsheets."""

from collections.abc import Sequence

from contracts.local_days import ZONE
from controller.health.chart_queries import QUANTILES
from controller.health.state_seconds import seconds_in
from controller.health.views.history import History
from controller.spreadsheet import Cell
from controller.spreadsheet import as_csv as table_as_csv
from monitoring.judgement.presence import PresenceState

_QUANTILE_COLUMNS = tuple(f"rtt_p{round(100 * ratio)}_ms" for ratio in QUANTILES)
COLUMNS = (
    "begins_at", "samples", "rtt_ms", "rtt_min_ms", *_QUANTILE_COLUMNS, "rtt_max_ms",
    "jitter_ms", "loss_ratio", "rx_bps", "tx_bps", "rx_max_bps", "tx_max_bps",
    "utilisation_ratio", "down_s", "degraded_s",
)  # fmt: skip


def as_csv(history: History) -> str:
    """Return the chart's figures; times in Vietnam's zone, empty where not measured."""
    return table_as_csv(COLUMNS, rows(history))


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
                bucket.begins_at.astimezone(ZONE).isoformat(timespec="seconds"),
                bucket.samples,
                bucket.rtt_ms,
                bucket.rtt_min_ms,
                *(bucket.rtt_quantiles_ms or (None,) * len(QUANTILES)),
                bucket.rtt_max_ms,
                bucket.jitter_ms,
                bucket.loss_ratio,
                *((rate.rx_bps, rate.tx_bps) if rate else (None, None)),
                *((rate.rx_max_bps, rate.tx_max_bps) if rate else (None, None)),
                rate.utilisation(history.contract_bps) if rate else None,
                round(down[place], 3),
                round(degraded[place], 3),
            )
        )
    return found
