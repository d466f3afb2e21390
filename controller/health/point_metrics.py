"""Every point and its line for Prometheus, as the pages show them.

A point has six series, whatever is wrong with it; what it and its unit are called stands in one of
them, by which the others are joined. The unit is the one below the tree's top, as on the wall.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from controller.db.engine import reading
from controller.health import point_queries, presence_queries
from controller.health.point_now import state_of
from controller.health.point_queries import PointHealth
from controller.health.states import PointState
from controller.maintenance import service as maintenance
from controller.places import service as places
from controller.places.service import Point, Unit
from monitoring.judgement.problem import ProblemKey, Severity

STATES = {
    PointState.UP: 0,
    PointState.DEGRADED: 1,
    PointState.DOWN: 2,
    PointState.UNKNOWN: 3,
    PointState.EXCLUDED: 4,
    PointState.NOT_ENROLLED: 5,
}
_LABELS = ("point_id", "unit_id")


@dataclass(frozen=True, slots=True)
class _Told:
    """A point, the unit below the top that it belongs to, and how it is."""

    point: Point
    unit: Unit
    standing: PointHealth
    state: PointState


@dataclass(frozen=True, slots=True, eq=False)
class _Points(Collector):
    """Reads what is so now, once."""

    told: list[_Told]
    is_listening: bool

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        yield GaugeMetricFamily(
            "diemcau_centre_is_listening",
            "1 while the centre hears its points: without, nothing is known of them",
            value=float(self.is_listening),
        )
        names = GaugeMetricFamily(
            "diemcau_point_info", "What a point is called", labels=(*_LABELS, "name", "unit")
        )
        for one in self.told:
            labels = (one.point.point_id, one.unit.unit_id, one.point.name, one.unit.name)
            names.add_metric(labels, 1)
        yield names
        for name, text, value in _FIGURES:
            family = GaugeMetricFamily(f"diemcau_{name}", text, labels=_LABELS)
            for one in self.told:
                found = value(one)
                if found is not None:
                    family.add_metric((one.point.point_id, one.unit.unit_id), found)
            yield family
        yield self._problems()

    def _problems(self) -> Metric:
        """Return how many points have each problem there can be: none comes and goes."""
        counts = Counter(
            (problem.key, problem.severity)
            for one in self.told
            for problem in one.standing.judgement.problems
        )
        family = GaugeMetricFamily(
            "diemcau_points_with_problem",
            "How many points have a problem",
            labels=("problem", "severity"),
        )
        for key in ProblemKey:
            for severity in Severity:
                family.add_metric((key.value, severity.value), counts[key, severity])
        return family


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


_FIGURES: tuple[tuple[str, str, Callable[[_Told], float | None]], ...] = (
    (
        "point_state",
        "0 up, 1 degraded, 2 down, 3 unknown, 4 excluded, 5 not enrolled yet",
        lambda one: STATES[one.state],
    ),
    (
        "point_reported_timestamp_seconds",
        "When its newest report was measured",
        lambda one: one.standing.reported.at.timestamp() if one.standing.reported else None,
    ),
    (
        "line_round_trip_seconds",
        "To the centre and back, mean of the last ten minutes",
        lambda one: _seconds(one.standing.line.rtt_ms),
    ),
    (
        "line_jitter_seconds",
        "Variation of the delay, mean of the last ten minutes",
        lambda one: _seconds(one.standing.line.jitter_ms),
    ),
    (
        "line_loss_ratio",
        "Probes lost of those sent in the last ten minutes",
        lambda one: one.standing.line.loss_ratio,
    ),
)


@dataclass(slots=True)
class PointsExposition:
    """What /metrics/points answers; points are read every few seconds at most."""

    state: Engine
    series: Engine
    now: Callable[[], datetime]
    same_for_s: float = 5.0
    _lock: Lock = field(default_factory=Lock)
    _text: bytes = b""
    _at_s: float = float("-inf")

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format.

        Raises:
            StorageError: a database cannot be used now.
        """
        with self._lock:
            if time.monotonic() - self._at_s >= self.same_for_s:
                registry = CollectorRegistry()
                registry.register(self._points())
                self._text, self._at_s = generate_latest(registry), time.monotonic()
            return self._text

    def _points(self) -> _Points:
        now = self.now()
        with reading(self.series) as session:
            standings = point_queries.standings(session, now)
            is_listening = presence_queries.is_listening(session, now)
        with reading(self.state) as session:
            units, points = places.units(session, at=now), places.points(session, at=now)
            found = list(by_unit(units, points))
            ids = [point.point_id for point, _ in found]
            maintained = maintenance.under(session, ids, now)
        told = []
        for point, unit in found:
            point_id = places.identifier(point)
            standing = standings.get(point_id) or point_queries.never_heard(point_id)
            state = state_of(point, standing, maintained.get(point_id))
            told.append(_Told(point, unit, standing, state))
        return _Points(told, is_listening)


def by_unit(units: Iterable[Unit], points: Iterable[Point]) -> Iterator[tuple[Point, Unit]]:
    """Return every point with the unit that it is under, below the top of the tree."""
    known = {one.unit_id: one for one in units}
    for point in points:
        unit = known.get(point.unit_id)
        while unit and (above := known.get(unit.parent_id or "")) and above.parent_id in known:
            unit = above
        if unit is not None:
            yield point, unit
