"""The invitation to a meeting as a file, by the built-in template and by the office's own."""

import io
import re

import httpx
import pytest
from docx import Document
from docx.document import Document as WordFile

from controller.meetings.views.invitation import INVITATION
from controller.papers import service
from controller.roles import Role
from tests.integration.controller.centre import Centre, Person, meeting_body

TITLE = "Giao ban <b>“tháng”</b> & {{chu_toa}} =1+1"
SECRETARY = "Hoàng Thị Ngọc Ánh"
ADDRESS = "/meetings/papers/invitation"
API = "/api/v1/papers/invitation/template"


async def made(office: Person, centre: Centre, **changed: object) -> str:
    body = meeting_body(centre.time, title=TITLE, secretary=SECRETARY, level=2, **changed)
    answer = await office.post("/api/v1/meetings", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["meeting_id"])


def read(content: bytes) -> WordFile:
    return Document(io.BytesIO(content))


def said(content: bytes) -> str:
    paper = read(content)
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in paper.paragraphs), *cells])


def own_template(text: str = "Kính mời dự {{tieu_de}} lúc {{thoi_gian}}") -> bytes:
    paper, content = Document(), io.BytesIO()
    paper.add_paragraph(text)
    paper.save(content)
    return content.getvalue()


OWN = own_template()


def token(office: Person) -> dict[str, str]:
    return {"x-csrf-token": office.csrf_token}


async def sent(
    office: Person, content: bytes, name: str = "mau.docx", **form: str
) -> httpx.Response:
    return await office.client.post(
        ADDRESS,
        data={"csrf_token": office.csrf_token, **form},
        files={"template": (name, content, service.DOCX)},
    )


async def test_the_invitation_says_the_meeting_in_both_files(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await made(office, centre)
    viewer = await centre.sign_in(Role.VIEWER)
    for door in ("/meetings", "/api/v1/meetings"):
        answer = await viewer.get(f"{door}/{meeting_id}/invitation.docx")
        assert answer.status_code == 200
        name = answer.headers["content-disposition"]
        assert re.fullmatch(
            r'attachment; filename="giay-moi-\d{8}-giao-ban-b-[a-z0-9-]+\.docx"', name
        )
        text = said(answer.content)
        assert TITLE in text
        assert f"Thư ký: {SECRETARY}." in text
        assert "Chủ trì" not in text
        assert re.search(r"Thời gian: \d+ giờ \d\d, (thứ \w+|Chủ nhật), ngày \d\d tháng \d+", text)
        pdf = await viewer.get(f"{door}/{meeting_id}/invitation.pdf")
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.content.startswith(b"%PDF")
        assert pdf.content == (await viewer.get(f"{door}/{meeting_id}/invitation.pdf")).content


async def test_in_person_it_invites_to_the_room_and_names_host_and_chair(centre: Centre) -> None:
    office = await centre.sign_in()
    said_of = {"held_as": "in_person", "host_unit_id": "xa-b", "chair_name": "Bà {{thu_ky}} Páo"}
    answer = await office.post("/api/v1/meetings", meeting_body(centre.time, **said_of))
    way = f"/meetings/{answer.json()['meeting_id']}"
    assert f"{way}/invitation.docx" in (await office.get(way)).text
    text = said((await office.get(f"{way}/invitation.docx")).content)
    for words in (
        "Xã B",
        "Chủ trì: Bà {{thu_ky}} Páo.",
        "tới dự cuộc họp trực tiếp:",
        "Địa điểm: tại Văn phòng UBND tỉnh.",
    ):
        assert words in text, words
    assert "hình ảnh, âm thanh" not in text
    online = await office.post("/api/v1/meetings", meeting_body(centre.time))
    text = said(
        (await office.get(f"/meetings/{online.json()['meeting_id']}/invitation.docx")).content
    )
    assert "điểm cầu chính tại Văn phòng UBND tỉnh và các điểm cầu trong danh sách" in text
    assert "kiểm tra hình ảnh, âm thanh" in text


async def test_a_meeting_that_is_cancelled_or_none_has_no_invitation(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await made(office, centre)
    await office.post(f"/api/v1/meetings/{meeting_id}/cancel", None)
    for kind in ("docx", "pdf"):
        answer = await office.get(f"/api/v1/meetings/{meeting_id}/invitation.{kind}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "wrong_state")
        assert (await office.get(f"/api/v1/meetings/none/invitation.{kind}")).status_code == 404


async def test_the_office_tries_and_uses_a_template_of_its_own(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await made(office, centre)
    tried = await sent(office, OWN, action="try", meeting_id=meeting_id)
    assert said(tried.content).startswith(f"Kính mời dự {TITLE} lúc ")
    assert "Đang dùng mẫu có sẵn" in (await office.get("/meetings/papers")).text
    taken = await sent(office, OWN, name='"><b>mẫu.docx', action="take")
    assert taken.status_code == 303
    page = (await office.get("/meetings/papers")).text
    assert "&gt;&lt;b&gt;mẫu.docx" in page
    filled = await office.get(f"/meetings/{meeting_id}/invitation.docx")
    assert said(filled.content).startswith(f"Kính mời dự {TITLE} lúc ")
    assert (await office.get("/meetings/papers/invitation.docx")).content == OWN
    assert "mẫu.docx" in (await (await centre.sign_in(Role.ADMIN)).get("/audit")).text
    await office.client.post(f"{ADDRESS}/built-in", data={"csrf_token": office.csrf_token})
    assert "Đang dùng mẫu có sẵn" in (await office.get("/meetings/papers")).text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7", "không phải tệp Word"),
        (own_template("Kính mời {{tieu de}} {{chu_toa"), "“{{tieu de}}”"),
        (own_template("Kính mời"), "không có chỗ điền"),
        (OWN[:-200], "bị hỏng"),
        (b"PK\x03\x04" + b"x" * 900_000, "quá lớn"),
    ],
)
async def test_what_cannot_be_used_is_refused_on_the_page(
    sqlite_centre: Centre, content: bytes, says: str
) -> None:
    office = await sqlite_centre.sign_in()
    answer = await sent(office, content, action="take")
    assert answer.status_code == 422
    assert says in answer.text
    put = await office.client.put(API, content=content, headers=token(office))
    assert put.status_code == 422
    assert says in put.json()["error"]["message_vi"]
    assert "Đang dùng mẫu có sẵn" in (await office.get("/meetings/papers")).text


async def test_programs_change_the_template(centre: Centre) -> None:
    office = await centre.sign_in()
    assert (await office.get(API)).content == service.built_in(INVITATION)
    put = await office.client.put(API, content=OWN, headers=token(office))
    assert put.status_code == 204
    assert (await office.get(API)).content == OWN
    assert (await office.client.delete(API, headers=token(office))).status_code == 204
    assert (await office.get(API)).content == service.built_in(INVITATION)


async def test_the_template_is_the_offices_alone_and_no_other_form_brings_files(
    sqlite_centre: Centre,
) -> None:
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    assert (await viewer.get("/meetings/papers")).status_code == 403
    assert (await sent(viewer, OWN, action="take")).status_code == 403
    office = await sqlite_centre.sign_in()
    assert (await sent(office, b"", name="", action="take")).status_code == 422
    brought = await office.client.post(
        f"{ADDRESS}/built-in",
        data={"csrf_token": office.csrf_token},
        files={"template": ("x.docx", b"x", service.DOCX)},
    )
    assert brought.status_code == 400
