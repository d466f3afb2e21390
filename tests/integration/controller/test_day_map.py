"""Availability by day and week, from presence as it is stored to the page and the file."""

import csv
import io
from datetime import timedelta

import pytest

from contracts.local_days import day_of
from controller.roles import Role
from tests.fakes.country import fill
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_availability import tell

ADDRESS, FILE = "/availability/days", "/availability/days.csv"


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


async def test_a_cell_has_its_number_and_opens_its_interruptions(centre: Centre) -> None:
    tell(centre)
    viewer = await centre.sign_in(Role.VIEWER)
    today = day_of(centre.time.now())
    monday = today - timedelta(days=today.weekday())
    for query, first, last in (
        ({}, today, today),
        ({"month": "year"}, monday, monday + timedelta(days=6)),
    ):
        page = (await viewer.get(ADDRESS, **query)).text
        assert page.index("days-p-b") < page.index("days-p-c"), "the worst first"
        opened = f"/points/p-b/availability?from={first}&amp;to={last}"
        assert opened in page
        assert (await viewer.get(opened.replace("&amp;", "&"))).status_code == 200
    page = (await viewer.get(ADDRESS, unit="xa-c")).text
    assert ("days-p-b" in page, "days-p-c" in page) == (False, True)


async def test_the_file_has_what_availability_says(centre: Centre) -> None:
    tell(centre)
    viewer = await centre.sign_in(Role.VIEWER)
    today = day_of(centre.time.now())
    parted = table((await viewer.get(FILE, month=f"{today:%Y-%m}")).text)
    whole = table((await viewer.get("/availability.csv", month=f"{today:%Y-%m}")).text)
    assert [one["Điểm cầu"] for one in parted] == [one["Điểm cầu"] for one in whole]
    for one, other in zip(parted, whole, strict=True):
        figures = one["Cả kỳ (%)"], other["24×7 (%)"]
        assert "" not in figures or figures == ("", "")
        # The clock went on between the two.
        assert float(figures[0] or 0) == pytest.approx(float(figures[1] or 0), abs=0.1)
    assert len(table((await viewer.get(FILE, month="year")).text)[0]) == 3 + 53


async def test_what_cannot_be_shown_is_refused_with_a_word(centre: Centre) -> None:
    viewer = await centre.sign_in(Role.VIEWER)
    for path in (ADDRESS, FILE):
        for query in ({"month": "2026-13"}, {"month": "3000-01"}):
            assert (await viewer.get(path, **query)).status_code == 422, query
        assert (await viewer.get(path, unit="xa-x")).status_code == 404
    for page in ("0", "2", "-1"):
        assert (await viewer.get(ADDRESS, page=page)).status_code == 404, page
    viewer.client.cookies.clear()
    for path in (ADDRESS, FILE):
        assert (await viewer.get(path)).status_code in (303, 401)


async def test_more_points_than_a_page_has_are_on_pages_the_worst_first(centre: Centre) -> None:
    now = centre.time.now() - timedelta(seconds=1)
    fill(centre.web, points=100, wrong=20, now=now, days=1)
    person = await centre.sign_in()
    first = (await person.get(ADDRESS, month="year")).text
    assert first.count('data-testid="days-q') == 60
    assert "page=2" in first and "page=0" not in first
    second = (await person.get(ADDRESS, month="year", page="2")).text
    # The three points of the tests' own were never heard of.
    assert second.count('data-testid="days-q') == 40
    assert second.count('data-testid="days-p-') == 3
    assert "page=1" in second and "page=3" not in second
