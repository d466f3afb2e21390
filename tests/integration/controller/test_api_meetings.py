"""Meetings through the API: secret ones refused unread, edited, moved, told in the log."""

from datetime import timedelta

import pytest

from contracts.floor import FloorState
from contracts.ids import MeetingId, RelayId
from contracts.relay import MeetingState, RelayState
from contracts.tokens import verify
from controller.db.engine import writing
from controller.ingest.tables import IngestSpan, PresenceInterval
from controller.meetings.attendance import Attendance
from controller.roles import Role
from monitoring.judgement.presence import PresenceState
from tests.integration.controller.centre import Centre, Person, meeting_body

SECRET_TITLE = "Phương án phòng thủ khu vực 7391"


async def made(office: Person, centre: Centre, **changed: object) -> dict[str, object]:
    """Make a meeting; return it."""
    answer = await office.post("/api/v1/meetings", meeting_body(centre.time, **changed))
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


@pytest.mark.parametrize("classification", ["confidential", "secret", "top_secret"])
async def test_a_secret_meeting_is_refused_before_anything_of_it_is_kept(
    centre: Centre, classification: str, capfd: pytest.CaptureFixture[str]
) -> None:
    office = await centre.sign_in()
    body = meeting_body(
        centre.time, title=SECRET_TITLE, classification=classification, chair_point_id=7
    )
    answer = await office.post("/api/v1/meetings", body)
    meeting = await made(office, centre)
    edited = await office.put(f"/api/v1/meetings/{meeting['meeting_id']}", body)
    for refused in (answer, edited):
        assert refused.status_code == 422
        error = refused.json()["error"]
        assert error["code"] == "classification_refused"
        assert "Nghị định 26/2020" in error["message_vi"]
        assert "điều 6" in error["message_vi"]
        assert "Nghị định 26/2020, điều 6" in error["message_en"]
        assert "7391" not in refused.text
    files = [p for p in centre.web.settings.data_dir.rglob("*") if p.is_file()]
    assert [p for p in files if SECRET_TITLE.encode() in p.read_bytes()] == []
    assert "7391" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("classification", [None, "", "Normal", 7, ["normal"], {"a": 1}])
async def test_without_a_known_classification_nothing_else_is_read(
    centre: Centre, classification: object
) -> None:
    office = await centre.sign_in()
    body = meeting_body(centre.time, title=SECRET_TITLE, classification=classification)
    answer = await office.post("/api/v1/meetings", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "classification_missing")
    assert "7391" not in answer.text


async def test_a_meeting_is_made_listed_and_shown(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting = await made(office, centre, document_number="12/GM-UBND")
    listed = (await office.get("/api/v1/meetings")).json()
    assert [one["meeting_id"] for one in listed] == [meeting["meeting_id"]]
    assert listed[0]["point_count"] == 3
    shown = (await office.get(f"/api/v1/meetings/{meeting['meeting_id']}")).json()
    assert shown["point_ids"] == ["p-chair", "p-b", "p-c"]
    assert (shown["state"], shown["classification"]) == ("scheduled", "normal")
    assert shown["floor"]["epoch"] == 0


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"title": "   "}, 422),
        ({"title": "x" * 121}, 422),
        ({"title": "a\u202eb"}, 422),
        ({"point_ids": ["nowhere"]}, 404),
        ({"chair_point_id": "../etc"}, 422),
        ({"begins_at": "2026-11-24T10:00:00"}, 422),
        ({"begins_at": "2099-01-01T00:00:00Z"}, 400),
        ({"ends_at": "2020-01-01T00:00:00Z"}, 400),
        ({"unknown": 1}, 422),
        ({"mode": "shouting"}, 422),
    ],
)
async def test_what_is_wrong_with_a_meeting_is_said(
    centre: Centre, changed: dict[str, object], status: int
) -> None:
    office = await centre.sign_in()
    answer = await office.post("/api/v1/meetings", meeting_body(centre.time, **changed))
    assert answer.status_code == status, answer.text
    assert set(answer.json()["error"]) == {"code", "message_vi", "message_en"}
    assert (await office.get("/api/v1/meetings")).json() == []


async def test_clashes_are_a_warning_with_the_rooms(centre: Centre) -> None:
    office = await centre.sign_in()
    first = await made(office, centre, title="Họp một", point_ids=["p-b"])
    second = await made(office, centre, title="Họp hai", point_ids=["p-b", "p-c"])
    assert second["clashes"] == [
        {
            "meeting_id": first["meeting_id"],
            "title": "Họp một",
            "begins_at": first["begins_at"],
            "ends_at": first["ends_at"],
            "point_ids": ["p-b", "p-chair"],
        }
    ]
    asked = await office.client.get(
        "/api/v1/meetings/clashes",
        params={
            "begins_at": str(first["begins_at"]),
            "ends_at": str(first["ends_at"]),
            "point_id": ["p-c"],
            "except_meeting": "",
        },
    )
    assert [one["meeting_id"] for one in asked.json()] == [second["meeting_id"]]


async def test_the_moves_of_a_meeting_and_their_log(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting = await made(office, centre, is_draft=True)
    path = f"/api/v1/meetings/{meeting['meeting_id']}"
    assert meeting["state"] == "draft"
    assert (await office.post(f"{path}/end")).status_code == 409
    assert (await office.post(f"{path}/schedule")).json()["state"] == "scheduled"
    again = await office.post(f"{path}/schedule")
    assert again.status_code == 409
    assert again.json()["error"]["message_vi"] == "Cuộc họp đã được xếp lịch rồi."
    edited = await office.put(path, meeting_body(centre.time, title="Tên mới", point_ids=["p-c"]))
    assert edited.json()["title"] == "Tên mới"
    assert (await office.post(f"{path}/cancel")).json()["state"] == "cancelled"
    assert (await office.put(path, meeting_body(centre.time))).status_code == 409
    events = (await office.get(f"{path}/events")).json()
    assert [(event["kind"], event["actor"]) for event in events] == [
        ("meeting_drafted", "office"),
        ("meeting_scheduled", "office"),
        ("meeting_edited", "office"),
        ("meeting_cancelled", "office"),
    ]
    assert (await office.get(path)).json()["point_ids"] == ["p-chair", "p-c"]


async def test_an_unknown_meeting_is_not_found_everywhere(centre: Centre) -> None:
    office = await centre.sign_in()
    path = "/api/v1/meetings/nothing"
    answers = [
        await office.get(path),
        await office.get(f"{path}/events"),
        await office.get(f"{path}/floor"),
        await office.post(f"{path}/end"),
        await office.post(f"{path}/floor", {"action": "withdraw_all"}),
        await office.post(f"{path}/token", {}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    hostile = await office.get("/api/v1/meetings/%00%ff")
    assert hostile.status_code in (400, 404)


async def test_the_floor_moves_by_the_rules_and_conflicts_are_said(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting = await made(office, centre)
    path = f"/api/v1/meetings/{meeting['meeting_id']}/floor"
    given = await office.post(path, {"action": "grant", "point_id": "p-b", "expected_epoch": 0})
    assert (given.json()["epoch"], given.json()["speaker"]) == (1, "p-b")
    late = await office.post(path, {"action": "grant", "point_id": "p-c", "expected_epoch": 0})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "floor_moved")
    moved = await office.post(path, {"action": "grant", "point_id": "p-c"})
    assert (moved.json()["speaker"], moved.json()["previous_speaker"]) == ("p-c", "p-b")
    same = await office.post(path, {"action": "grant", "point_id": "p-c"})
    assert same.json()["epoch"] == 2
    undone = await office.post(path, {"action": "undo"})
    assert (undone.json()["epoch"], undone.json()["speaker"]) == (3, "p-b")
    chair = await office.post(path, {"action": "grant", "point_id": "p-chair"})
    assert (chair.status_code, chair.json()["error"]["code"]) == (409, "floor_refused")
    events = (await office.get(f"/api/v1/meetings/{meeting['meeting_id']}/events")).json()
    assert [(e["kind"], e["point_id"], e["floor_epoch"]) for e in events[1:]] == [
        ("floor_given", "p-b", 1),
        ("floor_taken", "p-b", 2),
        ("floor_given", "p-c", 2),
        ("floor_taken", "p-c", 3),
        ("floor_given", "p-b", 3),
    ]


async def test_no_floor_in_a_meeting_that_is_over(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting = await made(office, centre)
    path = f"/api/v1/meetings/{meeting['meeting_id']}"
    await office.post(f"{path}/cancel")
    answer = await office.post(f"{path}/floor", {"action": "grant", "point_id": "p-b"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "wrong_state")


async def test_a_token_is_for_this_meeting_this_person_ten_minutes(centre: Centre) -> None:
    office, viewer = await centre.sign_in(), await centre.sign_in(Role.VIEWER)
    meeting = await made(office, centre)
    path = f"/api/v1/meetings/{meeting['meeting_id']}/token"
    given = (await viewer.post(path, {})).json()
    public, now = centre.web.token_key.public_key(), centre.time.now()
    identifier = MeetingId(str(meeting["meeting_id"]))
    token = verify(given["token"], public, meeting_id=identifier, direction="play", now=now)
    assert (token.subject, token.role, given["relay_url"]) == (
        "viewer",
        "viewer",
        "https://127.0.0.1:8444",
    )
    assert timedelta(minutes=9) < token.expires_at - now <= timedelta(minutes=10)
    assert (await viewer.post(path, {"direction": "publish"})).status_code == 403
    published = await office.post(path, {"direction": "publish"})
    token = verify(
        published.json()["token"], public, meeting_id=identifier, direction="publish", now=now
    )
    assert token.subject == "office"


async def test_an_edit_clears_a_floor_the_meeting_cannot_have_any_more(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting = await made(office, centre)
    path = f"/api/v1/meetings/{meeting['meeting_id']}"

    async def edited(**changed: object) -> tuple[object, ...]:
        answer = await office.put(path, meeting_body(centre.time, **changed))
        assert answer.status_code == 200, answer.text
        floor = (await office.get(f"{path}/floor")).json()
        return floor["epoch"], floor["mode"], floor["holders"], floor["muted"]

    async def moved(action: str, point_id: str) -> None:
        body = {"action": action, "point_id": point_id}
        assert (await office.post(f"{path}/floor", body)).status_code == 200

    await moved("grant", "p-b")
    assert await edited(point_ids=["p-b"]) == (1, "one_mic", ["p-b"], [])
    assert await edited(point_ids=["p-c"]) == (2, "one_mic", [], [])
    assert (await office.post(f"{path}/floor", {"action": "undo"})).status_code == 409
    await moved("grant", "p-c")
    assert await edited(chair_point_id="p-c", point_ids=["p-b"]) == (4, "one_mic", [], [])
    await moved("mute", "p-b")
    assert await edited(point_ids=["p-c"]) == (6, "one_mic", [], [])
    assert await edited(mode="discussion") == (7, "discussion", [], [])
    assert await edited(mode="discussion") == (7, "discussion", [], [])
    events = (await office.get(f"{path}/events")).json()
    assert [(e["kind"], e["point_id"], e["floor_epoch"]) for e in events if e["floor_epoch"]] == [
        ("floor_given", "p-b", 1),
        ("floor_taken", "p-b", 2),
        ("floor_given", "p-c", 3),
        ("floor_taken", "p-c", 4),
        ("muted", "p-b", 5),
        ("unmuted", "p-b", 6),
        ("mode_changed", None, 7),
    ]


async def test_undoing_does_not_bring_back_whom_an_edit_left_out(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting = await made(office, centre)
    path = f"/api/v1/meetings/{meeting['meeting_id']}"
    for action in ("grant", "withdraw"):
        await office.post(f"{path}/floor", {"action": action, "point_id": "p-b"})
    await office.put(path, meeting_body(centre.time, point_ids=["p-c"]))
    undone = await office.post(f"{path}/floor", {"action": "undo"})
    assert (undone.status_code, undone.json()["error"]["code"]) == (409, "floor_refused")
    assert (await office.get(f"{path}/floor")).json()["epoch"] == 2


async def test_the_floor_is_not_given_to_a_point_that_is_down_and_not_in(centre: Centre) -> None:
    office, now = await centre.sign_in(), centre.time.now()
    meeting = await made(office, centre)
    path = f"/api/v1/meetings/{meeting['meeting_id']}/floor"
    with writing(centre.web.series) as series:
        series.add(IngestSpan(began_at=now - timedelta(hours=1), alive_at=now))
        series.add(
            PresenceInterval(
                point_id="p-b", state=PresenceState.DOWN.value, began_at=now, noticed_at=now
            )
        )
    state = MeetingState(
        meeting_id=MeetingId(str(meeting["meeting_id"])),
        is_forwarding=False,
        floor=FloorState(epoch=0),
    )
    centre.web.part(Attendance).note_state(
        RelayId("relay-1"), RelayState(reported_at=now, meetings=(state,))
    )
    refused = await office.post(path, {"action": "grant", "point_id": "p-b"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "point_down")
    assert "mất kết nối" in refused.json()["error"]["message_vi"]
    other = await office.post(path, {"action": "grant", "point_id": "p-c"})
    assert other.json()["speaker"] == "p-c"
