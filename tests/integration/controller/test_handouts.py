"""Files that a meeting shows at all points: brought, opened, bounded, deleted."""

import asyncio

from controller import retention
from controller.audit.service import Action, AuditLog
from controller.db.engine import writing
from controller.meetings.handouts import handout_queries
from controller.meetings.handouts.desk import MAX_HANDOUT_BYTES, MAX_HANDOUTS
from controller.roles import Role
from controller.settings import RetentionSettings
from tests.integration.controller.centre import Centre, Person, meeting_body

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
    actions = [one.action for one in centre.web.part(AuditLog).newest(limit=20)]
    assert actions.count(Action.ADD_HANDOUT.value) == 1
    assert actions.count(Action.REMOVE_HANDOUT.value) == 1


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


async def test_they_leave_with_the_minutes_age(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await planned(centre, office)
    assert (await bring(office, meeting_id, PDF))[0] == 201
    settings, now = RetentionSettings(), centre.time.now()
    await retention.prune(settings, centre.web.state, now=now)
    with writing(centre.web.state) as session:
        assert len(handout_queries.of_meeting(session, meeting_id)) == 1
        assert handout_queries.forget(session, now.replace(year=now.year + 1), count=10) == 1
