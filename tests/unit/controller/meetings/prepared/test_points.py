"""What saved groups bring into a meeting: joined in their order, each once, the gone left out."""

from contracts.ids import PointId
from controller.meetings.prepared.points import (
    ReadyPoints,
    SavedGroup,
    by_numbers,
    in_order,
    ready,
)

A, B, C, D = (PointId(one) for one in "abcd")


def group(*point_ids: PointId, chair: str = "") -> SavedGroup:
    return SavedGroup("g1", "Vùng cao", point_ids, chair)


def test_groups_are_joined_in_their_order_and_the_gone_are_named() -> None:
    found = ready([group(C, A), group(A, D, B, chair=D)], {A, B, D})
    assert found == ReadyPoints((A, D, B), (C,), D)
    assert found.chair_first == (D, A, B)


def test_the_chair_is_the_first_that_is_named_and_may_come_else_the_first_point() -> None:
    assert ready([group(A, B, chair=B)], {A}).chair_point_id == A
    assert ready([group(A, B, chair=D)], {A, B, D}).chair_point_id == A
    assert ready([group(A), group(B, chair=B), group(C, chair=C)], {A, B, C}).chair_point_id == B
    assert ready([group(A)], ()) == ReadyPoints((), (A,), "")
    assert ready([], {A}).chair_first == ()


def test_an_order_that_is_known_is_kept_and_the_others_follow() -> None:
    assert in_order(("a", "b", "c", "d", "b"), ("c", "gone", "b", "c")) == ("c", "b", "a", "d")
    assert in_order(("b", "a"), ()) == ("b", "a")


def test_equal_numbers_leave_points_as_they_stood() -> None:
    assert by_numbers({"a": 2, "b": 1, "c": 2, "d": 1}) == ("b", "d", "a", "c")
