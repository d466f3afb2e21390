"""What the ICE agent (ice_agent.py) keeps of a way to the other side, and what it sends."""

from dataclasses import dataclass

from contracts.hosts import Endpoint


@dataclass(frozen=True, slots=True)
class Transmit:
    """A datagram to send from one of our sockets."""

    source: int
    address: Endpoint
    data: bytes


@dataclass(slots=True)
class Pair:
    """One of our sockets and one of the other side's addresses."""

    source: int
    address: Endpoint
    priority: int
    next_check_ms: float
    answered_at_ms: float | None = None
    steady_since_ms: float = 0.0
    rtt_ms: float | None = None
    mapped: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A request that was sent and is not answered yet."""

    pair: Pair
    sent_at_ms: float
    is_nominating: bool
