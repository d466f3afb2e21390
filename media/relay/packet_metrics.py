"""What became of datagrams and packets since the start, for Prometheus."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from media.sfu.engine import RelayEngine

# By the counter's name, without `_total`: what it is at the port ...
_REJECTED = {
    "stun": "stun_rejected",
    "unknown": "unknown",
    "undecryptable": "undecryptable",
    "malformed": "malformed",
    "stream": "streams_refused",
    "rtcp": "rtcp_refused",
    "rtp": "rtp_refused",
    "checks": "checks_refused",
}
_AT_PORT = {
    "stun_answered": "Checks answered.",
    "handshakes_failed": (
        "Peers whose DTLS did not come up, or whose certificate could not be read."
    ),
}
# ... of all sockets together, by their own names and ours ...
_SENT = {
    "sent_total": ("packets_sent", "Datagrams sent."),
    "sent_bytes_total": ("bytes_sent", "Bytes of datagrams sent."),
    "calls_total": ("send_calls", "System calls that sent them."),
    "dropped_total": ("packets_dropped", "Datagrams the kernel would not take."),
}
# ... and on the way from publishers to slots.
_FORWARDED = {
    "oversized": "Packets too large to forward.",
    "unprotected": "Packets SRTP would not encrypt.",
    "retransmitted": "Packets sent again.",
    "padding": "Packets that only show what a line carries.",
    "retransmissions_refused": "Requests beyond a subscriber's budget.",
    "nack_numbers_refused": (
        "Numbers, or unread entries of numbers, asked for beyond a subscriber's rate."
    ),
    "feedback_refused": "Feedback on more packets than a subscriber's line can have.",
    "excess": "Packets beyond what their publisher may send.",
    "pictures_refused": "Keyframes too large.",
    "beginnings_refused": "Packets of streams that begin anew too often.",
    "changes_overdue": "Slots emptied because the next picture's keyframe did not come in time.",
    "unrouted": "Packets of no m-line of their publisher.",
    "keyframes_asked": "Keyframes asked of publishers.",
    "keyframes": "Keyframes that publishers sent.",
    "keyframes_wanted": "Keyframes that players asked for.",
    "slots_empty_ms": "Milliseconds without a picture where somebody was to be seen.",
}


class PacketCollector(Collector):
    """Reads the counters at the moment they are asked for."""

    def __init__(self, engine: RelayEngine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        port = self._engine.media_port.counters
        rejected = CounterMetricFamily(
            "diemcau_relay_datagrams_rejected",
            "Datagrams that were no media of a known peer.",
            labels=["reason"],
        )
        for reason, name in _REJECTED.items():
            rejected.add_metric([reason], getattr(port, f"{name}_total"))
        yield rejected
        endpoints = (self._engine.media_port.endpoint, *self._engine.endpoints)
        for of_socket, (name, help_text) in _SENT.items():
            sent = sum(getattr(endpoint, of_socket) for endpoint in endpoints)
            yield _counter(name, help_text, sent)
        for counters, named in ((port, _AT_PORT), (self._engine.fanout.counters, _FORWARDED)):
            for name, help_text in named.items():
                yield _counter(name, help_text, getattr(counters, f"{name}_total"))


def _counter(name: str, help_text: str, value: float) -> Metric:
    return CounterMetricFamily(f"diemcau_relay_{name}", help_text, value)
