"""A relay's trunks and tunnels, for Prometheus: how many are up, what crosses, how long."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from media.relay.trunks import Trunks
from media.sfu.ladder import Rung


class TrunkCollector(Collector):
    """Reads the trunks at the moment it is asked for."""

    def __init__(self, trunks: Trunks) -> None:
        self._trunks = trunks

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        trunks, ends = self._trunks, self._trunks.ends
        up = GaugeMetricFamily(
            "diemcau_relay_trunks", "Meetings joined with another relay now.", labels=["side"]
        )
        for side, is_home in (("home", True), ("outer", False)):
            count = sum(e.is_home is is_home and e.session.is_connected for e in ends)
            up.add_metric([side], count)
        yield up
        for name, help_text, value in (
            ("trunks_begun", "Trunks that came up.", trunks.begun_total),
            ("trunk_packets_sent", "Packets of media sent to other relays.", trunks.sent_total),
            ("trunk_packets_received", "Packets of media that came.", trunks.received_total),
        ):
            yield CounterMetricFamily(f"diemcau_relay_{name}", help_text, value)
        yield GaugeMetricFamily(
            "diemcau_relay_tunnels", "Points whose media go over TLS now.", len(trunks.tunnels)
        )
        yield CounterMetricFamily(
            "diemcau_relay_tunnel_dropped",
            "Datagrams over TLS that were too many, or that a slow connection did not take.",
            trunks.tunnels.dropped_total,
        )
        round_trips = [e.session.quality.rtt_ms for e in ends if e.session.quality.rtt_ms]
        yield GaugeMetricFamily(
            "diemcau_relay_trunk_round_trip_seconds_longest",
            "The longest round trip to another relay.",
            max(round_trips, default=0.0) / 1000,
        )
        yield GaugeMetricFamily(
            "diemcau_relay_trunk_rung_lowest",
            "How much of the pictures goes to another relay at least: 4 all, 2 small ones, 0 none.",
            min((e.session.line.rung for e in ends if e.session.is_connected), default=Rung.HIGH),
        )
        losses = [e.session.quality.loss_ratio for e in ends if e.session.quality.loss_ratio]
        yield GaugeMetricFamily(
            "diemcau_relay_trunk_loss_ratio_worst",
            "The worst loss on the way to another relay, as it was last reported.",
            max(losses, default=0.0),
        )
