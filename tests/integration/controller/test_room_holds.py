"""Rooms of others are held, agreed and only then invited to; on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise

import httpx
import msgspec
import pytest

from contracts.ids import PointId
from controller.approval_settings import ApprovalSettings
from controller.audit.service import AuditLog
from controller.db.engine import reading, writing
from controller.meetings import service as meetings
from controller.meetings.feed.service import UnitFeeds
from controller.meetings.holds import hold_queries
from controller.meetings.holds.desk import ApprovalDesk
from controller.meetings.holds.rules import RoomHours
from controller.roles import Role
from tests.fakes.receivers import Mailbox, mailbox
from tests.integration.controller.centre import (
    Centre,
    Installation,
    Person,
    meeting_body,
    serving,
)
from tests.integration.controller.invited import LAN, invite, letters, postman, seed, sent_all
from tests.integration.controller.test_point_groups import saved

COUNCIL = "council"


async def appoint(
    centre: Centre, name: str = "viewer", email: str = "", owner: str = COUNCIL
) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    way = f"/api/v1/owner-roles/{owner}/{name}"
    answer = await admin.put(way, {"approves": True, "email": email})
    assert answer.status_code == 204, answer.text


@pytest.fixture
async def agreed_for(centre: Centre) -> tuple[Centre, Person, Person]:
    """Return a centre in which the viewer agrees for the council, the office, and the viewer."""
    await appoint(centre)
    return centre, await centre.sign_in(), await centre.sign_in(Role.VIEWER)


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    """Return a mail server."""
    async with mailbox() as found:
        yield found


async def book(office: Person, centre: Centre, **changed: object) -> httpx.Response:
    return await office.post("/api/v1/meetings", meeting_body(centre.time, **changed))


async def booked(office: Person, centre: Centre, **changed: object) -> str:
    answer = await book(office, centre, **changed)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["meeting_id"])


async def states(person: Person, meeting_id: str) -> dict[str, str]:
    rooms = (await person.get(f"/api/v1/meetings/{meeting_id}/rooms")).json()
    return {one["point_id"]: one["state"] for one in rooms}


async def say(person: Person, meeting_id: str, owner: str = COUNCIL, **said: object) -> int:
    way = f"/api/v1/meetings/{meeting_id}/rooms/{owner}/answer"
    return (await person.post(way, {"is_yes": True} | said)).status_code


def joining(centre: Centre, meeting_id: str) -> list[str]:
    with reading(centre.web.state) as session:
        return [str(one) for one in meetings.joining(session, meeting_id)]


def told(centre: Centre) -> set[str]:
    with reading(centre.web.state) as session:
        until = centre.time.now() + timedelta(days=30)
        return {str(one) for one in meetings.told_to_points(session, None, until=until)}


Setting = tuple[Centre, Person, Person]


async def test_a_room_of_others_is_held_until_its_owner_agrees(agreed_for: Setting) -> None:
    centre, office, viewer = agreed_for
    meeting_id = await booked(office, centre)
    assert await states(office, meeting_id) == {"p-c": "asked"}
    assert joining(centre, meeting_id) == ["p-chair", "p-b"]
    assert told(centre) == {"p-chair", "p-b"}
    asked = (await viewer.get("/api/v1/room-requests")).json()
    assert [one["meeting"]["meeting_id"] for one in asked] == [meeting_id]
    assert (await office.get("/api/v1/room-requests")).json() == []
    assert await say(office, meeting_id) == 403
    assert await say(viewer, meeting_id, "party") == 403
    assert await say(viewer, meeting_id) == 200
    assert await states(office, meeting_id) == {"p-c": "agreed"}
    assert joining(centre, meeting_id) == ["p-chair", "p-b", "p-c"]
    assert told(centre) == {"p-chair", "p-b", "p-c"}
    assert await say(viewer, meeting_id) == 409


async def test_nobody_is_asked_where_an_owner_has_appointed_nobody(centre: Centre) -> None:
    office = await centre.sign_in()
    assert await states(office, await booked(office, centre)) == {}


async def test_who_agrees_for_an_owner_books_its_rooms_without_asking(centre: Centre) -> None:
    await appoint(centre, "office")
    office = await centre.sign_in()
    assert await states(office, await booked(office, centre)) == {}


async def test_a_hold_is_in_the_way_of_others_until_it_is_refused(agreed_for: Setting) -> None:
    centre, office, viewer = agreed_for
    first = await booked(office, centre)
    refused = await book(office, centre, title="Họp khác")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "rooms_held")
    assert "Giao ban tháng 11" in refused.json()["error"]["message_vi"]
    assert await say(viewer, first, is_yes=False) == 422  # a no has a reason
    assert await say(viewer, first, is_yes=False, reason="Phòng đang sửa") == 200
    assert await states(office, first) == {"p-c": "refused"}
    second = await booked(office, centre, title="Họp khác")
    assert await say(viewer, second) == 200
    again = await office.post(f"/api/v1/meetings/{first}/rooms/ask-again")
    assert again.json()["error"]["code"] == "rooms_held"
    left = await office.post(f"/api/v1/meetings/{first}/rooms/leave-out")
    assert left.status_code == 200
    assert (await office.get(f"/api/v1/meetings/{first}")).json()["point_ids"] == ["p-chair", "p-b"]
    assert await states(office, first) == {}


async def test_of_many_at_one_moment_one_has_the_room(agreed_for: Setting) -> None:
    centre, office, viewer = agreed_for
    answers = await asyncio.gather(*(book(office, centre, title=f"Họp {n}") for n in range(6)))
    assert sorted(one.status_code for one in answers) == [201, *[409] * 5]
    meeting_id = next(one.json()["meeting_id"] for one in answers if one.status_code == 201)
    said = await asyncio.gather(
        *(say(viewer, meeting_id, is_yes=n % 2 == 0, reason="không") for n in range(6))
    )
    assert sorted(said) == [200, *[409] * 5]


async def test_moves_and_new_bookings_at_one_moment_never_hold_one_room_twice(
    agreed_for: Setting,
) -> None:
    centre, office, _ = agreed_for
    now = centre.time.now()
    hours = [now + timedelta(hours=2 * n) for n in range(1, 5)]

    def body(n: int, hour: int) -> dict[str, object]:
        at = hours[hour]
        times = {"begins_at": at.isoformat(), "ends_at": (at + timedelta(hours=1)).isoformat()}
        return meeting_body(centre.time, title=f"Họp {n}", **times)

    made = [await office.post("/api/v1/meetings", body(n, n)) for n in range(3)]
    ids = [one.json()["meeting_id"] for one in made]
    await asyncio.gather(
        *(office.put(f"/api/v1/meetings/{one}", body(n, 3)) for n, one in enumerate(ids)),
        *(office.post("/api/v1/meetings", body(n, n % 4)) for n in range(4)),
        *(office.post(f"/api/v1/meetings/{ids[n]}/cancel") for n in (1,)),
    )
    whole = RoomHours(now, hours[-1] + timedelta(hours=2))
    with reading(centre.web.state) as session:
        standing = hold_queries.standing_in(session, [PointId("p-c")], whole, but="")
    spans = sorted((one.hold.begins_at, one.hold.ends_at) for one in standing)
    assert spans
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


async def test_a_meeting_that_is_moved_asks_anew_and_one_that_is_renamed_does_not(
    agreed_for: Setting,
) -> None:
    centre, office, viewer = agreed_for
    body = meeting_body(centre.time)
    meeting_id = str((await office.post("/api/v1/meetings", body)).json()["meeting_id"])
    assert await say(viewer, meeting_id) == 200
    await office.put(f"/api/v1/meetings/{meeting_id}", body | {"title": "Tên khác"})
    assert await states(office, meeting_id) == {"p-c": "agreed"}
    later = (centre.time.now() + timedelta(hours=5)).isoformat()
    moved = await office.put(f"/api/v1/meetings/{meeting_id}", body | {"ends_at": later})
    assert moved.status_code == 200
    assert await states(office, meeting_id) == {"p-c": "asked"}


async def test_a_booking_that_is_withdrawn_is_not_answered_and_frees_the_room(
    agreed_for: Setting,
) -> None:
    centre, office, viewer = agreed_for
    meeting_id = await booked(office, centre)
    await office.post(f"/api/v1/meetings/{meeting_id}/cancel")
    assert await say(viewer, meeting_id) == 409
    assert (await viewer.get("/api/v1/room-requests")).json() == []
    await booked(office, centre, title="Họp khác")


async def test_drafts_ask_nobody_until_they_are_set(agreed_for: Setting) -> None:
    centre, office, _ = agreed_for
    meeting_id = await booked(office, centre, is_draft=True)
    assert await states(office, meeting_id) == {}
    await office.post(f"/api/v1/meetings/{meeting_id}/schedule")
    assert await states(office, meeting_id) == {"p-c": "asked"}


async def test_what_nobody_answers_for_in_time_is_held_no_more(agreed_for: Setting) -> None:
    centre, office, viewer = agreed_for
    meeting_id = await booked(office, centre)
    desk = centre.web.part(ApprovalDesk)
    assert await asyncio.to_thread(desk.expire) == []
    centre.time.offset += timedelta(hours=1)
    assert await asyncio.to_thread(desk.expire) == [meeting_id]
    assert await asyncio.to_thread(desk.expire) == []
    assert await states(office, meeting_id) == {"p-c": "expired"}
    assert joining(centre, meeting_id) == ["p-chair", "p-b"]
    assert await say(viewer, meeting_id) == 409
    kinds = [
        one["kind"] for one in (await office.get(f"/api/v1/meetings/{meeting_id}/events")).json()
    ]
    assert kinds[-1] == "rooms_expired"


async def test_agreed_rooms_are_taken_back_with_a_reason(agreed_for: Setting) -> None:
    centre, office, viewer = agreed_for
    meeting_id = await booked(office, centre)
    way = f"/api/v1/meetings/{meeting_id}/rooms/council/withdraw"
    assert (await viewer.post(way, {"reason": "Họp đột xuất"})).status_code == 409
    await say(viewer, meeting_id)
    assert (await office.post(way, {"reason": "x"})).status_code == 403
    assert (await viewer.post(way, {"reason": "Họp đột xuất"})).status_code == 200
    assert await states(office, meeting_id) == {"p-c": "refused"}


async def test_who_refused_agrees_after_all_while_the_room_is_free(
    agreed_for: Setting, box: Mailbox
) -> None:
    centre, office, viewer = agreed_for
    seed(centre, box)
    await appoint(centre, email="duyet@hdnd.vn")
    first = await booked(office, centre)
    way = f"/api/v1/meetings/{first}/rooms/council"
    assert (await viewer.post(f"{way}/reinstate")).json()["error"]["code"] == "nothing_refused"
    await say(viewer, first)
    assert await invite(office, first) == 303
    assert (await viewer.post(f"{way}/withdraw", {"reason": "Nhầm"})).status_code == 200
    told = [one.address for one in letters(centre)]
    second = await booked(office, centre, title="Họp khác")
    refused = await viewer.post(f"{way}/reinstate")
    assert refused.json()["error"]["code"] == "rooms_held"
    assert "Họp khác" in refused.json()["error"]["message_vi"]
    await office.post(f"/api/v1/meetings/{second}/cancel")
    assert (await office.post(f"{way}/reinstate")).status_code == 403
    page = (await viewer.get(f"/approvals/{first}/{COUNCIL}")).text
    assert 'data-testid="reinstate"' in page
    form = {"csrf_token": viewer.csrf_token, "answer": "reinstate"}
    done = await viewer.client.post(f"/approvals/{first}/{COUNCIL}", data=form)
    assert done.status_code == 303
    assert await states(office, first) == {"p-c": "agreed"}
    # Whose room it is are invited again; who agrees was asked for the second meeting alone.
    more = [one.address for one in letters(centre)]
    for one in told:
        more.remove(one)
    assert sorted(more) == ["duyet@hdnd.vn", LAN]
    kinds = [one["kind"] for one in (await office.get(f"/api/v1/meetings/{first}/events")).json()]
    assert "rooms_reinstated" in kinds
    entries = centre.web.part(AuditLog).newest(limit=50)
    assert ("reinstate_rooms", "council: p-c") in {(one.action, one.detail) for one in entries}
    centre.time.offset += timedelta(hours=3)
    assert (await viewer.post(f"{way}/reinstate")).status_code == 409


async def test_a_room_that_a_whole_series_gets_is_asked_for_by_one_letter(
    agreed_for: Setting, box: Mailbox
) -> None:
    centre, office, _ = agreed_for
    seed(centre, box)
    await appoint(centre, email="duyet@hdnd.vn")
    body = meeting_body(centre.time, point_ids=["p-b"])
    series = {"rule": "FREQ=DAILY;COUNT=4", "holidays": "keep"}
    made = (await office.post("/api/v1/series", body | series)).json()
    ids = [one["meeting_id"] for one in made["meetings"]]
    body = {key: body[key] for key in ("classification", "title", "chair_point_id")}
    wanted = body | {"point_ids": ["p-b", "p-c"], "scope": "later"}
    answer = await office.put(f"/api/v1/series/dates/{ids[0]}", wanted)
    assert answer.status_code == 200, answer.text
    assert [await states(office, one) for one in ids] == [{"p-c": "asked"}] * 4
    assert [one.address for one in letters(centre)] == ["duyet@hdnd.vn"]


async def test_an_emergency_ends_what_nobody_agreed_to_and_is_told_afterwards(
    agreed_for: Setting,
) -> None:
    centre, office, _ = agreed_for
    soon = centre.time.now() + timedelta(minutes=30)
    waiting = await booked(office, centre, begins_at=soon.isoformat())
    group = await saved(office)
    body = {
        "classification": "normal",
        "group_id": group["group_id"],
        "accepted_meeting_ids": [waiting],
    }
    began = await office.post("/api/v1/emergency-meetings", body)
    assert began.status_code == 201, began.text
    meeting_id = began.json()["meeting_id"]
    assert await states(office, meeting_id) == {"p-c": "taken"}
    assert joining(centre, meeting_id) == ["p-chair", "p-c", "p-b"]
    assert await states(office, waiting) == {"p-c": "displaced"}


async def test_a_meeting_that_goes_before_another_ends_what_nobody_agreed_to(
    agreed_for: Setting,
) -> None:
    centre, office, viewer = agreed_for
    first = await booked(office, centre)
    second = await booked(office, centre, title="Chống bão", kind="emergency")
    assert await states(office, first) == {"p-c": "displaced"}
    assert await states(office, second) == {"p-c": "asked"}
    await say(viewer, second)
    third = await book(office, centre, title="Chống lụt", kind="emergency")
    assert third.json()["error"]["code"] == "rooms_held"


async def test_a_room_that_is_asked_for_as_the_meeting_begins_waits_for_its_answer(
    agreed_for: Setting,
) -> None:
    centre, office, viewer = agreed_for
    meeting_id = await booked(office, centre, begins_at=centre.time.now().isoformat())
    desk = centre.web.part(ApprovalDesk)
    centre.time.offset += timedelta(minutes=1)
    assert await asyncio.to_thread(desk.expire) == []
    centre.time.offset += timedelta(minutes=15)
    assert await asyncio.to_thread(desk.expire) == [meeting_id]
    again = await office.post(f"/api/v1/meetings/{meeting_id}/rooms/ask-again")
    assert again.status_code == 200, again.text
    assert await say(viewer, meeting_id) == 200
    assert joining(centre, meeting_id) == ["p-chair", "p-b", "p-c"]


async def test_nobody_is_invited_before_all_rooms_are_agreed(
    agreed_for: Setting, box: Mailbox
) -> None:
    centre, office, viewer = agreed_for
    seed(centre, box)
    await appoint(centre, email="thuongtruc@hdnd.vn")
    meeting_id = await booked(office, centre)
    asking = [one for one in letters(centre) if one.what == "ask"]
    assert [one.address for one in asking] == ["thuongtruc@hdnd.vn"]
    assert f"/approvals/{meeting_id}/council" in asking[0].text
    papers = [f"/meetings/{meeting_id}/invitation.{kind}" for kind in ("docx", "pdf")]
    assert await invite(office, meeting_id) == 409
    assert [(await office.get(one)).status_code for one in papers] == [409, 409]
    assert await say(viewer, meeting_id) == 200
    assert [(await office.get(one)).status_code for one in papers] == [200, 200]
    assert await invite(office, meeting_id) == 303
    assert {one.address for one in letters(centre) if one.what == "request"} == {
        "hoa@xa-b.vn",
        "ba@xa-b.vn",
        "lan@xa-c.vn",
    }


async def test_who_is_of_a_room_that_is_added_is_invited_once_it_is_agreed(
    agreed_for: Setting, box: Mailbox
) -> None:
    centre, office, viewer = agreed_for
    seed(centre, box)
    body = meeting_body(centre.time, point_ids=["p-b"])
    meeting_id = str((await office.post("/api/v1/meetings", body)).json()["meeting_id"])
    assert await invite(office, meeting_id) == 303
    await office.put(f"/api/v1/meetings/{meeting_id}", body | {"point_ids": ["p-b", "p-c"]})
    assert "lan@xa-c.vn" not in {one.address for one in letters(centre)}
    await say(viewer, meeting_id)
    assert "lan@xa-c.vn" in {one.address for one in letters(centre)}


async def displaced(setting: Setting, box: Mailbox) -> str:
    """Return a meeting to which all are invited, and that lost p-c's room to an emergency."""
    centre, office, viewer = setting
    body = meeting_body(centre.time)
    meeting_id = str((await office.post("/api/v1/meetings", body)).json()["meeting_id"])
    await say(viewer, meeting_id)
    assert await invite(office, meeting_id) == 303
    later = (centre.time.now() + timedelta(hours=5)).isoformat()
    await office.put(f"/api/v1/meetings/{meeting_id}", body | {"ends_at": later})
    await sent_all(postman(centre))
    assert len([one for one in box.letters if one["to"] and LAN in one["to"]]) == 1
    changes = centre.web.part(ApprovalDesk).changes
    await changes.points.next_pending()
    await changes.meetings.next_pending()
    await booked(office, centre, title="Chống bão", kind="emergency", point_ids=["p-c"])
    assert await states(office, meeting_id) == {"p-c": "displaced"}
    return meeting_id


async def test_a_meeting_that_loses_a_room_is_told_to_its_people_and_rooms(
    agreed_for: Setting, box: Mailbox
) -> None:
    centre, office, _ = agreed_for
    seed(centre, box)
    meeting_id = await displaced(agreed_for, box)
    assert [one.address for one in letters(centre) if one.what == "cancel"] == [LAN]
    noted = await centre.web.part(ApprovalDesk).changes.meetings.next_pending()
    assert meeting_id in noted.ids
    log = (await office.get(f"/api/v1/meetings/{meeting_id}/events")).json()
    assert log[-1]["kind"] == "rooms_displaced"


async def test_a_chair_whose_room_nobody_has_agreed_to_is_said_before_it_begins(
    agreed_for: Setting,
) -> None:
    centre, office, viewer = agreed_for
    meeting_id = await booked(office, centre, chair_point_id="p-c", point_ids=["p-b"])
    page = (await office.get(f"/meetings/{meeting_id}")).text
    said = page.partition('data-testid="no-chair"')[2].partition("</section>")[0]
    assert "Xã C là nơi chủ trì mà không vào họp được" in said
    assert "Trong đó có phòng chủ trì" in said.partition('data-testid="rooms-council"')[2]
    assert await say(viewer, meeting_id) == 200
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert 'data-testid="no-chair"' not in page
    assert "Trong đó có phòng chủ trì" not in page


async def test_an_answer_to_what_was_changed_meanwhile_is_refused(agreed_for: Setting) -> None:
    centre, office, viewer = agreed_for
    body = meeting_body(centre.time)
    meeting_id = str((await office.post("/api/v1/meetings", body)).json()["meeting_id"])
    (asked,) = (await viewer.get("/api/v1/room-requests")).json()
    chosen = f"{meeting_id}/{COUNCIL}/{asked['seen'][COUNCIL]}"
    assert f'name="chosen" value="{chosen}"' in (await viewer.get("/approvals")).text
    later = (centre.time.now() + timedelta(hours=5)).isoformat()
    await office.put(f"/api/v1/meetings/{meeting_id}", body | {"ends_at": later})
    assert await say(viewer, meeting_id, seen=asked["seen"][COUNCIL]) == 409
    for one in (chosen, f"{meeting_id}/{COUNCIL}", f"{meeting_id}/{COUNCIL}/<b>"):
        form = {"csrf_token": viewer.csrf_token, "chosen": one}
        page = (await viewer.client.post("/approvals/agree", data=form)).text
        assert "Cuộc họp vừa được sửa" in page
    assert await states(office, meeting_id) == {"p-c": "asked"}
    (asked,) = (await viewer.get("/api/v1/room-requests")).json()
    form["chosen"] = f"{meeting_id}/{COUNCIL}/{asked['seen'][COUNCIL]}"
    await viewer.client.post("/approvals/agree", data=form)
    assert await states(office, meeting_id) == {"p-c": "agreed"}


async def test_the_audit_log_says_for_whose_rooms_which_were_answered(centre: Centre) -> None:
    await appoint(centre, owner="people_committee")
    await appoint(centre, "office")  # who then books for the council, and asks the committee
    office, viewer = await centre.sign_in(), await centre.sign_in(Role.VIEWER)
    meeting_id = await booked(office, centre)
    assert set(await states(office, meeting_id)) == {"p-b", "p-chair"}
    said = {"without": ["p-b"], "reason": "Đang sửa"}
    assert await say(viewer, meeting_id, "people_committee", **said) == 200
    way = f"/api/v1/meetings/{meeting_id}/rooms/people_committee/withdraw"
    assert (await viewer.post(way, {"reason": "Họp đột xuất"})).status_code == 200
    entries = centre.web.part(AuditLog).newest(limit=50)
    about = [(one.action, one.detail) for one in reversed(entries) if one.subject == meeting_id]
    assert about[-3:] == [
        ("agree_rooms", "people_committee: p-chair"),
        ("refuse_rooms", "people_committee: p-b; Đang sửa"),
        ("take_rooms_back", "people_committee: p-chair; Họp đột xuất"),
    ]


async def test_holds_of_meetings_that_are_long_over_are_forgotten_so_many_at_once(
    agreed_for: Setting,
) -> None:
    centre, office, _ = agreed_for
    first = await booked(office, centre)
    later = centre.time.now() + timedelta(days=2)
    hours = {"begins_at": later.isoformat(), "ends_at": (later + timedelta(hours=1)).isoformat()}
    second = await booked(office, centre, **hours)
    with writing(centre.web.state) as session:
        assert hold_queries.forget(session, later) == 1
        assert hold_queries.forget(session, later) == 0
    assert await states(office, first) == {}
    assert await states(office, second) == {"p-c": "asked"}


@pytest.fixture
async def strict(installed: Installation) -> AsyncIterator[Centre]:
    """Return a centre in which every room of others needs its owner's yes."""
    settings = msgspec.structs.replace(
        installed.settings, approval=ApprovalSettings(asks="others", priority=("own",))
    )
    async with serving(Installation(settings)) as running:
        yield running


async def test_rooms_of_an_owner_without_anybody_who_agrees_wait(strict: Centre) -> None:
    office = await strict.sign_in()
    meeting_id = await booked(office, strict)
    assert await states(office, meeting_id) == {"p-c": "asked"}
    assert await say(office, meeting_id) == 403


async def test_administrators_appoint_and_nobody_else(centre: Centre) -> None:
    office, admin = await centre.sign_in(), await centre.sign_in(Role.ADMIN)
    way = "/api/v1/owner-roles/council/viewer"
    assert (await office.put(way, {"approves": True})).status_code == 403
    assert (await admin.put(way, {"approves": True, "email": "a b"})).status_code == 422
    unknown = await admin.put("/api/v1/owner-roles/council/nobody", {"approves": True})
    assert unknown.status_code == 404
    assert (await admin.put(way, {"approves": True, "email": "a@b.vn"})).status_code == 204
    assert (await admin.get("/api/v1/owner-roles")).json() == [
        {"user_name": "viewer", "owner": "council", "approves": True, "email": "a@b.vn"}
    ]
    gone = await admin.client.delete(way, headers={"x-csrf-token": admin.csrf_token})
    assert gone.status_code == 204


async def test_an_owner_goes_before_others_only_where_the_booker_acts_for_it(
    installed: Installation,
) -> None:
    settings = msgspec.structs.replace(
        installed.settings, approval=ApprovalSettings(asks="others", priority=("party",))
    )
    async with serving(Installation(settings)) as running:
        office = await running.sign_in()
        first = await booked(office, running)
        said = (await book(office, running, owner="party")).json()
        assert said["error"]["code"] == "rooms_held"
        await appoint(running, "office", owner="party")
        await booked(office, running, owner="party")
        assert await states(office, first) == {"p-c": "displaced"}


async def test_nobody_is_shown_a_meeting_in_a_room_that_is_not_agreed(
    agreed_for: Setting,
) -> None:
    centre, office, viewer = agreed_for
    meeting_id = await booked(office, centre)
    link = centre.web.part(UnitFeeds).make("xa-c", actor="office")
    now = centre.time.now()

    async def shown() -> list[bool]:
        feed = (await centre.client().get(link)).text
        roll = (await office.get(f"/api/v1/meetings/{meeting_id}/roll-call")).text
        with reading(centre.web.state) as session:
            span = {"begins": now, "ends": now + timedelta(days=30)}
            own = meetings.of_point(session, PointId("p-c"), **span)
            coming = meetings.next_begins(session, now, centre.web.settings.pages)
        return ["Giao ban tháng 11" in feed, '"p-c"' in roll, bool(own), "p-c" in coming]

    assert await shown() == [False] * 4
    assert await say(viewer, meeting_id) == 200
    assert await shown() == [True] * 4
