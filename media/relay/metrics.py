"""How many are there, what is refused and how busy the relay is, for Prometheus."""

from collections.abc import Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from media.relay.announcer import Announcer
from media.relay.meetings import MeetingRegistry
from media.relay.packet_metrics import PacketCollector
from media.relay.quality_metrics import QualityCollector
from media.relay.trunk_metrics import TrunkCollector
from media.relay.trunks import Trunks
from media.sfu.engine import RelayEngine
from media.sfu.ladder import Rung
from media.sfu.session import MediaSession
from media.sfu.subscriber import Subscriber
from media.sfu.trunk_session import without_trunks
from runtime.failure_metrics import FailuresCollector
from runtime.http_door import RefusalsCollector


class RelayCollector(Collector):
    """Reads the counters at the moment they are asked for."""

    def __init__(
        self,
        engine: RelayEngine,
        registry: MeetingRegistry,
        announcer: Announcer,
        refused: Mapping[str, int],
    ) -> None:
        self._engine = engine
        self._registry = registry
        self._announcer = announcer
        self._refused = refused

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        yield from self._load()
        yield from self._sessions()
        refused = CounterMetricFamily(
            "diemcau_relay_requests_refused", "Requests refused at the door.", labels=["code"]
        )
        for code, count in sorted(self._refused.items()):
            refused.add_metric([code], count)
        yield refused

    def _load(self) -> Iterator[Metric]:
        load = self._engine.load
        yield CounterMetricFamily("diemcau_relay_bursts", "Bursts sent on.", load.bursts_total)
        yield CounterMetricFamily(
            "diemcau_relay_burst_seconds", "Time it took to send them on.", load.burst_seconds_total
        )
        for name, help_text, value in (
            ("burst_longest_seconds", "The longest burst since the start.", load.burst_longest_s),
            ("loop_lag_p95_seconds", "How late the loop runs, of 10 s.", load.lag_p95_s),
            ("busy_ratio", "Share of a core that is used, of 10 s.", load.busy_ratio),
            (
                "rungs_shed",
                "Rungs that every viewer is sent less, as the relay would be late.",
                float(Rung.HIGH - load.shedding.cap),
            ),
            ("overloaded", "Whether further viewers are refused.", float(load.is_over)),
        ):
            yield GaugeMetricFamily(f"diemcau_relay_{name}", help_text, value)

    def _ladder(self, sessions: Sequence[MediaSession]) -> Iterator[Metric]:
        lines = [one.line for one in sessions if isinstance(one, Subscriber)]
        rungs = GaugeMetricFamily(
            "diemcau_relay_viewers", "Viewers, by how much their lines carry.", labels=["rung"]
        )
        for rung in Rung:
            count = sum(line.rung is rung for line in lines)
            rungs.add_metric([rung.name.lower()], count)
        yield rungs
        counters = self._engine.fanout.counters
        for name, help_text, value in (
            ("ladder_falls", "Times a viewer was sent less.", counters.ladder_falls_total),
            ("ladder_climbs", "Times a viewer was sent more.", counters.ladder_climbs_total),
        ):
            yield CounterMetricFamily(f"diemcau_relay_{name}", help_text, value)

    def _sessions(self) -> Iterator[Metric]:
        sessions = GaugeMetricFamily(
            "diemcau_relay_sessions", "Sessions there are.", labels=["direction"]
        )
        sessions_here = without_trunks(self._engine.sessions)
        for direction in ("publish", "play", "share"):
            count = sum(s.info.direction == direction for s in sessions_here)
            sessions.add_metric([direction], count)
        yield sessions
        yield from self._ladder(sessions_here)
        forwarding = sum(m.is_forwarding for m in self._registry.meetings)
        yield GaugeMetricFamily("diemcau_relay_meetings", "Meetings forwarded now.", forwarding)
        yield CounterMetricFamily(
            "diemcau_relay_documents_rejected",
            "Meeting documents that could not be read.",
            self._registry.rejected_total,
        )
        yield CounterMetricFamily(
            "diemcau_relay_events_dropped",
            "Events that waited for the broker too long.",
            self._announcer.dropped_total,
        )
        yield CounterMetricFamily(
            "diemcau_relay_states_shortened",
            "States that were too large to be read, sent without the figures of each stream.",
            self._announcer.states_shortened_total,
        )


def exposition(
    engine: RelayEngine,
    registry: MeetingRegistry,
    announcer: Announcer,
    refused: Mapping[str, int],
    trunks: Trunks,
) -> bytes:
    """Return all figures in Prometheus' text format."""
    collectors = CollectorRegistry()
    collectors.register(PacketCollector(engine))
    collectors.register(RelayCollector(engine, registry, announcer, refused))
    collectors.register(QualityCollector(engine))
    collectors.register(TrunkCollector(trunks))
    collectors.register(FailuresCollector())
    collectors.register(RefusalsCollector())
    return generate_latest(collectors)
