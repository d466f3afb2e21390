"""What a month used, by counters that begin anew with each boot and each interface."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.health.uplink_book import (
    Look,
    UplinkBook,
    earlier_ways,
    looked,
    month_began_at,
    month_ends_at,
)
from contracts import codec
from contracts.local_days import ZONE

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
BOOT, NEXT_BOOT = "a" * 32, "b" * 32


def look(
    bytes_total, *, minutes=0, boot=BOOT, index=3, way="wwan0", charged=("wwan0",), own=0, up=None
):
    """Return a look. `up`: minutes since boot; None: as many as went by on the clock."""
    counters = {} if bytes_total is None else {"wwan0": (index, bytes_total)}
    at = NOW + timedelta(minutes=minutes)
    boot_ms = 60_000 * (minutes if up is None else up)
    return Look(at, boot, way, counters, frozenset(charged), own, boot_ms)


def used(*looks, month_day=1):
    book = None
    for one in looks:
        book = looked(book, one, month_day=month_day)
    return book.interface_bytes


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([look(7000)], 0),
        ([look(7000), look(7500)], 500),
        ([look(7000), look(7500), look(300, boot=NEXT_BOOT)], 800),
        ([look(7000), look(9000, boot=NEXT_BOOT)], 9000),
        ([look(7000), look(9000, index=4)], 9000),
        ([look(7000), look(120)], 120),
        ([look(7000), look(None), look(7600)], 7600),
        ([look(None), look(40)], 40),
        ([look(7000), look(9000, charged=())], 0),
        ([look(7000), look(9000, charged=()), look(9100)], 100),
    ],
)
def test_what_a_counter_says_is_added_up(looks, expected):
    assert used(*looks) == expected


@given(
    st.lists(
        st.tuples(st.integers(0, 10**9), st.sampled_from(["on", "boot", "replaced", "agent away"])),
        max_size=30,
    )
)
def test_every_byte_after_the_first_look_counts_once(steps):
    total, counter, boot, index = 0, 5000, 1, 3
    book = looked(None, look(counter), month_day=1)
    for number, (more, what) in enumerate(steps, start=1):
        if what == "boot":
            boot, counter = boot + 1, 0
        if what == "replaced":
            index, counter = index + 1, 0
        counter, total = counter + more, total + more
        if what == "agent away":
            continue  # its counter is read the next time
        name = f"{boot:032x}"
        if boot == 1:
            name = BOOT
        book = looked(book, look(counter, minutes=number, boot=name, index=index), month_day=1)
        book = codec.decode(type(book), codec.encode(book))
        assert book.interface_bytes <= total
    # What an agent that was away has missed shows at the next look, unless the counter began anew.
    if not any(what in ("boot", "replaced") for _, what in steps):
        last = looked(book, look(counter, minutes=99, boot=BOOT, index=index), month_day=1)
        assert last.interface_bytes == total


@pytest.mark.parametrize(
    ("now", "day", "began", "ends"),
    [
        ("2026-11-24T08:00+07:00", 1, "2026-11-01", "2026-12-01"),
        ("2026-11-24T08:00+07:00", 25, "2026-10-25", "2026-11-25"),
        ("2026-11-24T23:59+07:00", 25, "2026-10-25", "2026-11-25"),
        ("2026-11-25T00:00+07:00", 25, "2026-11-25", "2026-12-25"),
        ("2026-12-31T23:59+07:00", 28, "2026-12-28", "2027-01-28"),
        ("2027-01-02T00:00+07:00", 15, "2026-12-15", "2027-01-15"),
        ("2026-10-31T17:00+00:00", 1, "2026-11-01", "2026-12-01"),
    ],
)
def test_a_month_begins_on_its_day_in_vietnam(now, day, began, ends):
    began_at = month_began_at(datetime.fromisoformat(now), day)
    assert began_at == datetime.fromisoformat(began).replace(tzinfo=ZONE)
    assert month_ends_at(began_at) == datetime.fromisoformat(ends).replace(tzinfo=ZONE)


def test_a_new_month_begins_with_nothing_used():
    book = looked(looked(None, look(1000), month_day=1), look(4000, own=700), month_day=1)
    assert (book.interface_bytes, book.own_bytes) == (3000, 700)
    later = looked(book, look(4100, minutes=7 * 1440, own=60), month_day=1)
    assert (later.interface_bytes, later.own_bytes) == (100, 60)
    assert later.counted_from == later.month_began_at


def test_another_cut_off_day_is_no_new_month():
    book = looked(looked(None, look(1000), month_day=1), look(4000), month_day=1)
    moved = looked(book, look(4500, minutes=5), month_day=20)
    assert (moved.interface_bytes, moved.counted_from) == (500, NOW + timedelta(minutes=5))
    back = looked(book, look(4500, minutes=5), month_day=25)
    assert (back.interface_bytes, back.counted_from) == (3500, NOW)


def used_by(*steps):
    """Return what is said to be used after looks: each how many minutes on, and its counter.

    Each came a minute after the one before it, or as long after as the clock says up to a day.
    """
    book, up, before = looked(None, look(0), month_day=1), 0, 0
    for minutes, counter in steps:
        up += minutes - before if 0 <= minutes - before <= 1440 else 1
        own, before = counter - book.counters["wwan0"].bytes_total, minutes
        book = looked(book, look(counter, minutes=minutes, own=own, up=up), month_day=1)
        book = codec.decode(type(book), codec.encode(book))
        assert book.own_bytes == book.interface_bytes
    return book.interface_bytes


MONTH = 31 * 1440


@pytest.mark.parametrize(
    "away",
    [
        [MONTH],
        [-MONTH],
        [MONTH, 2 * MONTH],
        [-MONTH, MONTH],
        [12 * MONTH],
        [-12 * MONTH, 0, MONTH],
        [-12 * MONTH, -MONTH],
        [-MONTH, -12 * MONTH, -2 * MONTH],
    ],
    ids=[
        "ahead",
        "behind",
        "twice ahead",
        "both",
        "a year ahead",
        "often",
        "back by half",
        "to and fro",
    ],
)
@pytest.mark.parametrize("looks_there", [1, 3])
def test_a_clock_that_is_set_to_another_month_and_back_forgets_and_doubles_nothing(
    away, looks_there
):
    steps = [(5, 3000)]
    for minutes in away:
        steps += [(minutes + n, steps[-1][1] + 10 * (n + 1)) for n in range(looks_there)]
    counter = steps[-1][1]
    steps += [(10, counter + 500), (20, counter + 600)]
    assert used_by(*steps) == counter + 600
    # The month that comes then has its own, though the clock had been there.
    to_next = [(n * 1440, counter + 600 + n) for n in range(1, 7)]
    assert used_by(*steps, *to_next, (7 * 1440, counter + 1000)) == 394


DECEMBER = 7 * 1440  # eight o'clock on its first day, by UTC


@pytest.mark.parametrize("is_next_boot", [False, True])
@pytest.mark.parametrize("days", [1, 20])
@pytest.mark.parametrize("days_back", [2, 40])
def test_a_clock_that_is_set_back_over_a_month_s_first_day_loses_nothing(
    days, days_back, is_next_boot
):
    """December goes on where it was, however long it was away; without a clock of its own, too."""
    up, counter, boot = 0, 0, BOOT
    book = looked(None, look(0), month_day=1)

    def later(minutes, up, more):
        nonlocal counter, book
        counter += more
        book = looked(book, look(counter, minutes=minutes, up=up, boot=boot, own=more), month_day=1)
        book = codec.decode(UplinkBook, codec.encode(book))
        assert book.own_bytes == book.interface_bytes
        return book.interface_bytes

    assert later(DECEMBER - 1440, DECEMBER - 1440, 7000) == 7000
    for day in range(days + 1):
        up = DECEMBER + day * 1440
        assert later(up, up, 100) == 100 * (day + 1)
    used, end = 100 * (days + 1), up
    if is_next_boot:
        boot, counter, up = NEXT_BOOT, 0, 0
    else:
        up = end + 1
    back = end - (days + days_back) * 1440
    assert later(back, up, 30) == 7000 + used + 30
    assert later(back + 5, up + 5, 4) == 7000 + used + 34
    assert later(end + 9, up + 9, 5) == used + 39
    assert later(end + 10, up + 10, 6) == used + 45
    # Again; and by the flow of time another month begins with nothing.
    assert later(back, up + 11, 1) == 7000 + used + 46
    assert later(end + 12, up + 12, 1) == used + 47
    for day in range(days + 1, 31):
        assert later(DECEMBER + day * 1440, up + day * 1440, 0) == used + 47
    assert later(DECEMBER + 31 * 1440, up + 31 * 1440, 8) == 8


def test_a_clock_that_was_wrong_from_the_first_look_on_leaves_the_month_to_come_its_own():
    book = looked(None, look(0, minutes=MONTH), month_day=1)
    book = looked(book, look(700), month_day=1)
    assert (book.interface_bytes, book.counted_from) == (700, NOW)
    for day in range(1, 7):
        book = looked(book, look(700, minutes=day * 1440), month_day=1)
    assert looked(book, look(750, minutes=7 * 1440), month_day=1).interface_bytes == 50


def test_a_way_of_a_clock_that_ran_ahead_is_of_now():
    book = looked(None, look(1, way="usb0", minutes=12 * MONTH), month_day=1)
    book = looked(book, look(2), month_day=1)
    assert book.ways["usb0"] == NOW
    assert earlier_ways(book, NOW + timedelta(days=31)) == ()


def test_the_ways_of_thirty_days_are_known_the_last_one_first():
    book = looked(None, look(1, way="enp1s0"), month_day=1)
    book = looked(book, look(2, minutes=60), month_day=1)
    assert earlier_ways(book, NOW + timedelta(hours=2)) == ("wwan0", "enp1s0")
    assert earlier_ways(book, NOW + timedelta(days=30, minutes=1)) == ("wwan0",)
    assert earlier_ways(None, NOW) == ()
    for number in range(20):
        book = looked(book, look(3, minutes=61 + number, way=f"usb{number}"), month_day=1)
    assert len(book.ways) == 8
