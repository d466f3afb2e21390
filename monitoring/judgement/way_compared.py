"""What a trace of the way shows, beside the way as it usually is. Pure.

Only what was seen is said. Where the routers' answers alone are slow or missing nothing is: they
answer when they have time. So a delay or a loss counts from a hop on only if every hop beyond it,
to the last, has it too. Who a router belongs to is not known here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from contracts.way import WayBody, WayHop

SLOWER_FACTOR, SLOWER_MS = 1.5, 10.0
WHOLE = frozenset(("reached", "refused"))


class WayFinding(Enum):
    """What can be seen; values are the keys of its texts."""

    STOPPED = "stopped"
    STOPPED_SHORT = "stopped_short"
    STOPPED_AS_USUAL = "stopped_as_usual"
    NOBODY = "nobody"
    NO_WAY = "no_way"
    WHOLE = "whole"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    LOOP = "loop"
    TOO_FAR = "too_far"
    NOT_TRACED = "not_traced"
    SLOWER = "slower"
    LOSSY = "lossy"
    ANOTHER_WAY = "another_way"
    NARROW = "narrow"


Argument = str | int | float


@dataclass(frozen=True, slots=True)
class WayFound:
    """One finding; `arguments` fill its text."""

    finding: WayFinding
    arguments: Mapping[str, Argument] = field(default_factory=dict)


def compared(now: WayBody, usual: WayBody | None) -> tuple[WayFound, ...]:
    """Return what a trace shows, the end of the way first. `usual` None: it is not known yet."""
    found = [_ending(now, usual)]
    if usual is not None and usual.to == now.to:
        found += [one for one in (_another(now, usual), _slower(now, usual)) if one is not None]
    lossy = _lossy(now)
    if lossy is not None:
        found.append(lossy)
    if now.mtu_bytes is not None and (usual is None or usual.mtu_bytes != now.mtu_bytes):
        found.append(WayFound(WayFinding.NARROW, {"bytes": now.mtu_bytes, "address": now.mtu_from}))
    return tuple(found)


def last_answering(body: WayBody) -> WayHop | None:
    """Return the last hop that anybody answered from; None: nobody did."""
    return next((hop for hop in reversed(body.hops) if hop.address), None)


def usually_next(now: WayBody, usual: WayBody | None) -> str:
    """Return who usually answers next beyond where a trace stopped; empty: that is not known.

    Of a way that is another one by now it is not known either.
    """
    last = last_answering(now)
    if usual is None or usual.to != now.to or last is None:
        return ""
    before = next((hop for hop in usual.hops if hop.ttl == last.ttl), None)
    if before is None or last.address not in (before.address, *before.others):
        return ""
    return next((hop.address for hop in usual.hops if hop.ttl > last.ttl and hop.address), "")


def _ending(now: WayBody, usual: WayBody | None) -> WayFound:
    last = last_answering(now)
    place: dict[str, Argument] = {"hop": last.ttl, "address": last.address} if last else {}
    match now.ending:
        case "reached":
            return WayFound(WayFinding.WHOLE, {"hops": len(now.hops)})
        case "refused":
            return WayFound(WayFinding.REFUSED, {"address": now.to})
        case "no_way":
            return WayFound(WayFinding.NO_WAY)
        case "not_traced":
            return WayFound(WayFinding.NOT_TRACED)
        case "unreachable" if place:
            return WayFound(WayFinding.UNREACHABLE, place)
        case "loop" if place:
            return WayFound(WayFinding.LOOP, _round(now))
        case "too_far":
            return WayFound(WayFinding.TOO_FAR)
    if not place:
        return WayFound(WayFinding.NOBODY)
    following = usually_next(now, usual)
    if following:
        return WayFound(WayFinding.STOPPED_SHORT, {**place, "usual": following})
    before = last_answering(usual) if usual else None
    is_usual = usual is not None and usual.ending == now.ending and before is not None
    if is_usual and before is not None and before.address == place["address"]:
        return WayFound(WayFinding.STOPPED_AS_USUAL, place)
    return WayFound(WayFinding.STOPPED, place)


def _round(now: WayBody) -> dict[str, Argument]:
    """Return where the circle begins: the first hop that is met again."""
    addresses = [hop.address for hop in now.hops if hop.address]
    for hop in now.hops:
        if hop.address and addresses.count(hop.address) > 1:
            return {"hop": hop.ttl, "address": hop.address}
    return {"hop": now.hops[-1].ttl, "address": now.hops[-1].address}


def _another(now: WayBody, usual: WayBody) -> WayFound | None:
    before = {hop.ttl: hop for hop in usual.hops if hop.address}
    for hop in now.hops:
        then = before.get(hop.ttl)
        if then is None or not hop.address:
            continue
        if not {hop.address, *hop.others} & {then.address, *then.others}:
            return WayFound(
                WayFinding.ANOTHER_WAY,
                {"hop": hop.ttl, "address": hop.address, "usual": then.address},
            )
    return None


def _slower(now: WayBody, usual: WayBody) -> WayFound | None:
    before = {hop.ttl: hop for hop in usual.hops if hop.round_trips_ms}
    answering = [hop for hop in now.hops if hop.round_trips_ms]
    first: WayHop | None = None
    for hop in reversed(answering):
        then = before.get(hop.ttl)
        if then is None or then.address != hop.address:
            break
        if not _is_slower(_best(hop), _best(then)):
            break
        first = hop
    if first is None:
        return None
    by_ms = _best(first) - _best(before[first.ttl])
    return WayFound(
        WayFinding.SLOWER, {"hop": first.ttl, "address": first.address, "ms": round(by_ms)}
    )


def _is_slower(now_ms: float, usual_ms: float) -> bool:
    return now_ms > SLOWER_FACTOR * usual_ms and now_ms - usual_ms > SLOWER_MS


def _best(hop: WayHop) -> float:
    return min(hop.round_trips_ms)


def _lossy(now: WayBody) -> WayFound | None:
    """Return from where on packets are lost, of a way that was traced to its end."""
    if now.ending not in WHOLE:
        return None
    first: WayHop | None = None
    for hop in reversed([one for one in now.hops if one.address]):
        if len(hop.round_trips_ms) >= hop.sent:
            break
        first = hop
    if first is None:
        return None
    beyond = [hop for hop in now.hops if hop.ttl >= first.ttl and hop.address]
    return WayFound(
        WayFinding.LOSSY,
        {
            "hop": first.ttl,
            "address": first.address,
            "lost": _lost(beyond),
            "sent": sum(hop.sent for hop in beyond),
        },
    )


def _lost(hops: Sequence[WayHop]) -> int:
    return sum(hop.sent - len(hop.round_trips_ms) for hop in hops)
