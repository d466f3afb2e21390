"""Errors of measuring and of what measurements mean.

MonitoringError
├── CollectorError          a measurement that was tried and failed
└── MalformedProbe          a datagram that is no probe of ours, or not proved by its key
"""


class MonitoringError(Exception):
    """Base of every error raised in monitoring."""


class MalformedProbe(MonitoringError):
    """A datagram that is not a probe, or whose code does not prove it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"not a probe of ours: {reason}")


class CollectorError(MonitoringError):
    """A measurement that was tried and failed; the message is for people."""
