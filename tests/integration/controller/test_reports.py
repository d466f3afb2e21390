"""Reports on screen, for programs and as files, of some weeks of a province, on both databases."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from controller.db.engine import writing
from controller.meetings.tables import Meeting
from controller.places.tables import Point, Unit
from controller.reports import service
from controller.roles import Role
from controller.turns import Turns
from tests.integration.controller.centre import Centre, Person
from tests.integration.controller.province_year import (
    HOSTILE,
    LONG,
    YearSize,
    point_id,
    seed_places,
    seed_year,
)

SIZE = YearSize(points=8, meetings=40, days=60)
NOW = datetime(2026, 8, 20, 3, tzinfo=UTC)
QUARTER = "period=2026-Q3"


async def reader(centre: Centre) -> Person:
    """Return a viewer's browser, on a day in the middle of a quarter that has been held."""
    centre.time.offset = NOW - datetime.now(UTC)
    seed_places(centre.web.state, SIZE, NOW)
    seed_year(centre.web.state, SIZE, NOW)
    return await centre.sign_in(Role.VIEWER)


async def got(person: Person, address: str) -> str:
    answer = await person.client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_without_a_session_nothing_is_counted_and_no_unit_is_told_from_another(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reader(centre)
    taken = Turns(most_at_once=1, waits_s=0)
    monkeypatch.setattr(service, "TURNS", taken)
    nobody = centre.client()
    tails = ("", "/meetings", "/turns", "/report.xlsx", "/report.docx", "/units.csv")
    with taken.taken():  # whoever counted now would be told to come again
        for tail in tails:
            for asked in (QUARTER, f"{QUARTER}&unit=u-none", "period=nonsense", "heard=nonsense"):
                answer = await nobody.get(f"/api/v1/reports{tail}?{asked}")
                assert answer.status_code == 401, (tail, asked, answer.text)


async def test_the_figures_of_a_quarter_are_those_of_its_rows(centre: Centre) -> None:
    viewer = await reader(centre)
    report = (await viewer.client.get(f"/api/v1/reports?{QUARTER}")).json()
    meetings = (await viewer.client.get(f"/api/v1/reports/meetings?{QUARTER}")).json()
    whole = report["whole"]
    assert whole["meetings"] == len(meetings) > 20
    assert whole["online"] == sum(one["held_as"] == "online" for one in meetings)
    assert whole["in_person"] > 0
    assert whole["online_ratio"] == whole["online"] / whole["meetings"]
    assert report["not_counted"].keys() == {"cancelled"}
    turns = whole["turns"]
    assert turns["count"] == whole["meetings"] * SIZE.points
    for parts in ("months", "kinds", "levels", "owners"):
        assert sum(one["sums"]["meetings"] for one in report[parts]) == whole["meetings"]
    for parts in ("units", "points"):
        assert sum(one["turns"]["count"] for one in report[parts]) == turns["count"]
    listed = []
    for heard in ("uninterrupted", "interrupted", "excluded", "unknown", "in_person"):
        page, of = 1, f"/api/v1/reports/turns?{QUARTER}&heard={heard}"
        while rows := (await viewer.client.get(f"{of}&page={page}")).json():
            assert {one["heard"] for one in rows} == {heard}
            listed += rows
            page += 1
        assert len([one for one in listed if one["heard"] == heard]) == turns[heard]
    assert sum(one["roll"] == "late" for one in listed) == turns["late"] > 0


async def test_a_branch_has_its_own_points_and_the_meetings_it_was_in(centre: Centre) -> None:
    viewer = await reader(centre)
    whole = (await viewer.client.get(f"/api/v1/reports?{QUARTER}")).json()
    halves = [
        (await viewer.client.get(f"/api/v1/reports?{QUARTER}&unit=half-{one}")).json()
        for one in "ab"
    ]
    counts = [one["whole"]["turns"]["count"] for one in halves]
    assert sum(counts) == whole["whole"]["turns"]["count"]
    assert [one["whole"]["meetings"] for one in halves] == [whole["whole"]["meetings"]] * 2
    assert {one["id"] for one in halves[0]["points"]} == {point_id(n) for n in (0, 2, 4, 6)}
    one_kind = (await viewer.client.get(f"/api/v1/reports?{QUARTER}&kind=briefing")).json()
    of_all = {one["key"]: one["sums"] for one in whole["kinds"]}
    assert one_kind["whole"] == of_all["briefing"]


async def test_a_point_that_ended_stays_in_the_figures(centre: Centre) -> None:
    """A merger must not tear history apart: its turns are of no unit of that day, and counted."""
    viewer = await reader(centre)
    before = (await viewer.client.get(f"/api/v1/reports?{QUARTER}")).json()
    with writing(centre.web.state) as session:
        for row in (session.get(Point, point_id(3)), session.get(Unit, "u-003")):
            assert row is not None
            row.valid_to = NOW - timedelta(days=1)
    after = (await viewer.client.get(f"/api/v1/reports?{QUARTER}")).json()
    assert after["whole"] == before["whole"]
    assert {one["id"] for one in after["units"]} == {"half-a", "half-b", ""}


async def test_pages_open_each_figure_and_no_name_is_markup(centre: Centre) -> None:
    viewer = await reader(centre)
    page = await got(viewer, f"/reports?{QUARTER}")
    assert "Báo cáo quý III/2026" in page
    assert "mục tiêu trên 80" in page
    assert LONG in await got(viewer, f"/reports/points?{QUARTER}")
    evidence = await got(viewer, f"/reports/turns?{QUARTER}&point={point_id(1)}")
    assert "&lt;script&gt;" in evidence
    assert HOSTILE[1] not in evidence + page
    assert "Họp trực tiếp" in await got(viewer, f"/reports/meetings?{QUARTER}&held_as=in_person")
    [minutes, *_] = re.findall(rf'href="(/meetings/[^"/]+/heard/{point_id(1)})"', evidence)
    assert "heard-point" in await got(viewer, minutes)
    in_person = await got(viewer, f"/reports/turns?{QUARTER}&heard=in_person")
    assert "evidence-turns" in in_person and "/heard/" not in in_person
    for rest in ("&heard=interrupted&cause=line", "&roll=absent", "&page=99", "&meeting=no-such"):
        await got(viewer, f"/reports/turns?{QUARTER}{rest}")
    english = await viewer.client.get(f"/reports?{QUARTER}", headers={"cookie": "; ".join((
        *(f"{name}={value}" for name, value in viewer.client.cookies.items()),
        "diemcau_language=en",
    ))})  # fmt: skip
    assert "Report of quarter III/2026" in english.text


async def test_a_period_without_meetings_says_so(centre: Centre) -> None:
    viewer = await centre.sign_in(Role.VIEWER)
    assert 'data-testid="report-empty"' in await got(viewer, "/reports?period=2024")
    empty = (await viewer.client.get("/api/v1/reports?period=2024")).json()
    assert (empty["whole"]["online_ratio"], empty["points"]) == (None, [])
    for kind in ("xlsx", "docx"):
        answer = await viewer.client.get(f"/reports/report.{kind}?period=2024")
        assert answer.status_code == 200


async def test_noughts_open_nothing_and_a_first_period_has_nothing_to_compare_with(
    centre: Centre,
) -> None:
    viewer = await reader(centre)
    first = await got(viewer, "/reports?from=2026-06-19&to=2026-08-20")
    assert "không có cuộc họp để so sánh" in first
    assert "heard=unknown" in first and "heard=excluded" in first
    branch = await got(viewer, f"/reports?{QUARTER}&unit=u-003")
    assert "report-rows" in branch
    one_day = await got(viewer, "/reports/points?from=2026-08-03&to=2026-08-03")
    for row in re.findall(r'<tr data-testid="report-point-.*?</tr>', one_day, re.DOTALL):
        assert not re.search(r"<a [^>]*>0</a>", row), row
    with writing(centre.web.state) as session:
        session.add(
            Unit(
                unit_id="empty", name="Xã Mới", parent_id="half-a", valid_from=NOW,
                owner="people_committee",
            )
        )  # fmt: skip
    assert "report-empty" in await got(viewer, f"/reports?{QUARTER}&unit=empty")


async def test_files_are_the_same_twice_and_hold_no_formula(centre: Centre) -> None:
    viewer = await reader(centre)
    for kind, part in (("xlsx", "xl/sharedStrings.xml"), ("docx", "word/document.xml")):
        one, other = [
            (await viewer.client.get(f"/reports/report.{kind}?period=2026-07")).content
            for _ in range(2)
        ]
        assert one == other
        with zipfile.ZipFile(io.BytesIO(one)) as package:
            assert package.testzip() is None
            text = package.read(part).decode()
            assert "tháng 7/2026" in text
            assert LONG in text
            assert not any(b"<f>" in package.read(name) for name in package.namelist())
    table = await got(viewer, "/reports/causes.csv?period=2026-07")
    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"))))
    assert "'=1+1" in {row[1] for row in rows}
    for name in ("summary", "months", "kinds", "levels", "owners", "units", "points", "meetings"):
        assert (await viewer.client.get(f"/api/v1/reports/{name}.csv?{QUARTER}")).status_code == 200


REFUSED = {
    "period=2026-13": 422,
    "period=2027": 422,
    "period=%00": 422,
    "from=2026-09-01&to=2026-08-01": 422,
    "from=2020-01-01&to=2026-08-01": 422,
    "from=x&to=": 422,
    "period=days": 422,
    "kind=secret": 422,
    "unit=no-such-unit": 404,
    "unit=%27%3B%20DROP": 404,
}
NO_CHOICES = ("turns?heard=x", "turns?roll=1", "meetings?level=9", "meetings?level=x",
              "meetings?owner=me", "turns?page=0", "turns?page=x")  # fmt: skip


async def test_what_cannot_be_asked_for_is_refused_with_a_sentence(centre: Centre) -> None:
    centre.time.offset = NOW - datetime.now(UTC)
    viewer = await centre.sign_in(Role.VIEWER)
    for query, status in REFUSED.items():
        for address in ("/reports", "/api/v1/reports", "/reports/report.xlsx"):
            answer = await viewer.client.get(f"{address}?{query}")
            assert answer.status_code == status, (query, answer.text)
    for rest in NO_CHOICES:
        assert (await viewer.client.get(f"/reports/{rest}")).status_code == 422, rest
    assert (await viewer.client.get("/reports/passwords.csv")).status_code == 404


async def test_more_than_can_be_counted_is_refused(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = await reader(centre)
    monkeypatch.setattr(service, "MOST_TURNS", 10)
    answer = await viewer.client.get(f"/api/v1/reports?{QUARTER}")
    assert answer.status_code == 422
    assert "kỳ ngắn hơn" in answer.text


async def test_a_month_may_begin_on_another_day(centre: Centre) -> None:
    viewer = await reader(centre)
    usual = (await viewer.client.get("/api/v1/reports?period=2026-08")).json()
    assert (usual["first_day"], usual["last_day"]) == ("2026-08-01", "2026-08-31")
    web = centre.web
    reports = msgspec.structs.replace(web.settings.reports, month_begins_on=15)
    settings = msgspec.structs.replace(web.settings, reports=reports)
    object.__setattr__(web, "settings", settings)
    shifted = (await viewer.client.get("/api/v1/reports?period=2026-08")).json()
    assert (shifted["first_day"], shifted["last_day"]) == ("2026-07-15", "2026-08-14")
    assert "ngày 15 tháng trước đến ngày 14" in await got(viewer, "/reports?period=2026-08")


async def test_a_meeting_that_is_not_over_does_not_count(centre: Centre) -> None:
    viewer = await reader(centre)
    before = (await viewer.client.get(f"/api/v1/reports?{QUARTER}")).json()
    with writing(centre.web.state) as session:
        last = session.get(Meeting, f"year-{SIZE.meetings - 1:04}")
        assert last is not None
        assert last.state == "ended"
        last.state, last.ended_at = "live", None
    after = (await viewer.client.get(f"/api/v1/reports?{QUARTER}")).json()
    assert after["whole"]["meetings"] == before["whole"]["meetings"] - 1
    assert after["not_counted"]["live"] == 1
