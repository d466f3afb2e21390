"""Counters of the web process, for /metrics; one registry per process, none global."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from runtime.failure_metrics import FailuresCollector
from runtime.http_door import RefusalsCollector


class WebMetrics:
    """What the web process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(FailuresCollector())
        self.registry.register(RefusalsCollector())
        self.requests = Counter(
            "diemcau_http_requests_total",
            "Answered requests",
            ["method", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "diemcau_http_request_seconds", "Time to answer a request", registry=self.registry
        )
        self.rejected = Counter(
            "diemcau_messages_rejected_total",
            "MQTT messages that were malformed or of nobody known",
            registry=self.registry,
        )
        self.unknown_certificates = Counter(
            "diemcau_unknown_certificates_total",
            "Points that relays refused, with a certificate the centre has no record of",
            registry=self.registry,
        )
        self.published = Counter(
            "diemcau_documents_published_total",
            "Desired documents handed to the broker",
            registry=self.registry,
        )
        self.dispatch_seconds = Histogram(
            "diemcau_dispatch_seconds",
            "From a noted change to its last document at the broker",
            registry=self.registry,
        )
        self.bus_is_connected = Gauge(
            "diemcau_bus_is_connected",
            "1 while the broker holds our session",
            registry=self.registry,
        )
        self.listeners = Gauge(
            "diemcau_event_stream_clients", "Open event streams", registry=self.registry
        )
        self.listeners_dropped = Gauge(
            "diemcau_event_stream_dropped_total",
            "Event streams ended because the client did not keep up",
            registry=self.registry,
        )
