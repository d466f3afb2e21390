"""The least rate of a line is of the time in which pictures were due, without its edges."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.relay import Attendee, StreamLine
from controller.ingest.least_rate import DueRates, is_picture_due

T0 = datetime(2026, 11, 24, 1, 31, tzinfo=UTC)
VIDEO = ("audio", "video")


def least(*said: tuple[float, int | None, bool]) -> int | None:
    """Return the least of what counts of rates said at a second, with a picture due or not."""
    rates = DueRates()
    counted = [
        rates.counted(bps, is_due=is_due, now=T0 + timedelta(seconds=at))
        for at, bps, is_due in said
    ]
    return min((bps for bps in counted if bps is not None), default=None)


def steady(begin: int, end: int, bps: int = 900_000) -> list[tuple[float, int | None, bool]]:
    return [(at, bps, True) for at in range(begin, end, 5)]


def test_how_a_line_rises_when_pictures_begin_is_not_its_least() -> None:
    rising = [(0.0, 1_400, True), (1.0, 90_000, True), (5.0, 300_000, True)]
    assert least(*rising, *steady(10, 30)) == 900_000
    assert least(*rising) is None


def test_a_poor_stretch_between_counts_and_how_it_ends_does_not() -> None:
    said = [*steady(0, 20), (20.0, 210_000, True), *steady(25, 40)]
    assert least(*said) == 210_000
    off = [(40.0, 48_000, True), (41.5, 30_000, True), (42.0, 30_000, False), (47.0, 0, False)]
    assert least(*said[:4], *steady(20, 40), *off) == 900_000


def test_a_camera_that_is_on_again_rises_again() -> None:
    off = [(20.0, 48_000, False), (25.0, 48_000, False)]
    assert least(*steady(0, 20), *off, (30.0, 1_400, True), *steady(35, 60)) == 900_000


def test_what_was_not_heard_of_meanwhile_rises_again() -> None:
    assert least(*steady(0, 20), (90.0, 1_400, True), *steady(95, 120)) == 900_000


def test_no_rate_is_none_and_no_zero() -> None:
    assert least(*[(at, None, True) for at in range(0, 60, 5)]) is None


@pytest.mark.parametrize(
    ("figures", "counted", "is_due"),
    [
        ({"direction": "publish", "sends": VIDEO}, {}, True),
        ({"direction": "publish", "sends": VIDEO, "is_shed": True}, {}, False),
        ({"direction": "publish", "sends": ("audio",)}, {}, False),
        ({"direction": "publish"}, {}, False),  # a relay that is older than that
        ({"streams": (StreamLine(stream="stage", bitrate_bps=900),)}, {}, True),
        ({"streams": (StreamLine(stream="sound", bitrate_bps=900),)}, {}, False),
        ({"streams": (StreamLine(stream="content", bitrate_bps=900),)}, {}, False),
        ({"streams": (StreamLine(stream="speaker", empty_ms=9000),)}, {}, False),
        ({}, {"speaker_empty_ms": 1000}, True),
        ({}, {"content_empty_ms": 1000, "stage_empty_ms": 0}, False),
    ],
)
def test_pictures_are_due_of_people_that_are_there(
    figures: dict[str, Any], counted: dict[str, int], is_due: bool
) -> None:
    figures = {"direction": "play"} | figures
    line = Attendee(subject="a", joined_at=T0, is_connected=True, **figures)
    assert is_picture_due(line, counted) is is_due
