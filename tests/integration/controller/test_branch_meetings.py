"""People of a branch and meetings: their own are theirs, shared ones are read, others are not."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from controller.db.engine import writing
from controller.incidents.tables import IncidentPoint, IncidentRow
from controller.people.accounts import Accounts
from controller.places import service as places
from controller.roles import Role
from controller.web import branch_routes
from tests.integration.controller.centre import Centre, Person, meeting_body
from tests.integration.controller.test_branch_people import admin_of_branch, app_of, asked, named

IDS = {"point_id": "p-b", "unit_id": "xa-b", "place_id": "{place}-b"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A person of xa-b (office), one of the province, and three meetings."""

    centre: Centre
    person: Person
    office: Person
    own: str
    shared: str
    other: str


def at(centre: Centre, hours: int, **changed: object) -> dict[str, object]:
    begins = centre.time.now() + timedelta(hours=hours)
    times = {"begins_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=1)).isoformat()}
    return meeting_body(centre.time, **(times | changed))


@pytest.fixture
async def seen(sqlite_centre: Centre) -> AsyncIterator[Seen]:
    yield await _seen(sqlite_centre)


async def _seen(centre: Centre) -> Seen:
    now = centre.time.now()
    fields = {"unit_id": "xa-b", "owner": "people_committee"}
    places.add_point(
        centre.web.state, fields | {"point_id": "p-b2", "name": "Xã B, cơ sở 2"}, now=now
    )
    office = await centre.sign_in()
    accounts = centre.web.part(Accounts)
    accounts.add("clerk", "", Role.OFFICE, "mat-khau-thu", ["xa-b"])
    ids = []
    bodies = (
        at(centre, 2, chair_point_id="p-b", point_ids=["p-b2"], title="Họp riêng xã B"),
        at(centre, 4, title="Giao ban toàn tỉnh"),
        at(centre, 6, point_ids=["p-c"], title="Họp với xã C"),
    )
    for body in bodies:
        made = await office.post("/api/v1/meetings", body)
        assert made.status_code == 201, made.text
        ids.append(made.json()["meeting_id"])
    client = centre.client()
    body = {"user_name": "clerk", "password": "mat-khau-thu"}
    signed = await client.post("/api/v1/session", json=body)
    return Seen(centre, Person(client, signed.json()["csrf_token"]), office, *ids)


async def test_lists_have_what_the_branch_takes_part_in(seen: Seen) -> None:
    listed = (await seen.person.get("/api/v1/meetings")).json()
    assert {one["meeting_id"] for one in listed} == {seen.own, seen.shared}
    pages = ("/", "/meetings", "/meetings/later", "/search?q=họp")
    for path in pages:
        text = (await seen.person.get(path)).text
        assert "Họp với xã C" not in text, path
    assert "Giao ban toàn tỉnh" in (await seen.person.get("/meetings")).text
    assert "Văn phòng UBND tỉnh" in (await seen.person.get("/meetings")).text
    assert "Văn phòng UBND tỉnh" in (await seen.person.get("/")).text


async def test_every_route_of_a_meeting_of_others_says_that_there_is_none(seen: Seen) -> None:
    wrong, tried = [], 0
    for method, path, is_open in asked(app_of(seen.centre)):
        if "{meeting_id}" not in path or not is_open:
            continue
        answer = await seen.person.client.request(
            method,
            named(path, IDS | {"meeting_id": seen.other}),
            headers={"x-csrf-token": seen.person.csrf_token},
        )
        tried += 1
        if answer.status_code != 404 or "Họp với xã C" in answer.text:
            wrong.append((method, path, answer.status_code))
    assert wrong == []
    assert tried > 100


async def test_a_shared_meeting_is_read_and_not_changed(seen: Seen) -> None:
    read, wrong, changes = 0, [], 0
    for method, path, is_open in asked(app_of(seen.centre)):
        if "{meeting_id}" not in path or not is_open:
            continue
        name, address = f"{method} {path}", named(path, IDS | {"meeting_id": seen.shared})
        if method == "GET" and name not in branch_routes.FORMS:
            answer = await seen.person.get(address)
            read += answer.status_code == 200
            if answer.status_code not in (200, 400, 404, 409, 422):
                wrong.append((name, answer.status_code))
        elif name not in branch_routes.LOOKS:
            answer = await seen.person.client.request(
                method, address, headers={"x-csrf-token": seen.person.csrf_token}
            )
            changes += 1
            if answer.status_code != 403:
                wrong.append((name, answer.status_code))
    assert wrong == []
    assert read > 25
    assert changes > 60
    page = (await seen.person.get(f"/meetings/{seen.shared}")).text
    assert "Xã C" in page
    assert "change-open" not in page
    assert "change-open" in (await seen.person.get(f"/meetings/{seen.own}")).text


async def test_a_shared_meeting_is_watched_and_nothing_is_sent_into_it(seen: Seen) -> None:
    path = f"/api/v1/meetings/{seen.shared}/token"
    assert (await seen.person.post(path, {"direction": "play"})).status_code == 200
    for direction in ("publish", "share", "steer"):
        refused = await seen.person.post(path, {"direction": direction})
        assert refused.status_code == 403, direction


async def test_one_own_meeting_is_set_changed_and_cancelled(seen: Seen) -> None:
    body = at(seen.centre, 9, chair_point_id="p-b", point_ids=["p-b2"], title="Họp xã")
    made = await seen.person.post("/api/v1/meetings", body)
    assert made.status_code == 201, made.text
    path = f"/api/v1/meetings/{made.json()['meeting_id']}"
    changed = await seen.person.put(path, body | {"title": "Họp xã, sửa"})
    assert changed.status_code == 200, changed.text
    assert (await seen.person.get(f"{path.removeprefix('/api/v1')}/change")).status_code == 200
    assert (await seen.person.post(f"{path}/cancel")).status_code == 200


@pytest.mark.parametrize(
    "outside",
    [
        {"point_ids": ["p-b2", "p-c"]},
        {"chair_point_id": "p-chair"},
        {"host_unit_id": "tinh"},
        {"point_ids": ["p-b2", "p-nowhere"]},
    ],
)
async def test_nobody_of_others_is_invited(seen: Seen, outside: dict[str, object]) -> None:
    body = at(seen.centre, 9, chair_point_id="p-b", point_ids=["p-b2"]) | outside
    assert (await seen.person.post("/api/v1/meetings", body)).status_code == 404
    assert (await seen.person.put(f"/api/v1/meetings/{seen.own}", body)).status_code == 404
    series = body | {"rule": "FREQ=DAILY;COUNT=3"}
    assert (await seen.person.post("/api/v1/series", series)).status_code == 404


async def test_a_series_is_the_branchs_where_all_its_dates_are(seen: Seen) -> None:
    body = at(seen.centre, 30, chair_point_id="p-b", point_ids=["p-b2"])
    made = await seen.person.post("/api/v1/series", body | {"rule": "FREQ=DAILY;COUNT=3"})
    assert made.status_code == 201, made.text
    series_id, dates = made.json()["series_id"], made.json()["meetings"]
    assert (await seen.person.get(f"/series/{series_id}")).status_code == 200
    later = {"scope": "this_and_later"}
    last = dates[-1]
    wider = body | {
        "begins_at": last["begins_at"],
        "ends_at": last["ends_at"],
        "point_ids": ["p-b2", "p-c"],
    }
    kept = await seen.office.put(f"/api/v1/meetings/{last['meeting_id']}", wider)
    assert kept.status_code == 200, kept.text
    path = f"/api/v1/series/dates/{dates[0]['meeting_id']}/cancel"
    refused = await seen.person.post(path, later)
    assert refused.status_code == 403, refused.text
    assert (await seen.person.get(f"/series/{series_id}")).status_code == 200


async def test_incidents_are_those_of_the_branch(seen: Seen) -> None:
    now = seen.centre.time.now()
    with writing(seen.centre.web.state) as session:
        for number, points in ((1, ("p-b",)), (2, ("p-b", "p-c")), (3, ("p-c",))):
            session.add(
                IncidentRow(
                    number=number,
                    key="down",
                    reach="point",
                    told_reach="point",
                    began_at=now,
                    opened_at=now,
                    joined_at=now,
                    told_at=now,
                )
            )
            session.flush()
            session.add_all(
                IncidentPoint(number=number, point_id=one, began_at=now) for one in points
            )
    listed = (await seen.person.get("/incidents")).text
    assert [f'href="/incidents/{number}"' in listed for number in (1, 2, 3)] == [True, True, False]
    shown = await seen.person.get("/incidents/2")
    assert (shown.status_code, "Xã C" in shown.text) == (200, False)
    for path in ("/incidents/3", "/parts/incidents/3", "/incidents/0", "/incidents/x"):
        assert (await seen.person.get(path)).status_code == 404
    for number, status in ((1, 303), (2, 403), (3, 404)):
        taken = await seen.person.client.post(
            f"/incidents/{number}/acknowledge",
            data={"csrf_token": seen.person.csrf_token},
            headers={"x-csrf-token": seen.person.csrf_token},
        )
        assert taken.status_code == status, (number, taken.text)


async def test_reports_count_the_points_of_the_branch(seen: Seen) -> None:
    for path in ("/reports", "/reports/points", "/reports/turns", "/reports/meetings"):
        answer = await seen.person.get(path)
        assert answer.status_code == 200, path
        assert "Xã C" not in answer.text, path
    for path in ("/api/v1/reports", "/api/v1/reports/turns", "/api/v1/reports/meetings"):
        answer = await seen.person.get(path)
        assert answer.status_code == 200, path
        assert "p-c" not in answer.text, path
    answer = await seen.person.get("/reports", branch="xa-c")
    assert answer.status_code in (400, 404, 422) or "Xã C" not in answer.text


async def test_contacts_and_codes_are_those_of_the_branch(seen: Seen) -> None:
    admin = await admin_of_branch(seen.centre)
    token = {"x-csrf-token": admin.csrf_token}
    made = await admin.client.post("/points/p-b/code", headers=token)
    assert made.status_code == 200, made.status_code
    for path in ("/points/p-c/code", "/points/p-c/revoke", "/contacts/points/p-c"):
        assert (await admin.client.post(path, headers=token)).status_code == 404
    assert (await admin.get("/contacts/units/xa-b")).status_code == 200
    assert (await admin.get("/contacts/units/xa-c")).status_code == 404


def test_every_parameter_of_an_open_route_is_looked_at(sqlite_centre: Centre) -> None:
    """What a parameter names is the branch's, or a part of what another parameter names."""
    parts = {
        "/points/{point_id}": {"name", "device_id", "change_id"},
        "/meetings/{meeting_id}": {
            *("message_id", "file_id", "version", "task_id", "handout_id"),
            *("guest_id", "run", "name"),
        },
        "/reports": {"table"},
    }
    looked_at = {"point_id", "unit_id", "place_id", "card_id", "number", "meeting_id", "series_id"}
    wrong = []
    for method, path, is_open in asked(app_of(sqlite_centre)):
        allowed = [names for of, names in parts.items() if of in path]
        known = looked_at.union(*allowed)
        if is_open and not set(re.findall(r"\{(\w+)\}", path)) <= known:
            wrong.append((method, path))
    assert wrong == []


async def test_what_its_pages_load_by_themselves_is_open(seen: Seen) -> None:
    """A form that asks what is refused says nothing, and nobody learns why."""
    opened = [re.sub(r"\{\w+\}", "[^/]+", one.partition(" ")[2]) for one in branch_routes.OPEN]
    shown = set[str]()
    for path in (*_plain_pages(), "/points/p-b", f"/meetings/{seen.own}"):
        text = (await seen.person.get(path)).text
        shown |= set(re.findall(r'="(/parts/[\w/-]+)', text))
    assert "/parts/booking/rooms" in shown
    assert [one for one in shown if not any(re.fullmatch(way, one) for way in opened)] == []


def _plain_pages() -> list[str]:
    pages = [one.partition(" ")[2] for one in branch_routes.OPEN if one.startswith("GET /")]
    return sorted(
        one for one in pages if "{" not in one and not re.search(r"[.]|^/(api|parts)", one)
    )


async def test_the_form_says_whose_yes_a_room_needs_and_names_no_room_of_others(seen: Seen) -> None:
    begins = seen.centre.time.now() + timedelta(days=3)
    fields = {"date": begins.date().isoformat(), "begins": "08:00", "minutes": "60"}
    fields |= {"chair_point_id": "p-b", "participants": "p-c"}
    fields |= {"csrf_token": seen.person.csrf_token}
    answer = await seen.person.client.post("/parts/booking/rooms", data=fields)
    assert answer.status_code == 200
    assert "Xã C" not in answer.text
