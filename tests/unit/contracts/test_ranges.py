"""Ranges hold exactly the numbers they were given, in the one shape there is for them."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.ranges import RangeSet

numbers = st.sets(st.integers(1, 60))


def as_set(held):
    return {n for first, last in held.ranges for n in range(first, last + 1)}


@given(numbers, numbers)
def test_numbers_added_in_any_order_are_held_and_no_others(first, second):
    held = RangeSet().with_numbers(first).with_numbers(second)
    assert as_set(held) == first | second
    assert held == RangeSet.union((n, n) for n in first | second)
    assert len(held) == len(first | second)
    assert all(b[0] > a[1] + 1 for a, b in zip(held.ranges, held.ranges[1:], strict=False))


@given(numbers, st.integers(0, 62))
def test_membership(held_numbers, number):
    assert (number in RangeSet().with_numbers(held_numbers)) == (number in held_numbers)


@given(numbers, st.integers(1, 60), st.integers(1, 60))
def test_what_is_missing_and_what_is_held_make_the_whole(held_numbers, a, b):
    first, last = min(a, b), max(a, b)
    missing = as_set(
        RangeSet(RangeSet().with_numbers(held_numbers).missing(first=first, last=last))
    )
    assert missing == set(range(first, last + 1)) - held_numbers


@given(numbers, st.integers(1, 5))
def test_the_highest_ranges_are_complete_from_the_number_they_say(held_numbers, count):
    held = RangeSet().with_numbers(held_numbers)
    kept, complete_from = held.highest(count)
    assert len(kept) <= count
    assert as_set(RangeSet(kept)) == {n for n in held_numbers if n >= complete_from}


@given(numbers, numbers, numbers)
def test_a_centre_put_back_gets_all_again(first, lost, later):
    """Whatever a restored copy lacks of what a point has, the point sees as missing."""
    point = first | lost | later
    copy = RangeSet().with_numbers(first)
    wanted = {n for n in point if n not in copy}
    assert copy.with_numbers(wanted) == RangeSet().with_numbers(point)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50)), max_size=8), st.integers(0, 60))
def test_any_ranges_from_the_wire_leave_ordered_gaps(ranges, last):
    found = RangeSet.union(ranges).missing(first=1, last=last)
    held = {seq for low, high in ranges for seq in range(low, high + 1)}
    assert [seq for low, high in found for seq in range(low, high + 1)] == [
        seq for seq in range(1, last + 1) if seq not in held
    ]


@given(numbers, st.integers(1, 12))
def test_coarsened_it_keeps_all_numbers_in_so_many_ranges_and_the_highest_exactly(
    held_numbers, count
):
    held = RangeSet().with_numbers(held_numbers)
    coarse = held.coarsened(count)
    assert len(coarse.ranges) == min(count, len(held.ranges))
    assert as_set(held) <= as_set(coarse)
    assert coarse.ranges[1:] == held.ranges[len(held.ranges) - len(coarse.ranges) + 1 :]
    assert RangeSet.union(coarse.ranges) == coarse
