"""What the charged way out has used since the month began: counters of a kernel, added up. Pure.

A counter begins at zero with its interface: what is lower than before, belongs to another boot or
to an interface that was put in anew, counts whole. At the very first look nothing is known of what
was before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, field
from msgspec.structs import replace

from contracts.local_days import day_of, midnight
from contracts.message import WITHOUT_NUL, Count, Instant, Message, Part

InterfaceName = Annotated[str, Meta(max_length=32, pattern=WITHOUT_NUL)]
MAX_WAYS = 8
WAY_KEPT = timedelta(days=30)
"""For so long a better way that led out once makes another one the second line."""


class Counter(Part, frozen=True):
    """An interface's bytes as last read; `index` is the kernel's number of it."""

    index: Count
    boot_id: Annotated[str, Meta(max_length=32, pattern=WITHOUT_NUL)]
    bytes_total: Count


class UplinkBook(Message, frozen=True):
    """uplink.json: what was used, and by what it is known; `ways`: when each led out last."""

    month_began_at: Instant
    counted_from: Instant
    own_bytes: Count = 0
    interface_bytes: Count = 0
    counters: Annotated[dict[InterfaceName, Counter], Meta(max_length=64)] = field(
        default_factory=dict
    )
    ways: Annotated[dict[InterfaceName, Instant], Meta(max_length=64)] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen at one moment. `own_bytes`: spent by ourselves since the look before."""

    now: datetime
    boot_id: str
    way: str
    counters: Mapping[str, tuple[int, int]]
    """Of every interface its number and its bytes, both ways."""
    charged: frozenset[str] = frozenset()
    own_bytes: int = 0


def month_began_at(now: datetime, day: int) -> datetime:
    """Return when the month of the contract began, by Vietnam's calendar. `day` is 1 to 28."""
    today = day_of(now)
    if today.day < day:
        today = today.replace(day=1) - timedelta(days=1)
    return midnight(today.replace(day=day))


def month_ends_at(began_at: datetime) -> datetime:
    """Return when the month that began then is over."""
    first = day_of(began_at)
    later = first.replace(day=1) + timedelta(days=32)
    return midnight(later.replace(day=first.day))


def earlier_ways(book: UplinkBook | None, now: datetime) -> tuple[str, ...]:
    """Return what has led out of late, the last one first."""
    ways = book.ways if book else {}
    recent = [name for name, at in ways.items() if now - at <= WAY_KEPT]
    return tuple(sorted(recent, key=lambda name: ways[name], reverse=True))


def looked(book: UplinkBook | None, look: Look, *, month_day: int) -> UplinkBook:
    """Return what is known after one look more."""
    began_at = month_began_at(look.now, month_day)
    if book is None:
        book = UplinkBook(month_began_at=began_at, counted_from=look.now)
        used = 0
    else:
        used = sum(_used(book, look, name) for name in look.charged if name in look.counters)
    if began_at > book.month_began_at:
        is_over = began_at >= month_ends_at(book.month_began_at)  # else another day was agreed on
        counted_from = began_at if is_over else look.now
        book = replace(book, counted_from=counted_from, own_bytes=0, interface_bytes=0)
    counters = {
        name: Counter(index=index, boot_id=look.boot_id, bytes_total=bytes_total)
        for name, (index, bytes_total) in look.counters.items()
    }
    ways = dict(book.ways) | ({look.way: look.now} if look.way else {})
    newest = sorted(ways, key=lambda name: ways[name])[-MAX_WAYS:]
    return replace(
        book,
        month_began_at=began_at,
        own_bytes=book.own_bytes + (look.own_bytes if look.way in look.charged else 0),
        interface_bytes=book.interface_bytes + used,
        counters=counters,
        ways={name: ways[name] for name in newest},
    )


def _used(book: UplinkBook, look: Look, name: str) -> int:
    index, bytes_total = look.counters[name]
    before = book.counters.get(name)
    if before is None or before.boot_id != look.boot_id or before.index != index:
        return bytes_total
    return bytes_total if bytes_total < before.bytes_total else bytes_total - before.bytes_total
