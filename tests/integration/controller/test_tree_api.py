"""Changes of the tree by a program: looked through, taken as seen, listed, taken back."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from controller.audit.tables import AuditEntry
from controller.db.engine import reading
from controller.people.accounts import Accounts
from controller.roles import Role
from tests.integration.controller.centre import Centre, Person, meeting_body

CHANGES = "/api/v1/tree/changes"
MERGER = {"kind": "merge", "units": ["xa-b", "xa-c"], "name": "Xã Mới", "basis": "NQ 1685"} | {
    "owner": "people_committee"
}


async def units_of_points(person: Person) -> dict[str, str]:
    return {one["point_id"]: one["unit_id"] for one in (await person.get("/api/v1/points")).json()}


async def test_a_merger_is_drawn_taken_listed_and_taken_back(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    before = await units_of_points(admin)
    drawn = await admin.post(f"{CHANGES}/drawn", MERGER)
    assert drawn.status_code == 200, drawn.text
    assert await units_of_points(admin) == before
    assert (await admin.get(CHANGES)).json() == []
    altered = {one["unit_id"]: one for one in drawn.json()["alters"]["units"]}
    assert {"xa-b", "xa-c"} < altered.keys()
    assert all(altered[one]["ends_at"] for one in ("xa-b", "xa-c"))
    taken = await admin.post(CHANGES, MERGER | {"seen": drawn.json()["seen"]})
    assert taken.status_code == 201, taken.text
    made = taken.json()
    [new] = [one["unit_id"] for one in made["alters"]["units"] if not one["before"]]
    assert await units_of_points(admin) == before | {"p-b": new, "p-c": new}
    again = await admin.post(CHANGES, MERGER | {"seen": drawn.json()["seen"]})
    assert again.status_code in (404, 409)
    [listed] = (await admin.get(CHANGES)).json()
    assert listed == made
    assert (listed["basis"], listed["made_by"], listed["taken_back_at"]) == (
        "NQ 1685",
        "admin",
        None,
    )
    path = f"{CHANGES}/{made['change_id']}"
    assert (await admin.get(path)).json() == made
    back = await admin.post(f"{path}/take-back")
    assert (back.status_code, back.json()["taken_back_by"]) == (200, "admin")
    assert await units_of_points(admin) == before
    assert (await admin.post(f"{path}/take-back")).status_code == 409
    with reading(centre.web.state) as session:
        entries = list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.entry_id))))
    assert entries.count("change_tree") == entries.count("take_back_tree_change") == 1


async def test_each_kind_is_taken_with_its_day(sqlite_centre: Centre) -> None:
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    day = (sqlite_centre.web.now() + timedelta(days=40)).date().isoformat()
    for body in (
        {"kind": "rename", "thing": "unit:xa-b", "name": "Phường B"},
        {"kind": "move", "thing": "point:p-c", "under": "xa-b"},
        {"kind": "split", "thing": "unit:tinh", "name": "Khu mới", "taken": ["point:p-chair"]},
        {"kind": "end", "thing": "point:p-b", "day": day},
    ):
        made = await admin.post(CHANGES, body)
        assert made.status_code == 201, (body, made.text)
    assert (await units_of_points(admin))["p-c"] == "xa-b"
    assert len((await admin.get(CHANGES, most="2")).json()) == 2
    assert len((await admin.get(CHANGES, skip="3")).json()) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "import"}, 422),
        ({"kind": "merge", "units": ["xa-b", "xa-c"], "name": "X"}, 422),  # of two owners
        (MERGER | {"owner": "nobody"}, 422),
        ({"kind": "merge", "units": ["xa-b"]}, 422),
        ({"kind": "merge", "units": ["xa-b", "nowhere"], "name": "X"}, 404),
        ({"kind": "rename", "thing": "xa-b", "name": "X"}, 422),
        ({"kind": "rename", "thing": "unit:xa-b", "name": "x" * 200}, 422),
        ({"kind": "rename", "thing": "unit:nowhere", "name": "X"}, 404),
        ({"kind": "end", "thing": "unit:xa-b", "day": "2026-13-01"}, 422),
        ({"kind": "end", "thing": "unit:xa-b", "day": "2199-01-01"}, 422),
        ({"kind": "move", "thing": "unit:tinh", "under": "xa-b"}, 422),
        (MERGER | {"units": ["xa-b"] * 401}, 422),
        (MERGER | {"more": 1}, 422),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_written(
    sqlite_centre: Centre, body: dict[str, object], status: int
) -> None:
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    for path in (CHANGES, f"{CHANGES}/drawn"):
        answer = await admin.post(path, body)
        assert answer.status_code == status, answer.text
    assert (await admin.get(CHANGES)).json() == []


async def test_a_point_in_a_meeting_is_told_of_and_who_may_is_asked(
    sqlite_centre: Centre,
) -> None:
    office = await sqlite_centre.sign_in()
    meeting = (await office.post("/api/v1/meetings", meeting_body(sqlite_centre.time))).json()
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    end = {"kind": "end", "thing": "point:p-b"}
    drawn = await admin.post(f"{CHANGES}/drawn", end)
    assert [one["meeting_id"] for one in drawn.json()["meetings"]] == [meeting["meeting_id"]]
    assert (await office.post(CHANGES, end)).status_code == 403
    assert (await office.get(CHANGES)).status_code == 200
    sqlite_centre.web.part(Accounts).set_branches("office", ["xa-b"])
    assert (await (await sqlite_centre.sign_in()).get(CHANGES)).status_code == 403
