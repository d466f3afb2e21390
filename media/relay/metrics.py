"""What the relay counts, for Prometheus."""

from collections.abc import Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from media.relay.announcer import Announcer
from media.relay.meetings import MeetingRegistry
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
        book: MeetingRegistry,
        announcer: Announcer,
        refused: Mapping[str, int],
    ) -> None:
        self._engine = engine
        self._book = book
        self._announcer = announcer
        self._refused = refused

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        yield from self._port()
        yield from self._fanout()
        yield from self._load()
        yield from self._sessions()
        refused = CounterMetricFamily(
            "diemcau_relay_requests_refused", "Requests refused at the door.", labels=["code"]
        )
        for code, count in sorted(self._refused.items()):
            refused.add_metric([code], count)
        yield refused

    def _port(self) -> Iterator[Metric]:
        counters = self._engine.media_port.counters
        rejected = CounterMetricFamily(
            "diemcau_relay_datagrams_rejected",
            "Datagrams that were no media of a known peer.",
            labels=["reason"],
        )
        rejected.add_metric(["stun"], counters.stun_rejected_total)
        rejected.add_metric(["unknown"], counters.unknown_total)
        rejected.add_metric(["undecryptable"], counters.undecryptable_total)
        rejected.add_metric(["malformed"], counters.malformed_total)
        rejected.add_metric(["stream"], counters.streams_refused_total)
        rejected.add_metric(["rtcp"], counters.rtcp_refused_total)
        rejected.add_metric(["rtp"], counters.rtp_refused_total)
        rejected.add_metric(["checks"], counters.checks_refused_total)
        yield rejected
        yield CounterMetricFamily(
            "diemcau_relay_stun_answered", "Checks answered.", counters.stun_answered_total
        )
        yield CounterMetricFamily(
            "diemcau_relay_handshakes_failed",
            "Peers whose DTLS did not come up, or whose certificate could not be read.",
            counters.handshakes_failed_total,
        )
        endpoints = (self._engine.media_port.endpoint, *self._engine.endpoints)
        for name, help_text, value in (
            ("packets_sent", "Datagrams sent.", sum(e.sent_total for e in endpoints)),
            ("bytes_sent", "Bytes of datagrams sent.", sum(e.sent_bytes_total for e in endpoints)),
            ("send_calls", "System calls that sent them.", sum(e.calls_total for e in endpoints)),
            (
                "packets_dropped",
                "Datagrams the kernel would not take.",
                sum(e.dropped_total for e in endpoints),
            ),
        ):
            yield CounterMetricFamily(f"diemcau_relay_{name}", help_text, value)

    def _fanout(self) -> Iterator[Metric]:
        counters = self._engine.fanout.counters
        for name, help_text, value in (
            ("oversized", "Packets too large to forward.", counters.oversized_total),
            ("unprotected", "Packets SRTP would not encrypt.", counters.unprotected_total),
            ("retransmitted", "Packets sent again.", counters.retransmitted_total),
            ("padding", "Packets that only show what a line carries.", counters.padding_total),
            (
                "retransmissions_refused",
                "Requests beyond a subscriber's budget.",
                counters.retransmissions_refused_total,
            ),
            (
                "nack_numbers_refused",
                "Numbers, or unread entries of numbers, asked for beyond a subscriber's rate.",
                counters.nack_numbers_refused_total,
            ),
            (
                "feedback_refused",
                "Feedback on more packets than a subscriber's line can have.",
                counters.feedback_refused_total,
            ),
            ("excess", "Packets beyond what their publisher may send.", counters.excess_total),
            ("pictures_refused", "Keyframes too large.", counters.pictures_refused_total),
            (
                "beginnings_refused",
                "Packets of streams that begin anew too often.",
                counters.beginnings_refused_total,
            ),
            (
                "changes_overdue",
                "Slots emptied because the next picture's keyframe did not come in time.",
                counters.changes_overdue_total,
            ),
            ("unrouted", "Packets of no m-line of their publisher.", counters.unrouted_total),
            ("keyframes_asked", "Keyframes asked of publishers.", counters.keyframes_asked_total),
        ):
            yield CounterMetricFamily(f"diemcau_relay_{name}", help_text, value)

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
        lines = [s.line for s in without_trunks(self._engine.sessions) if isinstance(s, Subscriber)]
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
        forwarding = sum(m.is_forwarding for m in self._book.meetings)
        yield GaugeMetricFamily("diemcau_relay_meetings", "Meetings forwarded now.", forwarding)
        yield CounterMetricFamily(
            "diemcau_relay_documents_rejected",
            "Meeting documents that could not be read.",
            self._book.rejected_total,
        )
        yield CounterMetricFamily(
            "diemcau_relay_events_dropped",
            "Events that waited for the broker too long.",
            self._announcer.dropped_total,
        )


def exposition(
    engine: RelayEngine,
    book: MeetingRegistry,
    announcer: Announcer,
    refused: Mapping[str, int],
    trunks: Trunks,
) -> bytes:
    """Return all figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(RelayCollector(engine, book, announcer, refused))
    registry.register(QualityCollector(engine))
    registry.register(TrunkCollector(trunks))
    registry.register(FailuresCollector())
    registry.register(RefusalsCollector())
    return generate_latest(registry)
