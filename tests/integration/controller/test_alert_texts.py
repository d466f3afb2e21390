"""What alerts say is changed in the page, seen beforehand of a real incident, and taken back."""

from sqlmodel import select

from controller.db.engine import reading
from controller.incidents.channels import AlertChannels
from controller.incidents.letter_texts import ALERT, DEFAULTS, RECOVERY
from controller.incidents.tables import AlertMessage, AlertText
from controller.incidents.text_rows import AlertTexts
from controller.roles import Role
from monitoring.judgement.presence import PointCameUp
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_duty import falls, set_clock
from tests.integration.controller.test_incidents import MAIL, Happening

PATH = "/incidents/channels/texts"


def texts(centre: Centre) -> list[str]:
    with reading(centre.web.state) as session:
        return list(session.exec(select(AlertMessage.text).order_by(AlertMessage.message_id)))  # type: ignore[arg-type]


async def test_a_text_is_tried_on_an_incident_refused_with_a_reason_told_and_taken_back(
    centre: Centre,
) -> None:
    centre.web.part(AlertChannels).add(MAIL, actor="admin")
    set_clock(centre, 10)
    happening = Happening(centre)
    falls(happening, "p-b")
    admin = await centre.sign_in(Role.ADMIN)
    assert (await (await centre.sign_in(Role.OFFICE)).get(PATH)).status_code == 403
    page = (await admin.get(PATH)).text
    assert "Mất liên lạc với Xã B. Từ " in page and " trên 400 ký tự" in page
    csrf = {"csrf_token": admin.csrf_token}
    text = "Alo: {su_viec} lúc {tu_luc}! Gọi {cua_ai}."
    sent = csrf | {"alert": text, "alert_number": "1"}
    shown = (await admin.client.post(f"/parts{PATH}/alert", data=sent)).text
    assert "Alo: Mất liên lạc với Xã B lúc " in shown and " trên 400 ký tự" in shown
    for wrong, reason in (
        ("{su_viec} {ten_xa}", "Không có chỗ điền “{ten_xa}”"),
        ("{su_viec} {keo_dai}", "Không có chỗ điền “{keo_dai}”"),
        ("Có chuyện", "Nội dung phải có {su_viec}"),
        ("{su_viec} }{", "Dấu ngoặc nhọn"),
        ("{su_viec} " + "x" * 300, "Quá dài: với tên 60 chữ"),
        ("{su_viec} " + "x" * 400, "400"),
        ("", "Nội dung"),
    ):
        answer = await admin.client.post(PATH, data=sent | {"alert": wrong})
        form = answer.text[answer.text.index('data-testid="text-alert"') :]
        assert (answer.status_code, 'id="alert-error"' in form) == (422, True), wrong
        assert reason in form[: form.index("</section>")], wrong
        part = await admin.client.post(f"/parts{PATH}/alert", data=sent | {"alert": wrong})
        assert reason in part.text, wrong
    for path, data in ((PATH, csrf | {"reset": "khac"}), (f"/parts{PATH}/khac", sent)):
        assert (await admin.client.post(path, data=data)).status_code == 404, path
    assert (await admin.client.post(PATH, data=sent)).status_code == 303
    falls(happening, "p-c")
    assert texts(centre)[-1].startswith("Alo: Mất liên lạc với Xã C lúc ")
    over = csrf | {"recovery": "Xong: {su_viec}, {keo_dai}."}
    assert (await admin.client.post(PATH, data=over)).status_code == 303
    happening.says(PointCameUp, "p-b", "p-c")
    happening.looks(140)
    assert all(one.startswith("Xong: Đã hết: Mất liên lạc") for one in texts(centre)[-2:])
    assert (await admin.client.post(PATH, data=csrf | {"reset": "alert"})).status_code == 303
    happening.looks(20)
    falls(happening, "p-c")
    assert texts(centre)[-1].startswith("Mất liên lạc với Xã C. Từ ")


async def test_saving_or_resetting_one_loses_nothing_that_was_typed_of_the_other(
    sqlite_centre: Centre,
) -> None:
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    kept = sqlite_centre.web.part(AlertTexts)
    csrf = {"csrf_token": admin.csrf_token}
    both = csrf | {"alert": "A: {su_viec}", "recovery": "B: {su_viec"}
    answer = await admin.client.post(PATH, data=both)
    assert answer.status_code == 422
    assert ">A: {su_viec}</textarea>" in answer.text and ">B: {su_viec</textarea>" in answer.text
    assert texts_kept(kept) == {}
    assert (
        await admin.client.post(PATH, data=both | {"recovery": "B: {su_viec}"})
    ).status_code == 303
    assert texts_kept(kept) == {ALERT: "A: {su_viec}", RECOVERY: "B: {su_viec}"}
    typed = csrf | {"alert": "A: {su_viec}", "recovery": "C: {su_viec}", "reset": ALERT}
    answer = await admin.client.post(PATH, data=typed)
    assert answer.status_code == 200 and ">C: {su_viec}</textarea>" in answer.text
    assert f">{DEFAULTS[ALERT]}</textarea>" in answer.text
    assert texts_kept(kept) == {RECOVERY: "B: {su_viec}"}
    first = csrf | {"alert": DEFAULTS[ALERT], "recovery": "B: {su_viec}"}
    assert (await admin.client.post(PATH, data=first)).status_code == 303
    assert texts_kept(kept) == {RECOVERY: "B: {su_viec}"}  # what nobody has changed is not kept


def texts_kept(kept: AlertTexts) -> dict[str, str]:
    with reading(kept.engine) as session:
        return {one.kind: one.text for one in session.exec(select(AlertText))}


async def test_the_first_texts_can_be_used_as_they_are(sqlite_centre: Centre) -> None:
    kept = sqlite_centre.web.part(AlertTexts)
    for kind in (ALERT, RECOVERY):
        assert kept.taken(kind, DEFAULTS[kind]) == DEFAULTS[kind]
