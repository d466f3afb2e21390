"""What the office says on screens: to one room or all, for a while, taken back, in the log."""

import threading
from datetime import timedelta

from controller.audit.service import Action
from controller.db.engine import reading, writing
from controller.errors import NotFound
from controller.meetings.messages import message_queries
from controller.meetings.messages.desk import MAX_MESSAGES, SHOWN_FOR, MessageDesk
from controller.meetings.messages.tables import ScreenMessage
from controller.meetings.tables import Meeting
from controller.roles import Role
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_audited_acts import written
from tests.integration.controller.test_speakers_queue import meeting, press, screens, waiting

B, C = "dc/point/p-b/live", "dc/point/p-c/live"


async def test_a_message_is_on_its_rooms_screen_until_its_time_is_over(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    assert (
        await press(office, meeting_id, "messages", point_id="p-b", prepared="Bật micro giúp")
        == 303
    )
    told = screens(centre)
    assert (told[B].message, told[C].message) == ("Bật micro giúp", "")
    ends_at = told[B].message_ends_at
    assert ends_at is not None
    assert centre.time.now() < ends_at <= centre.time.now() + SHOWN_FOR
    centre.time.offset += timedelta(seconds=20)
    assert await press(office, meeting_id, "messages", text="  Họp tiếp lúc 14 giờ ") == 303
    told = screens(centre)
    assert (told[B].message, told[C].message) == ("Họp tiếp lúc 14 giờ",) * 2
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert page.count("take-back-") == 2
    assert "Nhắn tất cả: “Họp tiếp lúc 14 giờ”" in page
    centre.time.offset += SHOWN_FOR
    assert {one.message for one in screens(centre).values()} == {""}
    assert "take-back-" not in (await office.get(f"/meetings/{meeting_id}")).text
    log = (await office.get(f"/meetings/{meeting_id}/log")).text
    assert "Nhắn Xã B: “Bật micro giúp”" in log
    assert written(centre, Action.SEND_MESSAGE) == ["done", "done"]


async def test_a_message_is_taken_back_once_and_what_was_before_it_stands_again(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    await press(office, meeting_id, "floor", action="grant", point_id="p-b")
    centre.time.offset += timedelta(seconds=2)
    path = f"/api/v1/meetings/{meeting_id}/messages"
    sent = await office.post(path, {"text": "Nói gần micro hơn", "point_id": "p-b"})
    assert sent.status_code == 201
    message_id = sent.json()["message_id"]
    [shown] = (await office.get(path)).json()
    assert (shown["text"], shown["point_id"], shown["message_id"]) == (
        "Nói gần micro hơn",
        "p-b",
        message_id,
    )
    assert (
        f'name="message_id" value="{message_id}"><button'
        in (await office.get(f"/meetings/{meeting_id}")).text
    )
    ends: list[str] = []

    def take_back() -> None:
        try:
            centre.web.part(MessageDesk).take_back(meeting_id, message_id, actor="office")
            ends.append("done")
        except NotFound:
            ends.append("gone")

    threads = [threading.Thread(target=take_back) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(ends) == ["done", "gone", "gone"]
    assert screens(centre)[B].message == ""
    # The move of the floor before it is what Z takes back now.
    move = (await office.get(f"/meetings/{meeting_id}")).text.partition('data-testid="last-move"')[
        2
    ]
    assert "Đã mời Xã B phát biểu" in move.partition("</div>")[0]
    assert await press(office, meeting_id, "messages/take-back", message_id=str(message_id)) == 404
    log = (await office.get(f"/meetings/{meeting_id}/log")).text
    assert "Đã thu lại lời nhắn tới Xã B" in log


async def test_hostile_texts_and_who_is_not_invited_are_refused_with_a_sentence(
    sqlite_centre: Centre,
) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(office, sqlite_centre)
    for refused in ("", "   ", "x" * 61, "x" * 100_000, "a\nb", "a\0b", "a\u202eb", "a\ud7ff\x1bb"):
        assert await press(office, meeting_id, "messages", text=refused) in (413, 422)
    for point in ("p-nobody", "<b>", "x" * 5000):
        sent = await press(office, meeting_id, "messages", text="Chào", point_id=point)
        assert sent == 404
    for wrong in ("", "-1", "1e3", "9" * 400, "x"):
        assert await press(office, meeting_id, "messages/take-back", message_id=wrong) == 400
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    assert await press(viewer, meeting_id, "messages", text="Chào") == 403
    hostile = "<script>alert(1)</script>{{7*7}} \"'&"
    assert await press(office, meeting_id, "messages", text=hostile) == 303
    assert screens(sqlite_centre)[B].message == hostile
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


async def test_a_meeting_that_is_not_on_has_no_screens_and_one_has_a_limit(
    sqlite_centre: Centre,
) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(office, sqlite_centre)
    now = sqlite_centre.time.now()
    rows = [
        ScreenMessage(meeting_id=meeting_id, text="x", sent_at=now, ends_at=now, sent_by="office")
        for _ in range(MAX_MESSAGES)
    ]
    with writing(sqlite_centre.web.state) as session:
        session.add_all(rows)
    assert await press(office, meeting_id, "messages", text="Chào") == 409
    await office.post(f"/api/v1/meetings/{meeting_id}/end")
    assert await press(office, meeting_id, "messages", text="Chào") == 409
    with writing(sqlite_centre.web.state) as session:
        assert session.get_one(Meeting, meeting_id).state == "ended"
        message_queries.forget_ended(session)
    with reading(sqlite_centre.web.state) as session:
        assert message_queries.count(session, meeting_id) == 0


async def test_who_is_taken_out_of_the_queue_by_mistake_has_the_old_place_again(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    path = f"/api/v1/meetings/{meeting_id}/queue"
    for point in ("p-b", "p-c"):
        assert (await office.post(path, {"who": point})).status_code == 204
        centre.time.offset += timedelta(minutes=1)
    assert [one["who"] for one in (await office.get(path)).json()] == ["p-b", "p-c"]
    headers = {"x-csrf-token": office.csrf_token}
    dropped = await office.client.delete(path, params={"who": "p-b"}, headers=headers)
    assert dropped.status_code == 204
    assert waiting(centre, meeting_id) == ["p-c"]
    move = (await office.get(f"/meetings/{meeting_id}")).text.partition('data-testid="last-move"')[
        2
    ]
    assert 'value="restore"' in move.partition("</form>")[0]
    for _ in range(2):  # the second secretary presses it, too
        assert await press(office, meeting_id, "queue", who="p-b", action="restore") == 303
    assert waiting(centre, meeting_id) == ["p-b", "p-c"]
    assert 'value="restore"' not in (await office.get(f"/meetings/{meeting_id}")).text
    refused = await office.post(f"{path}/restore", {"who": "p-c"})
    assert refused.status_code == 404
    log = (await office.get(f"/meetings/{meeting_id}/log")).text
    assert "Xã B trở lại hàng chờ phát biểu" in log
    assert written(centre, Action.RESTORE_REQUEST) == ["done"]


async def test_programs_read_and_set_the_time_of_a_speech(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(office, sqlite_centre)
    path = f"/api/v1/meetings/{meeting_id}/speech-time"
    assert (await office.get(path)).json() == {"speech_s": None}
    assert (await office.put(path, {"minutes": 5})).json() == {"speech_s": 300}
    assert (await office.get(path)).json() == {"speech_s": 300}
    assert (await office.put(path, {"minutes": 61})).status_code == 422


async def test_a_number_that_no_message_can_have_is_refused(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(office, centre)
    path = f"/api/v1/meetings/{meeting_id}/messages"
    for number in (2**31, 2**53, 10**30):
        gone = await office.client.delete(
            f"{path}/{number}", headers={"x-csrf-token": office.csrf_token}
        )
        assert gone.status_code == 422, number
        assert await press(office, meeting_id, "messages/take-back", message_id=str(number)) == 400
    # Lists and letters too ask the database for no number beyond its column.
    fields = {"csrf_token": office.csrf_token}
    assert (await office.client.post(f"/mail/{2**31}/again", data=fields)).status_code == 404
    for address in ("/mail?before=", "/audit?before="):
        page = await (await centre.sign_in(Role.ADMIN)).client.get(f"{address}{2**31}")
        assert page.status_code == 200, address
