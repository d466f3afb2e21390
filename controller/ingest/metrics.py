"""What ingest tells Prometheus, and whether it is well. Served on loopback only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from contracts.centre import IngestState
from controller.ingest.presence_book import PresenceBook
from controller.ingest.rejections import Rejections
from runtime.failure_metrics import FailuresCollector
from runtime.http_door import RefusalsCollector
from runtime.set_aside import SetAside

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(slots=True)
class IngestTotals:
    """What was done since the process began."""

    stored_total: int = 0
    duplicates_total: int = 0
    statements_total: int = 0
    newest_at: datetime | None = None

    def take(self, stored: int, duplicates: int, now: datetime) -> None:
        """Note what a batch held."""
        self.stored_total += stored
        self.duplicates_total += duplicates
        if stored:
            self.newest_at = now


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures are read when they are asked for."""

    totals: IngestTotals
    rejections: Rejections
    set_aside: SetAside
    book: PresenceBook
    received_total: Callable[[], int]
    pruned_total: Callable[[], int]
    call_minutes_dropped_total: Callable[[], int]
    waiting: Callable[[], int]
    is_well: Callable[[], bool]


def state_of(sources: Sources, now: datetime, *, lag_ms: float | None) -> IngestState:
    """Return what the page of the centre is told. `lag_ms`: of the reports' queue."""
    return IngestState(
        sent_at=now,
        lag_ms=lag_ms,
        waiting=sources.waiting(),
        newest_at=sources.totals.newest_at,
        is_failing=not sources.is_well(),
        lost_total=sources.set_aside.not_kept_total + sources.call_minutes_dropped_total(),
    )


class _Figures(Collector):
    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        """Yield every figure as it is now."""
        sources = self._sources
        for name, text, value in (
            ("received", "Messages taken from the broker", sources.received_total()),
            ("stored", "Reports stored for the first time", sources.totals.stored_total),
            ("duplicates", "Reports held already", sources.totals.duplicates_total),
            ("statements", "Statements of what is held", sources.totals.statements_total),
            ("pruned", "Rows removed by age", sources.pruned_total()),
            (
                "call_minutes_dropped",
                "States of a line in a meeting beyond what may wait to be written",
                sources.call_minutes_dropped_total(),
            ),
            ("set_aside", "Messages kept for inspection", sources.set_aside.kept_total),
            ("not_kept", "Refused and not even kept", sources.set_aside.not_kept_total),
        ):
            yield CounterMetricFamily(f"diemcau_ingest_{name}", text, value=value)
        rejected = CounterMetricFamily(
            "diemcau_ingest_rejected", "Messages refused", labels=["reason"]
        )
        for reason, count in sources.rejections.totals.items():
            rejected.add_metric([reason.value], count)
        yield rejected
        points = GaugeMetricFamily("diemcau_points", "Points by presence", labels=["state"])
        for state, count in sources.book.counts.items():
            points.add_metric([state.value], count)
        yield points
        yield GaugeMetricFamily(
            "diemcau_ingest_waiting", "Reports to be written", value=sources.waiting()
        )


def application(sources: Sources) -> Starlette:
    """Return the pages /metrics and /healthz."""
    registry = CollectorRegistry()
    registry.register(_Figures(sources))
    registry.register(FailuresCollector())
    registry.register(RefusalsCollector())

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE)

    async def healthz(_: Request) -> Response:
        if sources.is_well():
            return PlainTextResponse("ok\n")
        return PlainTextResponse("not listening, or the database cannot be written\n", 503)

    return Starlette(routes=[Route("/metrics", metrics), Route("/healthz", healthz)])
