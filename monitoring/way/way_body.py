"""A trace as it is reported. Pure."""

from contracts.way import MAX_ASKED, MAX_HOPS, MAX_OTHERS, WayBody, WayHop, WayReason, WayTrouble
from monitoring.way.trace import Says, Traced, TracedHop

_SAID = frozenset((Says.NO_NETWORK, Says.NO_HOST, Says.PROHIBITED))


def body_of(
    traced: Traced,
    *,
    reason: WayReason,
    to: str,
    trouble: WayTrouble = "",
    duration_s: float = 0.0,
    traces_asked: int = 0,
) -> WayBody:
    """Return the body of a report."""
    return WayBody(
        reason=reason,
        ending=traced.ending.value,
        to=to,
        trouble=trouble,
        hops=tuple(_hop(one) for one in traced.hops[:MAX_HOPS]),
        mtu_bytes=traced.mtu_bytes,
        mtu_from=traced.mtu_from,
        duration_ms=round(duration_s * 1000, 1),
        traces_asked=traces_asked,
    )


def _hop(one: TracedHop) -> WayHop:
    return WayHop(
        ttl=one.ttl,
        address=one.address,
        sent=min(one.sent, MAX_ASKED),
        round_trips_ms=tuple(round(ms, 2) for ms in one.round_trips_ms[:MAX_ASKED]),
        others=tuple(one.addresses[1 : 1 + MAX_OTHERS]),
        says=one.says.value if one.says in _SAID else "",  # type: ignore[arg-type]
    )
