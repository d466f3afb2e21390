"""Numbers, times and durations as each language writes them."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from babel.numbers import format_decimal

from controller.web.i18n.catalogue import chosen
from controller.web.i18n.collation import vietnamese

VI, EN = chosen("vi"), chosen("en")
NOON = datetime(2026, 11, 26, 6, 18, 40, tzinfo=UTC)


def plain(text: str) -> str:
    """Return a text with ordinary spaces."""
    return text.replace("\u00a0", " ")


def test_numbers() -> None:
    assert VI.number(21424) == "21.424"
    assert EN.number(21424) == "21,424"
    assert VI.number(98.7, 1) == "98,7"


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        (None, "–"),
        (0.0, "0 %"),
        (0.987, "98,7 %"),
        (1.0, "100 %"),
        (0.99999, "99,9 %"),  # never 100 where something is missing
    ],
)
def test_percentages(ratio: float | None, shown: str) -> None:
    assert plain(VI.percent(ratio)) == shown


def test_times_are_vietnam_s() -> None:
    assert VI.time(NOON) == "13:18"
    assert VI.time_exact(NOON) == "13:18:40"
    assert VI.date(NOON) == "26/11/2026"
    assert VI.day(NOON) == "Thứ Năm 26/11/2026"
    assert EN.day(NOON) == "Thursday 26/11/2026"


def test_a_moment_of_another_day_has_its_date() -> None:
    assert VI.moment(NOON, NOON + timedelta(hours=1)) == "13:18"
    assert VI.moment(NOON, NOON + timedelta(hours=11)) == "26/11 13:18"


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (0, "0 giây", "0 s"),
        (59, "59 giây", "59 s"),
        (60, "1 phút", "1 min"),
        (230, "3 phút 50 giây", "3 min 50 s"),
        (301, "5 phút", "5 min"),
        (5160, "1 giờ 26 phút", "1 h 26 min"),
        (7200, "2 giờ", "2 h"),
        (90000, "1 ngày 1 giờ", "1 day 1 h"),
        (172800, "2 ngày", "2 days"),
        (-5, "0 giây", "0 s"),
    ],
)
def test_durations(seconds: int, vi: str, en: str) -> None:
    assert VI.duration(timedelta(seconds=seconds)) == vi
    assert EN.duration(timedelta(seconds=seconds)) == en


@pytest.mark.parametrize(
    ("bits", "shown"),
    [
        (None, "–"),
        (0, "0 bit/s"),
        (999, "999 bit/s"),
        (410_000, "410 kbit/s"),
        (2_140_000, "2,1 Mbit/s"),
        (50_000_000, "50 Mbit/s"),
        (1_000_000_000, "1 Gbit/s"),
    ],
)
def test_rates(bits: int | None, shown: str) -> None:
    assert plain(VI.rate(bits)) == shown


def test_names_sort_as_the_alphabet_says() -> None:
    names = ["Đông", "Dương", "Ân", "An", "Ấn", "Ăn", "Ý Yên", "Yên Bái", "dũng", "Dung"]
    assert sorted(names, key=vietnamese) == [
        "An",
        "Ăn",
        "Ân",
        "Ấn",
        "Dung",
        "dũng",
        "Dương",
        "Đông",
        "Ý Yên",
        "Yên Bái",
    ]


@pytest.mark.parametrize("code", ["vi", "en"])
def test_numbers_are_written_as_babel_writes_them(code: str) -> None:
    chance, words = random.Random(7), chosen(code)
    values: list[float] = [0, -1, 999, 10**9, -0.04, 0.5, 2.5, 2.675, 1e-9, 1e15]
    values += [chance.uniform(-1e6, 1e6) for _ in range(300)]
    for value in values:
        for digits, pattern in enumerate(("#,##0", "#,##0.0", "#,##0.00")):
            expected = format_decimal(value, format=pattern, locale=code)
            assert words.number(value, digits) == expected
