"""The centre's own state for Prometheus, as the last look found it."""

from collections.abc import Iterator

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from controller.centre.watch import LastCentreLook
from monitoring.judgement.centre import CentreStanding

_RANK = {
    CentreStanding.GOOD: 0,
    CentreStanding.UNKNOWN: 1,
    CentreStanding.MINOR: 2,
    CentreStanding.SERIOUS: 3,
}


class CentreCollector(Collector):
    """Reads the last look at the moment it is asked for."""

    def __init__(self, last: LastCentreLook) -> None:
        self._last = last

    def collect(self) -> Iterator[Metric]:
        """Yield how each thing is, and the figures behind it."""
        facts = self._last.facts
        state = GaugeMetricFamily(
            "diemcau_centre_state",
            "How a thing of the centre is: 0 good, 1 unknown, 2 needs a look, 3 serious",
            labels=["part", "about", "key"],
        )
        for one in self._last.verdicts:
            state.add_metric([one.part.value, one.about, one.key.value], _RANK[one.standing])
        yield state
        if self._last.at is not None:
            at = self._last.at.timestamp()
            yield GaugeMetricFamily("diemcau_centre_looked_at", "When it looked last", value=at)
        yield _labelled(
            "diemcau_centre_disk_free_bytes",
            "Free space of a file system of the centre",
            "holds",
            {one.name: one.bytes_free for one in facts.volumes if not one.error},
        )
        yield _labelled(
            "diemcau_centre_database_bytes",
            "Size of a database",
            "database",
            {one.name: one.bytes_total for one in facts.databases if not one.error},
        )
        yield _labelled(
            "diemcau_centre_certificate_ends_at",
            "Until when a certificate is good",
            "name",
            {one.name: one.ends_at.timestamp() for one in facts.certificates if one.ends_at},
        )
        yield from self._single()

    def _single(self) -> Iterator[Metric]:
        facts = self._last.facts
        made_at = facts.backup.made_at if facts.backup else None
        for name, text, value in (
            ("broker_loop_seconds", "A message to ourselves through the broker", _s(
                facts.broker.loop_ms if facts.broker else None)),
            ("ingest_lag_seconds", "A report on its way through the queue", _s(
                facts.ingest.lag_ms if facts.ingest else None)),
            ("backup_made_at", "When the last good backup was made",
             made_at.timestamp() if made_at else None),
        ):  # fmt: skip
            if value is not None:
                yield GaugeMetricFamily(f"diemcau_centre_{name}", text, value=value)


def _s(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _labelled(name: str, text: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
