"""Files that a meeting shows at all points: brought, opened, bounded, deleted."""

import asyncio

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from controller import retention
from controller.audit.service import Action, AuditLog
from controller.db.engine import reading, writing
from controller.errors import Conflict, NotFound
from controller.meetings.handouts import handout_queries
from controller.meetings.handouts.desk import (
    HAD_BACK_FOR,
    MAX_HANDOUT_BYTES,
    MAX_HANDOUTS,
    HandoutDesk,
)
from controller.meetings.handouts.tables import RemovedHandout
from controller.roles import Role
from controller.settings import RetentionSettings
from tests.integration.controller.centre import Centre, Person, meeting_body
from tests.waiting import until

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"
HOSTILE = "C:\\x\\<script>alert('ạ')</script>.pdf"


async def planned(centre: Centre, office: Person) -> str:
    made = await office.post("/api/v1/meetings", meeting_body(centre.time))
    return str(made.json()["meeting_id"])


async def bring(
    person: Person, meeting_id: str, content: bytes, name: str = "a.pdf"
) -> tuple[int, str]:
    headers = {"x-csrf-token": person.csrf_token, "content-type": "application/pdf"}
    path = f"/api/v1/meetings/{meeting_id}/handouts"
    answer = await person.client.put(
        path, params={"file_name": name}, content=content, headers=headers
    )
    said = answer.json()
    return answer.status_code, str(said.get("handout_id") or said["error"]["code"])


async def test_a_file_is_brought_opened_and_deleted(centre: Centre) -> None:
    office, viewer = await centre.sign_in(), await centre.sign_in(Role.VIEWER)
    meeting_id = await planned(centre, office)
    page = f"/meetings/{meeting_id}/handouts"
    assert "Chưa có tài liệu nào" in (await office.get(page)).text
    assert page in (await viewer.get(f"/meetings/{meeting_id}")).text
    assert await bring(viewer, meeting_id, PDF) == (403, "not_allowed")
    token = {"csrf_token": office.csrf_token}
    # Larger than any other request may be.
    large = PDF + b"0" * 3_000_000 + b"%%EOF"
    files = {"file": (HOSTILE, large, "application/pdf")}
    assert (await office.client.post(page, data=token, files=files)).status_code == 303
    again = await office.client.post(page, data=token, files=files)
    assert "Tệp này đã có rồi" in again.text
    empty = await office.client.post(page, data=token)
    assert "Chưa chọn tệp" in empty.text
    (one,) = (await viewer.get(f"/api/v1{page}")).json()
    assert "\\" not in one["file_name"]
    shown = (await viewer.get(page)).text
    assert "<script>alert" not in shown
    assert 'data-testid="handout-form"' not in shown
    opened = await viewer.get(f"{page}/{one['handout_id']}.pdf")
    assert (opened.content, opened.headers["content-type"]) == (large, "application/pdf")
    assert opened.headers["content-disposition"].startswith("inline; filename=")
    assert opened.headers["x-content-type-options"] == "nosniff"
    other = await planned(centre, office)
    for path in (
        f"/meetings/{other}/handouts/{one['handout_id']}.pdf",
        f"/api/v1/meetings/{other}/handouts/{one['handout_id']}",
        f"{page}/x.pdf",
    ):
        assert (await viewer.get(path)).status_code == 404
    gone = f"{page}/{one['handout_id']}/remove"
    assert (
        await viewer.client.post(gone, data={"csrf_token": viewer.csrf_token})
    ).status_code == 403
    assert (await office.client.post(gone, data=token)).status_code == 303
    assert (await office.client.post(gone, data=token)).status_code == 404
    assert (await office.get(f"{page}/{one['handout_id']}.pdf")).status_code == 404
    assert (await viewer.get(f"/api/v1{page}")).json() == []
    back = f"{page}/{one['handout_id']}/restore"
    assert back in (await office.get(page)).text
    assert back not in (await viewer.get(page)).text
    assert (await office.client.post(back, data=token)).status_code == 303
    assert (await office.client.post(back, data=token)).status_code == 404
    assert (await viewer.get(f"{page}/{one['handout_id']}.pdf")).content == large
    assert (await office.client.post(gone, data=token)).status_code == 303
    assert (await office.client.post(page, data=token, files=files)).status_code == 303
    assert "Tệp này đã có rồi" in (await office.client.post(back, data=token)).text
    actions = [one.action for one in centre.web.part(AuditLog).newest(limit=20)]
    assert actions.count(Action.ADD_HANDOUT.value) == 2
    assert actions.count(Action.REMOVE_HANDOUT.value) == 2
    assert actions.count(Action.RESTORE_HANDOUT.value) == 1
    await retention.prune(
        RetentionSettings(), centre.web.state, now=centre.time.now() + 2 * HAD_BACK_FOR
    )
    with reading(centre.web.state) as session:
        assert handout_queries.removed(session, meeting_id) == []
        assert handout_queries.kept_bytes(session) == len(large)


async def test_what_is_no_pdf_too_large_or_too_many_is_refused(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await planned(centre, office)
    assert (await bring(office, meeting_id, b"MZ"))[0] == 422
    assert (await bring(office, meeting_id, PDF + b"x" * MAX_HANDOUT_BYTES))[0] in (413, 422)
    # Eleven at once: ten have room.
    many = [bring(office, meeting_id, PDF + b"%d %%%%EOF" % one) for one in range(MAX_HANDOUTS + 1)]
    said = await asyncio.gather(*many)
    assert sorted(status for status, _ in said) == [201] * MAX_HANDOUTS + [409]
    assert "too_many_files" in {code for _, code in said}
    await office.post(f"/api/v1/meetings/{meeting_id}/cancel")
    assert (await bring(office, meeting_id, PDF))[0] == 409


async def test_files_of_all_meetings_have_a_bound_and_what_was_deleted_leaves_first(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    first, second = await planned(centre, office), await planned(centre, office)
    desk = HandoutDesk(centre.web.state, centre.web.now, 7 * 2**19)
    files = [PDF + bytes([number]) * 2**20 + b"%%EOF" for number in range(4)]
    kept = desk.bring(first, "a.pdf", files[0], actor="office").handout_id
    desk.bring(second, "b.pdf", files[1], actor="office")
    # Two at once: one has room.
    told = await asyncio.gather(
        *(asyncio.to_thread(desk.bring, second, "c.pdf", one, actor="office") for one in files[2:]),
        return_exceptions=True,
    )
    full = [one for one in told if isinstance(one, Conflict)]
    assert [one.code for one in full] == ["no_room_for_files"]
    assert kept is not None
    desk.remove(first, kept, actor="office")
    other = files[2] if isinstance(told[0], Conflict) else files[3]
    desk.bring(second, "d.pdf", other, actor="office")
    with pytest.raises(NotFound):
        desk.restore(first, kept)
    assert "Tài liệu các cuộc họp: 3" in (await office.get("/centre")).text


@pytest.mark.parametrize("is_had_back_first", [True, False])
async def test_what_is_had_back_while_it_leaves_is_there_or_gone_as_a_whole(
    centre: Centre, is_had_back_first: bool
) -> None:
    office = await centre.sign_in()
    meeting_id, state = await planned(centre, office), centre.web.state
    desk = HandoutDesk(state, centre.web.now, 2**30)
    number = desk.bring(meeting_id, "a.pdf", PDF, actor="office").handout_id or 0
    desk.remove(meeting_id, number, actor="office")
    later = centre.time.now() + 2 * HAD_BACK_FOR

    def leave() -> int:
        with writing(state) as session:
            return handout_queries.forget_removed(session, later, count=10)

    def had_back() -> str:
        try:
            return desk.restore(meeting_id, number)
        except NotFound:
            return "gone"

    first, second = (had_back, leave) if is_had_back_first else (leave, had_back)
    with writing(state) as session:  # holds the row, so that both wait for it in this order
        if session.get_bind().dialect.name == "postgresql":
            held = select(RemovedHandout).where(RemovedHandout.handout_id == number)
            session.exec(held.with_for_update()).one()
            tasks = [asyncio.create_task(asyncio.to_thread(first))]
            await until(lambda: waiting_for_locks(session) == 1)
            tasks.append(asyncio.create_task(asyncio.to_thread(second)))
            await until(lambda: waiting_for_locks(session) == 2)
        else:
            tasks = [asyncio.create_task(asyncio.to_thread(one)) for one in (first, second)]
    told = await asyncio.gather(*tasks)
    with reading(state) as session:
        kept = handout_queries.kept_bytes(session)
        is_there = handout_queries.one(session, meeting_id, number) is not None
    assert ("a.pdf" in told) == is_there == (kept > 0)
    assert (1 in told) != is_there


def waiting_for_locks(session: Session) -> int:
    found = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return int(session.connection().execute(found).scalar_one())


async def test_they_leave_with_the_minutes_age(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await planned(centre, office)
    assert (await bring(office, meeting_id, PDF))[0] == 201
    settings, now = RetentionSettings(), centre.time.now()
    await retention.prune(settings, centre.web.state, now=now)
    with writing(centre.web.state) as session:
        assert len(handout_queries.of_meeting(session, meeting_id)) == 1
        assert handout_queries.forget(session, now.replace(year=now.year + 1), count=10) == 1
