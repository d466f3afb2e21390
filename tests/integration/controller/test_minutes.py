"""Minutes: written by two, locked with the roll, handed out as PDF, taken back signed."""

import asyncio
import hashlib
import io
import zipfile

from controller.audit.service import Action, AuditLog
from controller.db.engine import reading, writing
from controller.errors import Conflict
from controller.meetings.after.keeper import RecordDesk
from controller.meetings.minutes import minutes_queries
from controller.meetings.minutes.desk import MAX_EDITS, ONE_EDIT, MinutesDesk
from controller.meetings.minutes.kept_files import MAX_ISSUED
from controller.meetings.minutes.minutes_text import MinutesText
from controller.meetings.minutes.signed_file import MAX_SIGNED_BYTES
from controller.meetings.tables import Meeting
from controller.roles import Role
from tests.integration.controller.centre import Centre, Person, meeting_body
from tests.integration.controller.test_meeting_records import ended, happens

HOSTILE = "<script>alert('ạ')</script> {{tieu_de}}"
SIGNATURE = b"\n9 0 obj <</Type/Sig/ByteRange [0 9 19 99]>> endobj\n%%EOF\n"


def at(meeting_id: str, name: str = "") -> str:
    return f"/api/v1/meetings/{meeting_id}/minutes{name}"


async def write(person: Person, meeting_id: str, version: int, **text: str) -> tuple[int, object]:
    answer = await person.put(at(meeting_id), {"version": version, **text})
    said = answer.json()
    return answer.status_code, said.get("version") or said["error"]["code"]


async def bring(person: Person, meeting_id: str, content: bytes) -> tuple[int, object]:
    headers = {"x-csrf-token": person.csrf_token, "content-type": "application/pdf"}
    path = at(meeting_id, "/signed?file_name=C:\\đã ký.pdf")
    answer = await person.client.put(path, content=content, headers=headers)
    said = answer.json()
    return answer.status_code, said.get("verdict") or said["error"]["code"]


async def locked(centre: Centre, office: Person) -> tuple[str, bytes]:
    """Return a meeting whose minutes are locked, and the PDF that was handed out."""
    meeting_id, begins_at = await ended(centre, office)
    happens(centre, meeting_id, begins_at, ("joined", "p-chair", -3), ("joined", "p-b", 2))
    centre.web.part(RecordDesk).look()
    await write(office, meeting_id, 0, content=HOSTILE, conclusions="Giao Sở Nội vụ.")
    assert (await office.post(at(meeting_id, "/lock"))).status_code == 200
    shown = (await office.get(at(meeting_id))).json()
    kept = await office.get(at(meeting_id, f"/files/{shown['files'][0]['file_id']}"))
    assert hashlib.sha256(kept.content).hexdigest() == shown["files"][0]["sha256"]
    return meeting_id, kept.content


async def test_two_write_and_neither_loses_anything(centre: Centre) -> None:
    office, admin = await centre.sign_in(), await centre.sign_in(Role.ADMIN)
    meeting_id, _ = await ended(centre, office)
    assert await write(office, meeting_id, 0, content="một") == (200, 1)
    assert await write(office, meeting_id, 1, content="một") == (200, 1)  # nothing new
    assert await write(admin, meeting_id, 0, content="hai") == (409, "minutes_changed")
    assert await write(admin, meeting_id, 1, content="hai") == (200, 2)
    assert (await write(office, meeting_id, 2, content="a\0"))[0] == 422
    page = f"/meetings/{meeting_id}/minutes"
    token = {"csrf_token": office.csrf_token}
    form = {"content": HOSTILE, "conclusions": "", "number": "", "version": "1"} | token
    refused = await office.client.post(page, data=form)
    assert refused.status_code == 409
    assert "admin đã lưu biên bản" in refused.text
    assert "&lt;script&gt;" in refused.text
    assert HOSTILE not in refused.text
    scripted = await office.client.post(page, data=form, headers={"hx-request": "true"})
    assert 'name="over" value="2"' in scripted.text
    assert 'data-version="1"' in scripted.text
    saved = await office.client.post(
        page, data=form | {"over": "2"}, headers={"hx-request": "true"}
    )
    assert 'data-version="3"' in saved.text
    former = (await office.get(f"{page}/edits/2")).text
    assert "hai" in former
    assert (await office.get(f"{page}/edits/9")).status_code == 404
    results = await asyncio.gather(
        *(
            asyncio.to_thread(
                _try_save, centre.web.part(MinutesDesk), meeting_id, f"bản {number}", f"p{number}"
            )
            for number in range(6)
        )
    )
    assert sorted(results) == [False] * 5 + [True]


async def test_locking_keeps_what_stands_in_the_form(centre: Centre) -> None:
    office, admin = await centre.sign_in(), await centre.sign_in(Role.ADMIN)
    meeting_id, begins_at = await ended(centre, office)
    happens(centre, meeting_id, begins_at, ("joined", "p-chair", -3))
    centre.web.part(RecordDesk).look()
    assert await write(office, meeting_id, 0, content="một") == (200, 1)
    page = f"/meetings/{meeting_id}/minutes"
    form = {"content": "hai", "conclusions": "ba", "number": "4", "version": "1"}
    form |= {"csrf_token": office.csrf_token}
    scripted = {"hx-request": "true"}
    saved = await office.client.post(page, data=form | {"content": "một"}, headers=scripted)
    assert "Chưa ghi nội dung." not in saved.text
    assert 'id="lock-notes"' in saved.text
    assert await write(admin, meeting_id, 2, content="của admin") == (200, 3)
    for headers in ({}, scripted):
        refused = await office.client.post(f"{page}/lock", data=form, headers=headers)
        assert "admin đã lưu biên bản" in refused.text
        assert 'name="over" value="3"' in refused.text
        assert (await office.get(at(meeting_id))).json()["locked_at"] is None
    form |= {"version": "3"}
    done = await office.client.post(f"{page}/lock", data=form, headers=scripted)
    assert done.headers["hx-redirect"] == page
    shown = (await office.get(at(meeting_id))).json()
    assert shown["locked_at"] is not None
    assert (shown["content"], shown["conclusions"], shown["number"]) == ("hai", "ba", "4")


def _try_save(desk: MinutesDesk, meeting_id: str, content: str, actor: str) -> bool:
    try:
        desk.save(meeting_id, MinutesText(content=content), 3, actor=actor)
    except Conflict:
        return False
    return True


async def test_what_one_person_saves_on_end_is_one_edit_and_old_ones_leave(
    sqlite_centre: Centre,
) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id, _ = await ended(sqlite_centre, office)
    desk = sqlite_centre.web.part(MinutesDesk)
    for version in range(3):
        desk.save(meeting_id, MinutesText(content=f"{version}"), version, actor="lan")
    for version in range(3, 3 + MAX_EDITS):
        desk.save(meeting_id, MinutesText(content=f"{version}"), version, actor=f"p{version % 2}")
    with reading(sqlite_centre.web.state) as session:
        kept = minutes_queries.edits(session, meeting_id, most=1000)
    assert [one.version for one in kept] == list(range(203, 3, -1))


async def test_one_edit_is_one_entry_of_the_audit_log(sqlite_centre: Centre) -> None:
    lan, hoa = await sqlite_centre.sign_in(), await sqlite_centre.sign_in(Role.ADMIN)
    meeting_id, _ = await ended(sqlite_centre, lan)
    for version in range(5):
        await write(lan, meeting_id, version, content=f"{version}")
    await write(hoa, meeting_id, 5, content="hoa")
    await write(lan, meeting_id, 6, content="lan")
    sqlite_centre.time.offset += ONE_EDIT
    await write(lan, meeting_id, 7, content="sau")
    noted = [
        one.detail
        for one in sqlite_centre.web.part(AuditLog).newest(limit=50)
        if one.action == Action.WRITE_MINUTES.value
    ]
    assert noted == ["8", "7", "6", "1"]


async def test_locked_minutes_and_roll_stay_until_they_are_unlocked(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id, pdf = await locked(centre, office)
    assert pdf.startswith(b"%PDF-")
    roll = f"/api/v1/meetings/{meeting_id}/roll-call"
    assert (await office.get(roll)).json()["closed_at"]
    mark = {"marks": [{"subject": "p-b", "state": "present"}]}
    assert (await office.put(roll, mark)).status_code == 409
    assert (await office.post(f"{roll}/reopen", {"reason": "nhầm"})).status_code == 409
    assert await write(office, meeting_id, 1, content="khác") == (409, "minutes_locked")
    assert (await office.post(at(meeting_id, "/lock"))).status_code == 409
    page = (await office.get(f"/meetings/{meeting_id}/minutes")).text
    assert "office đã khóa biên bản và điểm danh" in page
    assert HOSTILE not in page
    # Late reports change nothing any more.
    with reading(centre.web.state) as session:
        begins_at = session.get_one(Meeting, meeting_id).begins_at
    happens(centre, meeting_id, begins_at, ("joined", "p-c", 5))
    assert centre.web.part(RecordDesk).look() == []
    assert (await office.post(at(meeting_id, "/unlock"), {"reason": " "})).status_code == 422
    assert (await office.post(at(meeting_id, "/unlock"), {"reason": "Sót ý"})).status_code == 204
    assert (await office.post(at(meeting_id, "/unlock"), {"reason": "x"})).status_code == 409
    assert centre.web.part(RecordDesk).look() == [meeting_id]
    assert await write(office, meeting_id, 1, content="khác") == (200, 2)
    assert (await office.post(at(meeting_id, "/lock"))).status_code == 200
    assert len((await office.get(at(meeting_id))).json()["files"]) == 2
    log = (await office.get(f"/meetings/{meeting_id}/log")).text
    assert "Mở khóa biên bản: Sót ý" in log
    actions = {one.action for one in centre.web.part(AuditLog).newest(limit=30)}
    assert {one.value for one in (Action.WRITE_MINUTES, Action.LOCK_MINUTES)} <= actions
    assert Action.UNLOCK_MINUTES.value in actions


async def test_a_signed_file_is_compared_and_kept(centre: Centre) -> None:
    office, viewer = await centre.sign_in(), await centre.sign_in(Role.VIEWER)
    meeting_id, pdf = await locked(centre, office)
    assert await bring(viewer, meeting_id, pdf + SIGNATURE) == (403, "not_allowed")
    assert (await bring(office, meeting_id, b"PK\x03\x04"))[0] == 422
    assert (await bring(office, meeting_id, pdf + b"x" * MAX_SIGNED_BYTES))[0] in (413, 422)
    assert await bring(office, meeting_id, pdf + SIGNATURE) == (200, "follows")
    assert await bring(office, meeting_id, pdf) == (200, "same")
    other = pdf[:500] + bytes([pdf[500] ^ 1]) + pdf[501:]
    # Larger than any other request may be.
    padded = other + b"0" * 3_000_000 + b"%%EOF"
    form = {"signed": ("ký.pdf", padded, "application/pdf")}
    brought = await office.client.post(
        f"/meetings/{meeting_id}/minutes/signed",
        files=form,
        data={"csrf_token": office.csrf_token},
    )
    assert brought.status_code == 303
    files = (await viewer.get(at(meeting_id))).json()["files"]
    assert [one["verdict"] for one in files] == ["differs", "same", "follows", None]
    assert files[0]["differs_at"] == 501
    assert files[2]["file_name"] == "đã ký.pdf"
    got = await viewer.get(f"/meetings/{meeting_id}/minutes/files/{files[2]['file_id']}")
    assert got.content == pdf + SIGNATURE
    page = (await viewer.get(f"/meetings/{meeting_id}/minutes")).text
    assert "Chứa nguyên vẹn tệp đã phát hành" in page
    assert "Khác từ byte thứ 501." in page
    assert "Chính là tệp đã phát hành" in page
    assert 'data-testid="signed-form"' not in page
    wrong = await office.client.post(
        f"/meetings/{meeting_id}/minutes/signed",
        files={"signed": ("a.pdf", b"MZ", "application/pdf")},
        data={"csrf_token": office.csrf_token},
    )
    assert "không phải PDF" in wrong.text
    other_meeting, _ = await ended(centre, office)
    assert (await bring(office, other_meeting, pdf))[1] == "nothing_issued"
    assert (await office.get(at(other_meeting, f"/files/{files[0]['file_id']}"))).status_code == 404


async def test_minutes_are_locked_ever_again_and_a_file_is_there_once(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id, first = await locked(centre, office)
    assert await bring(office, meeting_id, first + SIGNATURE) == (200, "follows")
    again = await bring(office, meeting_id, first + SIGNATURE)
    assert again == (409, "already_there")
    pair = await asyncio.gather(*(bring(office, meeting_id, first) for _ in range(2)))
    assert sorted(pair) == [(200, "same"), (409, "already_there")]
    for number in range(MAX_ISSUED + 2):
        await office.post(at(meeting_id, "/unlock"), {"reason": "Sót ý"})
        await write(office, meeting_id, number + 1, content=f"lần {number}")
        assert (await office.post(at(meeting_id, "/lock"))).status_code == 200
    known = (await office.get(at(meeting_id))).json()["files"]
    issued = [one for one in known if one["kind"] == "issued"]
    assert len(issued) == MAX_ISSUED + 3
    assert [one["has_content"] for one in issued] == [True] * 9 + [False] * 3 + [True]
    left = issued[-2]
    gone = await office.get(at(meeting_id, f"/files/{left['file_id']}"))
    assert (gone.status_code, gone.json()["error"]["code"]) == (409, "content_left")
    page = (await office.get(f"/meetings/{meeting_id}/minutes")).text
    assert left["sha256"] in page
    assert "không còn giữ" in page
    said = [one.detail for one in centre.web.part(AuditLog).newest(limit=60)]
    assert any(one.endswith(f"left sha256 {left['sha256']}") for one in said)
    form = {"signed": ("lại.pdf", first + SIGNATURE, "application/pdf")}
    told = await office.client.post(
        f"/meetings/{meeting_id}/minutes/signed",
        files=form,
        data={"csrf_token": office.csrf_token},
    )
    assert "Tệp này đã có rồi" in told.text
    assert "bản phát hành trước" in told.text


async def test_papers_are_made_by_the_offices_template(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id, _ = await ended(centre, office)
    # Before the figures are there it can be written and looked at, not locked.
    assert (await office.post(at(meeting_id, "/lock"))).json()["error"]["code"] == "no_record"
    await write(office, meeting_id, 0, number="7/BB", content="Nội dung thử\nđoạn hai")
    page = f"/meetings/{meeting_id}/minutes"
    with zipfile.ZipFile(io.BytesIO((await office.get(f"{page}.docx")).content)) as packed:
        text = packed.read("word/document.xml").decode()
    assert "Nội dung thử" in text and "đoạn hai" in text and "7/BB" in text
    assert (await office.get(f"{page}.pdf")).content.startswith(b"%PDF-")
    template = (await office.get("/api/v1/papers/minutes/template")).content
    headers = {"x-csrf-token": office.csrf_token}
    taken = await office.client.put(
        "/api/v1/papers/minutes/template", content=template, headers=headers
    )
    assert taken.status_code == 204
    shown = (await office.get("/meetings/papers/minutes")).text
    assert "Mẫu biên bản" in shown
    assert "{{noi_dung.doan}}" in shown
    assert (await office.get("/meetings/papers/minutes/built-in.docx")).content == template
    for path in ("/meetings/papers/other", "/api/v1/papers/other/template"):
        assert (await office.get(path)).status_code == 404
    coming = (await office.post("/api/v1/meetings", meeting_body(centre.time))).json()
    assert (await write(office, coming["meeting_id"], 0, content="x"))[0] == 409
    early = (await office.get(f"/meetings/{coming['meeting_id']}/minutes")).text
    assert "Lập biên bản được từ khi cuộc họp bắt đầu" in early


async def test_they_leave_by_their_own_time(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id, pdf = await locked(centre, office)
    await bring(office, meeting_id, pdf + SIGNATURE)
    now = centre.time.now()
    with writing(centre.web.state) as session:
        assert minutes_queries.forget(session, now, count=10) == 1
        assert minutes_queries.files(session, meeting_id) == []
