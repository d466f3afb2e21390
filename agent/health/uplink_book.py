"""What the charged way out has used since the month began: counters of a kernel, added up. Pure.

A counter begins at zero with its interface: what is lower than before, belongs to another boot or
to an interface that was put in anew, counts whole. At the very first look nothing is known of what
was before.

A clock may be set to another month and back. So a month that was left is kept, and is gone on with
should the clock come back to it by leap, with all that was used meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, field
from msgspec.structs import replace

from contracts.local_days import day_of, midnight
from contracts.message import WITHOUT_NUL, Count, Instant, InterfaceName, Message, Part

MAX_WAYS = 8
MAX_LEFT = 4
FLOWS = timedelta(days=3)
"""A look that is no longer after the one before came by the flow of time, and not by a leap."""
WAY_KEPT = timedelta(days=30)
"""For so long a better way that led out once makes another one the second line."""


class Counter(Part, frozen=True):
    """An interface's bytes as last read; `index` is the kernel's number of it."""

    index: Count
    boot_id: Annotated[str, Meta(max_length=32, pattern=WITHOUT_NUL)]
    bytes_total: Count


class LeftMonth(Part, frozen=True):
    """A month that the clock has left, and what had been used of it by then."""

    began_at: Instant
    counted_from: Instant
    own_bytes: Count = 0
    interface_bytes: Count = 0


class UplinkBook(Message, frozen=True):
    """uplink.json: what was used, and by what it is known.

    `ways`: when each led out last. `left`: the months of before, in the order they were left in.
    """

    month_began_at: Instant
    counted_from: Instant
    own_bytes: Count = 0
    interface_bytes: Count = 0
    counters: Annotated[dict[InterfaceName, Counter], Meta(max_length=64)] = field(
        default_factory=dict
    )
    ways: Annotated[dict[InterfaceName, Instant], Meta(max_length=64)] = field(default_factory=dict)
    left: Annotated[tuple[LeftMonth, ...], Meta(max_length=MAX_LEFT)] = ()
    looked_at: Instant | None = None


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
    if began_at != book.month_began_at:
        book = _in_month(book, began_at, look.now)
    counters = {
        name: Counter(index=index, boot_id=look.boot_id, bytes_total=bytes_total)
        for name, (index, bytes_total) in look.counters.items()
    }
    ways = {name: min(at, look.now) for name, at in book.ways.items()}
    ways |= {look.way: look.now} if look.way else {}
    newest = sorted(ways, key=lambda name: ways[name])[-MAX_WAYS:]
    return replace(
        book,
        own_bytes=book.own_bytes + (look.own_bytes if look.way in look.charged else 0),
        interface_bytes=book.interface_bytes + used,
        counters=counters,
        ways={name: ways[name] for name in newest},
        looked_at=look.now,
    )


def _in_month(book: UplinkBook, began_at: datetime, now: datetime) -> UplinkBook:
    """Return a book of another month: of one that was left, of one of before, or of a new one."""
    is_leap = book.looked_at is None or not timedelta(0) <= now - book.looked_at <= FLOWS
    places = [place for place, one in enumerate(book.left) if one.began_at == began_at]
    if places and is_leap:
        since = book.left[places[0] :]
        return replace(
            book,
            month_began_at=began_at,
            counted_from=min(since[0].counted_from, now),
            own_bytes=book.own_bytes + sum(one.own_bytes for one in since),
            interface_bytes=book.interface_bytes + sum(one.interface_bytes for one in since),
            left=book.left[: places[0]],
        )
    if is_leap and began_at < max((one.began_at for one in book.left), default=began_at):
        # Set back before, and not yet all the way again: no month is over by that.
        counted_from = min(book.counted_from, now)
        return replace(book, month_began_at=began_at, counted_from=counted_from)
    left = LeftMonth(began_at=book.month_began_at, counted_from=book.counted_from)
    if began_at < book.month_began_at:
        # What was used stays in use, and is so should the month come back.
        counted_from = min(book.counted_from, now)
        left_months = (*book.left, left)[-MAX_LEFT:]
        return replace(book, month_began_at=began_at, counted_from=counted_from, left=left_months)
    is_over = began_at >= month_ends_at(book.month_began_at)  # else another day was agreed on
    left = replace(left, own_bytes=book.own_bytes, interface_bytes=book.interface_bytes)
    earlier = [one for one in book.left if one.began_at < began_at]
    return replace(
        book,
        month_began_at=began_at,
        counted_from=began_at if is_over else now,
        own_bytes=0,
        interface_bytes=0,
        left=(*earlier, left)[-MAX_LEFT:],
    )


def _used(book: UplinkBook, look: Look, name: str) -> int:
    index, bytes_total = look.counters[name]
    before = book.counters.get(name)
    if before is None or before.boot_id != look.boot_id or before.index != index:
        return bytes_total
    return bytes_total if bytes_total < before.bytes_total else bytes_total - before.bytes_total
