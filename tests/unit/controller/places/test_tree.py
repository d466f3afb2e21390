"""The tree, and ids made from names."""

import re
from datetime import UTC, datetime

import pytest

from contracts.ids import ID_PATTERN
from controller.errors import BadEntry
from controller.places.tables import Point, Unit
from controller.places.tree import ancestors, branches
from controller.places.views.place_forms import new_id, rate_bps

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def unit(unit_id: str, parent_id: str | None, name: str, position: int = 0) -> Unit:
    return Unit(
        unit_id=unit_id,
        parent_id=parent_id,
        name=name,
        owner="people_committee",
        position=position,
        valid_from=T0,
    )


def point(point_id: str, unit_id: str, name: str) -> Point:
    return Point(
        point_id=point_id,
        number=1,
        unit_id=unit_id,
        name=name,
        owner="people_committee",
        valid_from=T0,
    )


UNITS = [
    unit("x", "k", "Xã Đông"),
    unit("t", None, "Tỉnh"),
    unit("k", "t", "Khu B", 2),
    unit("a", "t", "Khu A", 1),
    unit("y", "k", "Xã Dương"),
]


def test_units_stand_under_their_parents_in_order() -> None:
    tree = branches(UNITS, [])
    assert [(one.unit.unit_id, one.depth) for one in tree] == [
        ("t", 0),
        ("a", 1),
        ("k", 1),
        ("y", 2),
        ("x", 2),
    ]
    assert tree[2].below == ("y", "x")
    assert tree[0].below == ("a", "k", "y", "x")


def test_points_stand_in_their_unit_by_name() -> None:
    tree = branches(UNITS, [point("p2", "t", "Đà Bắc"), point("p1", "t", "Ẩn")])
    assert [one.point_id for one in tree[0].points] == ["p1", "p2"]


def test_a_unit_without_its_parent_is_a_top() -> None:
    assert [one.unit.unit_id for one in branches([unit("u", "gone", "U")], [])] == ["u"]


def test_the_way_to_a_unit() -> None:
    assert [one.unit_id for one in ancestors(UNITS, "x")] == ["t", "k", "x"]
    assert ancestors(UNITS, "gone") == []


def test_ids_are_made_of_names() -> None:
    made = new_id("Xã Đông Thành – số 2")
    assert made.startswith("xa-dong-thanh-so-2-")
    for name in ("Xã Đông", "????", "A" * 120, "đ-" * 50):
        assert re.fullmatch(ID_PATTERN, new_id(name))


def test_rates_are_read_in_either_writing() -> None:
    assert rate_bps("50") == 50_000_000
    assert rate_bps("1,5") == 1_500_000
    assert rate_bps("1.000,5") == 1_000_500_000
    assert rate_bps(" ") is None


@pytest.mark.parametrize("typed", ["nhanh", "0", "-1", "nan", "1e9", "٣", "9" * 5000])
def test_what_is_no_rate_is_refused(typed: str) -> None:
    with pytest.raises(BadEntry, match=r"is not a number from 0\.001 to 100000"):
        rate_bps(typed)


def test_a_rate_that_could_be_a_thousandth_is_asked_back() -> None:
    with pytest.raises(BadEntry) as caught:
        rate_bps("1.000")
    assert caught.value.message_vi == (
        "Tốc độ hợp đồng (Mbit/s): “1.000” là 1000 hay 1? Gõ lại 1000 hoặc 1."
    )
