"""A meeting's type, level and secretary: kept, shown, found by; what is none is refused."""

import re
from datetime import timedelta

import pytest

from controller.db.engine import writing
from controller.meetings.kinds import MeetingKind
from controller.meetings.views.kinds import kind_name
from controller.places.tables import Point, Unit
from controller.web.i18n.catalogue import languages
from tests.integration.controller.centre import Centre, Person, meeting_body

CHAIR = 'Bà <i>Giàng</i> Thị "Páo"'
SECRETARY = "Hoàng Thị <b>Ngọc</b> Ánh"
ROW = re.compile(r'data-testid="meeting-(m[\w-]+)"')


async def made(office: Person, centre: Centre, **changed: object) -> str:
    answer = await office.post("/api/v1/meetings", meeting_body(centre.time, **changed))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["meeting_id"])


async def test_what_a_meeting_is_is_kept_and_told(centre: Centre) -> None:
    office = await centre.sign_in()
    said = {"kind": "voters", "level": 3, "secretary": SECRETARY, "chair_name": CHAIR}
    meeting_id = await made(office, centre, **said)
    shown = (await office.get(f"/api/v1/meetings/{meeting_id}")).json()
    assert {name: shown[name] for name in said} == said
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Tiếp xúc cử tri, 3 cấp" in page
    assert "thư ký: Hoàng Thị &lt;b&gt;Ngọc&lt;/b&gt; Ánh" in page
    assert "chủ tọa: Bà &lt;i&gt;Giàng&lt;/i&gt; Thị &#34;Páo&#34;" in page
    body = meeting_body(centre.time, kind="training", level=2)
    edited = await office.put(f"/api/v1/meetings/{meeting_id}", body)
    assert (edited.json()["kind"], edited.json()["level"]) == ("training", 2)


async def test_a_program_that_knows_no_types_makes_one_of_another_type(centre: Centre) -> None:
    office = await centre.sign_in()
    shown = (await office.get(f"/api/v1/meetings/{await made(office, centre)}")).json()
    assert (shown["kind"], shown["level"], shown["secretary"]) == ("other", None, "")
    assert (shown["held_as"], shown["chair_name"]) == ("online", "")


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "party"},
        {"kind": 3},
        {"level": 5},
        {"level": "x"},
        {"secretary": "x" * 61},
        {"chair_name": "x" * 61},
        {"chair_name": "a\nb"},
        {"held_as": "phone"},
        {"host_unit_id": "?"},
    ],
)
async def test_what_is_none_is_refused(sqlite_centre: Centre, changed: dict[str, object]) -> None:
    office = await sqlite_centre.sign_in()
    answer = await office.post("/api/v1/meetings", meeting_body(sqlite_centre.time, **changed))
    assert answer.status_code == 422
    assert (await office.get("/api/v1/meetings")).json() == []


async def test_the_list_is_of_the_type_asked_for(centre: Centre) -> None:
    office = await centre.sign_in()
    briefing = await made(office, centre, kind="briefing")
    training = await made(office, centre, kind="training")
    for kind, expected in (
        ("", {briefing, training}),
        ("briefing", {briefing}),
        ("training", {training}),
        ("study", set()),
    ):
        for path in ("/meetings", "/parts/meetings", "/meetings/later"):
            page = (await office.client.get(f"{path}?kind={kind}")).text
            assert set(ROW.findall(page)) == expected, (path, kind)
    page = (await office.client.get("/meetings?kind=training")).text
    assert 'data-live="/parts/meetings?kind=training"' in page
    listed = (await office.get("/api/v1/meetings", kind="briefing")).json()
    assert [one["meeting_id"] for one in listed] == [briefing]
    page = (await office.client.get("/meetings?kind=study")).text
    assert page.count("Không có cuộc họp nào thuộc loại này.") == 3
    refused = await office.client.get("/meetings?kind=party")
    assert refused.status_code == 400
    assert "Không có loại cuộc họp này" in refused.text


async def test_the_form_says_which_choice_is_none_and_keeps_the_rest(
    sqlite_centre: Centre,
) -> None:
    office = await sqlite_centre.sign_in()
    entered = {"classification": "normal", "title": "Tập huấn", "kind": "party", "level": "9"}
    token = {"csrf_token": office.csrf_token}
    answer = await office.client.post(
        "/meetings/new", data=entered | token | {"secretary": SECRETARY}
    )
    assert answer.status_code == 422
    assert "Chọn loại cuộc họp trong danh sách." in answer.text
    assert "Chọn cấp họp trong danh sách." in answer.text
    assert "Hoàng Thị &lt;b&gt;Ngọc&lt;/b&gt; Ánh" in answer.text


async def test_the_host_is_the_unit_of_the_chairs_point_or_the_one_that_is_named(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    usual, named = await made(office, centre), await made(office, centre, host_unit_id="xa-b")
    listed = (await office.get("/api/v1/meetings")).json()
    hosts = {one["meeting_id"]: one["host_unit_id"] for one in listed}
    assert hosts == {usual: "tinh", named: "xa-b"}
    assert "đơn vị chủ trì: Tỉnh Thử" in (await office.get(f"/meetings/{usual}")).text
    for host, expected in (("tinh", {usual}), ("xa-b", {named}), ("xa-c", set())):
        page = (await office.client.get(f"/meetings?host={host}")).text
        assert set(ROW.findall(page)) == expected
        assert f'value="{host}" selected' in page
        found = (await office.get("/api/v1/meetings", host_unit_id=host)).json()
        assert {one["meeting_id"] for one in found} == expected
    assert page.count("Không có cuộc họp nào theo lựa chọn ở trên.") == 3
    form = (await office.client.get(f"/meetings/new?like={named}")).text
    assert 'value="xa-b" selected' in form


async def test_a_host_is_a_unit_of_the_meetings_date(centre: Centre) -> None:
    office, now = await centre.sign_in(), centre.time.now()
    with writing(centre.web.state) as session:
        unit = session.get_one(Unit, "xa-b")
        unit.valid_to = now + timedelta(days=2)
        session.add(unit)

    async def status(days: int, host: str) -> int:
        begins_at = now + timedelta(days=days)
        ends_at = (begins_at + timedelta(hours=1)).isoformat()
        said = {"begins_at": begins_at.isoformat(), "ends_at": ends_at, "held_as": "in_person"}
        body = meeting_body(centre.time, host_unit_id=host, **said)
        return (await office.post("/api/v1/meetings", body)).status_code

    assert [await status(days, "xa-b") for days in (-30, 1, 3)] == [201, 201, 400]
    assert await status(1, "nowhere") == 400


async def test_a_point_is_asked_for_at_the_meetings_hour(centre: Centre) -> None:
    office, now = await centre.sign_in(), centre.time.now()
    with writing(centre.web.state) as session:
        ending, coming = session.get_one(Point, "p-b"), session.get_one(Point, "p-c")
        ending.valid_to = coming.valid_from = now + timedelta(days=2)

    async def answer(days: int, point: str) -> tuple[int, str]:
        begins_at = now + timedelta(days=days)
        ends_at = (begins_at + timedelta(hours=1)).isoformat()
        said = {"begins_at": begins_at.isoformat(), "ends_at": ends_at}
        body = meeting_body(centre.time, **said) | {"point_ids": ["p-chair", point]}
        made = await office.post("/api/v1/meetings", body)
        return made.status_code, made.text

    assert [(await answer(days, "p-b"))[0] for days in (1, 3)] == [201, 400]
    assert [(await answer(days, "p-c"))[0] for days in (1, 3)] == [400, 201]
    assert "không có điểm cầu “Xã B”" in (await answer(3, "p-b"))[1]
    assert (await answer(1, "nowhere"))[0] == 404
    daily = {"point_ids": ["p-chair", "p-b"], "rule": "FREQ=DAILY;COUNT=5", "holidays": "keep"}
    series = await office.post("/api/v1/series", meeting_body(centre.time) | daily)
    assert (series.status_code, "không có điểm cầu “Xã B”" in series.text) == (400, True)


def test_every_type_has_a_name_of_its_own_in_both_languages() -> None:
    for words in languages().values():
        assert len({kind_name(words, one.value) for one in MeetingKind}) == len(MeetingKind)
