"""What the guard has counted, for Prometheus; apart, so that an agent need not load its client."""

from collections.abc import Iterator

from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from runtime.guard import FAILURES, Failures


class FailuresCollector(Collector):
    """Reads the failures of this process at the moment they are asked for."""

    def __init__(self, failures: Failures = FAILURES) -> None:
        self._failures = failures

    def collect(self) -> Iterator[Metric]:
        """Yield `diemcau_failures_total` by kind and origin."""
        family = CounterMetricFamily(
            "diemcau_failures",
            "Things that failed and were ended alone.",
            labels=["kind", "origin"],
        )
        for (kind, origin), count in sorted(self._failures.totals.items()):
            family.add_metric([kind, origin], count)
        yield family
