"""What is found of what was typed."""

import pytest

from controller.search.finding import SHOWN, Findable, folded, found, may_be_serial, sought

POINTS = [
    Findable("Xã Đà Bắc", "/points/da-bac", "Cụm Đà Bắc", "da-bac 12 Cụm Đà Bắc"),
    Findable("Xã Cao Sơn", "/points/cao-son", "Cụm Đà Bắc", "cao-son 13 Cụm Đà Bắc"),
    Findable("Phường Ỷ La", "/points/y-la", "Cụm Tân Sơn", "y-la 14 Cụm Tân Sơn"),
]


def test_accents_and_capitals_are_left_out() -> None:
    assert folded("  Đà  BẮC ễ ự") == "da bac e u"
    assert sought("ỷ LA") == ("y", "la")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", []),
        ("da bac", ["Xã Cao Sơn", "Xã Đà Bắc"]),
        ("xa da", ["Xã Cao Sơn", "Xã Đà Bắc"]),
        ("CAO", ["Xã Cao Sơn"]),
        ("14", ["Phường Ỷ La"]),
        ("y la", ["Phường Ỷ La"]),
        ("không có", []),
    ],
)
def test_every_word_is_in_a_name_a_code_or_a_unit(typed: str, names: list[str]) -> None:
    assert [one.name for one in found(sought(typed), POINTS)] == names


def test_at_most_eight_are_shown_and_those_that_begin_so_first() -> None:
    many = [Findable(f"Xã An {n}", "/") for n in range(20)] + [Findable("An Bình", "/")]
    shown = found(sought("an"), many)
    assert len(shown) == SHOWN
    assert shown[0].name == "An Bình"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("xa da bac", False), ("12", False), ("MAU-PC-77", True), ("wd-7", True), ("tang 2026", True)],
)
def test_serial_numbers_are_looked_for_where_a_word_may_be_one(typed: str, expected: bool) -> None:
    assert may_be_serial(sought(typed)) is expected
