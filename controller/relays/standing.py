"""When an outer relay counts as gone, so that its points are told its meetings' home instead.

Gone is one that the centre has not heard of for a while though it hears its points, back one that
it has heard of for longer: a relay that falls and rises again takes nobody back and forth with it,
and a site whose whole line is down goes on by itself.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from contracts.ids import RelayId


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a relay is waited for, and watched before it is trusted again."""

    gone_after_s: float
    back_after_s: float


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether a relay is heard of, and since when that is so; in seconds of one clock."""

    is_online: bool
    since_s: float


Sightings = Mapping[RelayId, Seen]


def seen_again(
    before: Sightings,
    online: Mapping[RelayId, bool],
    *,
    now_s: float,
    in_the_dark: Collection[RelayId] = (),
) -> dict[RelayId, Seen]:
    """Return what is seen now.

    Args:
        in_the_dark: relays whose silence says nothing, since whoever is beside them, or the
            centre itself, is not heard either. Their spans begin anew.
    """
    found: dict[RelayId, Seen] = {}
    for relay_id, is_online in online.items():
        known = before.get(relay_id)
        goes_on = known is not None and known.is_online == is_online
        is_kept = goes_on and relay_id not in in_the_dark
        found[relay_id] = known if known and is_kept else Seen(is_online, now_s)
    return found


def gone_now(
    gone: Iterable[RelayId], sightings: Sightings, patience: Patience, *, now_s: float
) -> frozenset[RelayId]:
    """Return which relays count as gone, by which did so before."""
    before = frozenset(gone)
    return frozenset(
        relay_id
        for relay_id, seen in sightings.items()
        if _is_gone(seen, patience, was_gone=relay_id in before, now_s=now_s)
    )


def _is_gone(seen: Seen, patience: Patience, *, was_gone: bool, now_s: float) -> bool:
    span_s = now_s - seen.since_s
    if seen.is_online:
        return was_gone and span_s < patience.back_after_s
    return was_gone or span_s >= patience.gone_after_s
