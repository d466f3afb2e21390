"""Incidents that are open and messages that wait, for Prometheus."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from controller.db.engine import reading
from controller.errors import StorageError
from controller.incidents import channel_queries, incident_queries
from monitoring.judgement.priority import Priority


@dataclass(frozen=True, slots=True, eq=False)
class IncidentsCollector(Collector):
    """Reads the rows at the moment it is asked; where they cannot be read it says nothing."""

    state: Engine
    now: Callable[[], datetime]

    def collect(self) -> Iterator[Metric]:
        """Yield how many incidents are open, and how long messages have waited."""
        try:
            with reading(self.state) as session:
                rows = incident_queries.open_rows(session)
                waiting = list(channel_queries.waiting_since(session))
        except StorageError:
            return
        family = GaugeMetricFamily(
            "diemcau_incidents_open",
            "Incidents that are not over; taken: somebody takes care of them",
            labels=("priority", "taken"),
        )
        found = [(Priority(row.priority), row.acknowledged_at is not None) for row in rows]
        for priority in Priority:
            for is_taken, word in ((True, "yes"), (False, "no")):
                family.add_metric((priority.value, word), found.count((priority, is_taken)))
        yield family
        yield GaugeMetricFamily(
            "diemcau_alert_messages_waiting",
            "Messages to people that are not delivered yet",
            value=len(waiting),
        )
        longest = max((self.now() - at for at in waiting), default=None)
        yield GaugeMetricFamily(
            "diemcau_alert_oldest_waiting_seconds",
            "For how long the oldest of them has waited",
            value=max(0.0, longest.total_seconds()) if longest else 0.0,
        )
