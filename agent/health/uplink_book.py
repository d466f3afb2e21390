"""What the charged way out has used since the month began: counters of a kernel, added up. Pure.

A counter begins at zero with its interface: what is lower than before, belongs to another boot or
to an interface that was put in anew, counts whole. At the very first look nothing is known of what
was before.

A clock may be set to another month and back. So of each month of late is kept what was used since
the clock was first in it, in the months' own order, and a month has used what it and those after it
have: what the clock takes back is in both. Only a month that came by the flow of time begins with
nothing, whatever a clock that was ahead has seen of it.
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
"""A look of another boot that is no longer after the one before is no leap of the clock."""
LEAP = timedelta(minutes=10)
"""Within a boot a clock goes right by that much; what goes wrong by more is a leap."""
WAY_KEPT = timedelta(days=30)
"""For so long a better way that led out once makes another one the second line."""


class Counter(Part, frozen=True):
    """An interface's bytes as last read; `index` is the kernel's number of it."""

    index: Count
    boot_id: Annotated[str, Meta(max_length=32, pattern=WITHOUT_NUL)]
    bytes_total: Count


class LeftMonth(Part, frozen=True):
    """Another month, and what was used while it was the last one that the clock had been in."""

    began_at: Instant
    counted_from: Instant
    own_bytes: Count = 0
    interface_bytes: Count = 0


class UplinkBook(Message, frozen=True):
    """uplink.json: what was used, and by what it is known.

    `own_bytes` and `interface_bytes`: what its month has used, that of `left` after it included.
    `ways`: when each led out last. `left`: the other months that the clock was in of late.
    `looked_ms`: of the boot `looked_in`, milliseconds since it began.
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
    looked_in: Annotated[str, Meta(max_length=32, pattern=WITHOUT_NUL)] = ""
    looked_ms: Count = 0


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen at one moment, `boot_ms` milliseconds after the boot.

    `own_bytes`: spent by ourselves since the look before.
    """

    now: datetime
    boot_id: str
    way: str
    counters: Mapping[str, tuple[int, int]]
    """Of every interface its number and its bytes, both ways."""
    charged: frozenset[str] = frozenset()
    own_bytes: int = 0
    boot_ms: int = 0


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
        book = _in_month(book, began_at, look.now, is_leap=_is_leap(book, look))
    book = _spent(book, look.own_bytes if look.way in look.charged else 0, used)
    counters = {
        name: Counter(index=index, boot_id=look.boot_id, bytes_total=bytes_total)
        for name, (index, bytes_total) in look.counters.items()
    }
    ways = {name: min(at, look.now) for name, at in book.ways.items()}
    ways |= {look.way: look.now} if look.way else {}
    newest = sorted(ways, key=lambda name: ways[name])[-MAX_WAYS:]
    return replace(
        book,
        counters=counters,
        ways={name: ways[name] for name in newest},
        looked_at=look.now,
        looked_in=look.boot_id,
        looked_ms=look.boot_ms,
    )


def _is_leap(book: UplinkBook, look: Look) -> bool:
    """Say whether the clock was set since the look before, as far as can be seen."""
    if book.looked_at is None:
        return True
    passed = look.now - book.looked_at
    if book.looked_in == look.boot_id:
        return abs(passed - timedelta(milliseconds=look.boot_ms - book.looked_ms)) > LEAP
    return not timedelta(0) <= passed <= FLOWS


def _in_month(book: UplinkBook, began_at: datetime, now: datetime, *, is_leap: bool) -> UplinkBook:
    """Return the book with another month as its own."""
    months = _months(book)
    is_over = began_at >= month_ends_at(book.month_began_at)  # else another day was agreed on
    counted_from = began_at if is_over else now
    if began_at > book.month_began_at and not is_leap:
        earlier = [one for one in months if one.began_at < began_at]
        months = [*earlier[:-1], _together(months[len(earlier) - 1 :])]
    elif later := [one for one in months if one.began_at > began_at]:
        counted_from = min(later[0].counted_from, now)
    if all(one.began_at != began_at for one in months):
        months.append(LeftMonth(began_at=began_at, counted_from=counted_from))
        months.sort(key=lambda one: one.began_at)
    others = tuple(one for one in months if one.began_at != began_at)[-MAX_LEFT:]
    since = _together([one for one in months if one.began_at >= began_at])
    return replace(
        book,
        month_began_at=began_at,
        counted_from=min(since.counted_from, now),
        own_bytes=since.own_bytes,
        interface_bytes=since.interface_bytes,
        left=others,
    )


def _months(book: UplinkBook) -> list[LeftMonth]:
    """Return its own month and the others, the earliest first, each with what is its alone."""
    later = [one for one in book.left if one.began_at > book.month_began_at]
    own = LeftMonth(
        began_at=book.month_began_at,
        counted_from=book.counted_from,
        own_bytes=max(0, book.own_bytes - sum(one.own_bytes for one in later)),
        interface_bytes=max(0, book.interface_bytes - sum(one.interface_bytes for one in later)),
    )
    return sorted((*book.left, own), key=lambda one: one.began_at)


def _together(months: list[LeftMonth]) -> LeftMonth:
    """Return the first with what all have used."""
    return replace(
        months[0],
        own_bytes=sum(one.own_bytes for one in months),
        interface_bytes=sum(one.interface_bytes for one in months),
    )


def _spent(book: UplinkBook, own_bytes: int, interface_bytes: int) -> UplinkBook:
    """Return the book with so much more: the last month's, and so that of all before it."""
    last = max(book.left, key=lambda one: one.began_at, default=None)
    left = book.left
    if last is not None and last.began_at > book.month_began_at:
        more = replace(
            last,
            own_bytes=last.own_bytes + own_bytes,
            interface_bytes=last.interface_bytes + interface_bytes,
        )
        left = tuple(more if one is last else one for one in left)
    return replace(
        book,
        own_bytes=book.own_bytes + own_bytes,
        interface_bytes=book.interface_bytes + interface_bytes,
        left=left,
    )


def _used(book: UplinkBook, look: Look, name: str) -> int:
    index, bytes_total = look.counters[name]
    before = book.counters.get(name)
    if before is None or before.boot_id != look.boot_id or before.index != index:
        return bytes_total
    return bytes_total if bytes_total < before.bytes_total else bytes_total - before.bytes_total
