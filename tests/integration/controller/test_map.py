"""The map: what stands on it, where, and whose incident is at which line, of the real databases."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import Session, select

from controller.db.engine import reading, writing
from controller.incidents.tables import IncidentPoint, IncidentRow
from controller.ingest.cause_tables import OutageVerdict
from controller.ingest.tables import PresenceInterval
from controller.places import service as places
from controller.places.tables import Point
from controller.province_map import moves
from controller.province_map.moves import KEPT, MapMoves
from controller.province_map.tables import MapMove
from controller.roles import Role
from tests.fakes.country import fill
from tests.integration.controller.centre import Centre, Person

PLATE = re.compile(r'data-key="([^"]+)" data-node="[^"]+" transform="translate\(([\d. ]+)\)"')


def plates(html: str) -> dict[str, str]:
    """Return where plates stand on the wide map."""
    return dict(PLATE.findall(html.partition('data-testid="map-tall"')[0]))


async def send(person: Person, path: str, **form: str) -> httpx.Response:
    """Send what the page's script sends."""
    headers = {"X-CSRF-Token": person.csrf_token, "HX-Request": "true"}
    return await person.client.post(path, data=form, headers=headers)


def open_incident(session: Session, points: list[str], unit_id: str, centre: Centre) -> int:
    """Write an incident that is not over."""
    now = centre.time.now()
    row = IncidentRow(
        key=f"unit {unit_id}", reach="unit", told_reach="unit", unit_id=unit_id, evidence="",
        began_at=now, opened_at=now, joined_at=now, told_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    number = row.number or 0
    session.add_all(IncidentPoint(number=number, point_id=one, began_at=now) for one in points)
    return number


async def test_each_unit_is_a_plate_and_an_incident_is_at_its_line(centre: Centre) -> None:
    ids = fill(centre.web, points=40, wrong=8, now=centre.time.now() - timedelta(seconds=1))
    with writing(centre.web.state) as session:
        number = open_incident(session, ids[-8:], "v30", centre)
    person = await centre.sign_in(Role.VIEWER)
    page = (await person.get("/parts/map")).text
    assert {"u:v0", "u:v10", "u:v20", "u:v30"} <= set(plates(page))
    assert f'href="/incidents/{number}"' in page and "Đứt một tuyến: 8 điểm cầu" in page
    assert re.search(r'data-key="l:u:v30" class="is-cut is-down"', page)
    assert re.search(r'data-key="l:u:v0" class="is-well"', page)
    assert page.count('data-key="p:q39"') == 2  # once on each drawing
    inside = (await person.get("/parts/map", **{"in": "v30"})).text
    assert {f"p:{one}" for one in ids[30:]} == set(plates(inside))


def cut(centre: Centre, points: list[str], hours: float, cause: str = "line") -> None:
    """Write that points were cut so many hours ago, at one moment."""
    began_at = centre.time.now() - timedelta(hours=hours)
    with writing(centre.web.series) as session:
        session.add_all(
            OutageVerdict(point_id=one, outage_began_at=began_at, judged_at=began_at,
                          noticed_at=began_at, cause=said, is_certain=True, is_recorded=True,
                          evidence="[]")
            for one in points
            for said in dict.fromkeys(("unknown", cause))
        )  # fmt: skip


async def test_a_line_that_cuts_have_shown_to_be_shared_is_drawn_from_group_to_group(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    ids = fill(centre.web, points=40, wrong=0, now=centre.time.now() - timedelta(seconds=1))
    both, dark, once = [ids[3], ids[34]], [ids[12], ids[25]], [ids[7], ids[15]]
    for hours in (30, 50, 70):
        cut(centre, both, hours)
        cut(centre, dark, hours + 1, "power")  # of one mains, not of one line
    cut(centre, once, 20)
    person = await centre.sign_in(Role.VIEWER)
    page = (await person.get("/parts/map")).text
    shared = re.findall(r'data-key="(s:[^"]+)" class="is-shared".*?<title>(.*?)</title>', page)
    assert shared == [("s:u:v0:u:v30", "Khu vực 1, Khu vực 4: cùng mất 3 lần")] * 2
    # A finger has no pointer that waits over a curve: what it joins is written out as well.
    written = page.partition('data-testid="map-shared"')[2].partition("</details>")[0]
    assert (
        "Đường dùng chung (1)" in written and "<li>Khu vực 1, Khu vực 4: cùng mất 3 lần" in written
    )
    assert "đường chung, rút ra từ những lần cùng mất" in page and "Chưa ghi danh" in page
    inside = (await person.get("/parts/map", **{"in": "v0"})).text
    assert 'class="is-shared"' not in inside.partition('class="legend"')[0]  # one of them alone


async def test_the_map_leads_back_to_the_points_and_a_unit_to_the_map(
    sqlite_centre: Centre,
) -> None:
    fill(sqlite_centre.web, points=20, wrong=0, now=sqlite_centre.time.now())
    person = await sqlite_centre.sign_in(Role.VIEWER)
    for inside, leads_back in (("", ["/points"]), ("v10", ["/points", "/map"])):
        page = (await person.get("/map", **{"in": inside})).text
        crumbs = page[page.index('class="crumbs"') :].split("</nav>")[0].split("</ol>")[0]
        assert re.findall(r'href="([^"]*)"', crumbs) == leads_back


async def test_what_goes_wrong_moves_nothing(sqlite_centre: Centre) -> None:
    now = sqlite_centre.time.now()
    fill(sqlite_centre.web, points=170, wrong=0, now=now - timedelta(seconds=1))
    person = await sqlite_centre.sign_in(Role.VIEWER)
    before = (await person.get("/parts/map")).text
    assert "is-wrong" not in before
    with writing(sqlite_centre.web.series) as session:
        for row in session.exec(select(PresenceInterval)):
            if row.ended_at is None and row.point_id in ("q5", "q99", "q100"):
                row.state = "down"
                session.add(row)
    after = (await person.get("/parts/map")).text
    assert after.count("is-wrong") == 2 * 3  # once on each drawing
    assert plates(after) == plates(before)


async def test_what_is_put_by_hand_stays_and_is_taken_back(centre: Centre) -> None:
    fill(centre.web, points=40, wrong=0, now=centre.time.now() - timedelta(seconds=1))
    office = await centre.sign_in(Role.OFFICE)
    before = plates((await office.get("/parts/map")).text)
    for x in ("0.25", "0.75"):
        answer = await send(office, "/map/moves", key="u:v10", x=x, y="0.5")
        assert answer.status_code == 200, answer.text
    after = plates((await office.get("/parts/map")).text)
    assert after["u:v10"].startswith("1200.0 ")
    assert {**after, "u:v10": ""} == {**before, "u:v10": ""}
    assert (await send(office, "/map/undo")).status_code == 200
    assert plates((await office.get("/parts/map")).text)["u:v10"].startswith("400.0 ")
    assert (await send(office, "/map/moves", key="u:v10", action="automatic")).status_code == 200
    assert plates((await office.get("/parts/map")).text) == before
    assert [(await send(office, "/map/undo")).status_code for _ in range(3)] == [200, 200, 409]
    assert plates((await office.get("/parts/map")).text) == before


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"key": "u:v10", "x": "1.01", "y": "0.5"}, 400),
        ({"key": "u:v10", "x": "nan", "y": "0.5"}, 400),
        ({"key": "u:v10", "x": "", "y": ""}, 400),
        ({"key": "u:nowhere", "x": "0.5", "y": "0.5"}, 404),
        ({"key": "x" * 300, "x": "0.5", "y": "0.5"}, 404),
    ],
)
async def test_what_cannot_be_is_refused(
    sqlite_centre: Centre, form: dict[str, Any], status: int
) -> None:
    fill(sqlite_centre.web, points=20, wrong=0, now=sqlite_centre.time.now())
    office = await sqlite_centre.sign_in(Role.OFFICE)
    assert (await send(office, "/map/moves", **form)).status_code == status
    with reading(sqlite_centre.web.state) as session:
        assert moves.by_hand(session) == {}


async def test_who_only_looks_moves_nothing(sqlite_centre: Centre) -> None:
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    assert (await send(viewer, "/map/moves", key="centre", x="0.5", y="0.5")).status_code == 403


async def test_moves_are_forgotten_but_for_the_last_of_each(centre: Centre) -> None:
    desk = MapMoves(centre.web.state, centre.time.now)
    desk.put("u:first", (0.125, 0.25), actor="office")
    with writing(centre.web.state) as session:
        session.add_all(
            MapMove(node_key="u:much", x=0.5, y=0.5, moved_at=centre.time.now(), moved_by="a")
            for _ in range(KEPT + 20)
        )
    desk.put("u:much", (0.75, 0.5), actor="office")
    with reading(centre.web.state) as session:
        assert len(session.exec(select(MapMove.move_id)).all()) <= KEPT + 1
        assert moves.by_hand(session) == {"u:first": (0.125, 0.25), "u:much": (0.75, 0.5)}


async def test_coordinates_come_from_a_file_and_stay_where_a_later_one_has_none(
    centre: Centre,
) -> None:
    table = (
        "what,unit_id,point_id,name,latitude,longitude\nunit,north,,Phía Bắc,,\n"
        'point,north,p-n,Điểm Bắc,"22,3456",104.125\npoint,north,p-s,Điểm Nam,21.5,"104,5"\n'
    )
    now = centre.time.now() - timedelta(seconds=1)
    places.import_file(centre.web.state, table.encode(), now=now)
    without = "what,unit_id,point_id,name\npoint,north,p-n,Điểm Bắc mới\n"
    places.import_file(centre.web.state, without.encode(), now=now)
    person = await centre.sign_in(Role.VIEWER)
    page = (await person.get("/parts/map", by="place")).text.partition('"map-tall"')[0]
    seen = {
        key: float(y)
        for key, y in re.findall(r'data-key="(p:p-[ns])".*?<use [^>]* y="([\d.]+)"', page)
    }
    assert seen["p:p-n"] < seen["p:p-s"]  # north is up
    with reading(centre.web.state) as session:
        point = session.get(Point, "p-n")
        assert point is not None and (point.latitude, point.longitude) == (22.3456, 104.125)


async def test_a_search_marks_a_point_and_says_where_it_is(sqlite_centre: Centre) -> None:
    fill(sqlite_centre.web, points=400, wrong=0, now=sqlite_centre.time.now())
    person = await sqlite_centre.sign_in(Role.VIEWER)
    page = (await person.get("/parts/map", find="sung trai 235")).text
    assert "Khu vực 24" in page and re.search(r'is-found" data-key="u:v230"', page)
    assert "không có gì tên như vậy" in (await person.get("/parts/map", find="zzz")).text
