"""Carriers removed and had back, months without data, many outages settled, words put otherwise."""

import re
from datetime import UTC, timedelta

from sqlmodel import select

from controller.carriers import carrier_queries
from controller.carriers.tables import EvidenceSheetRow
from controller.db.engine import reading, writing
from controller.places.tables import Point
from controller.roles import Role
from monitoring.judgement.outage_cause import OutageCause
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_carriers import (
    HOSTILE,
    HOUR,
    TERMS,
    contracted,
    judge,
    outage,
    post,
    to_the_tenth,
)
from tests.integration.controller.test_incidents import Happening


async def test_a_carrier_entered_by_mistake_is_removed_and_had_back(centre: Centre) -> None:
    first = to_the_tenth(centre)
    happening, office = Happening(centre), await centre.sign_in(Role.OFFICE)
    carrier, contract = await contracted(office, first)
    status, page = await post(office, f"{carrier}/remove")
    assert (status, "còn 1 hợp đồng: rút lại trước" in page) == (409, True)
    for said in (carrier, f"/carriers/contracts/{contract}"):
        assert f'href="{said}"' in (await office.get("/points/p-b")).text
    assert f'href="{carrier}"' in (await office.get("/search", q="vien thong")).text
    assert f"contracts/{contract}" in (await office.get("/search", q="17/2026")).text
    assert (await post(office, f"/carriers/contracts/{contract}/withdraw"))[0] == 303
    assert 'data-testid="contract"' not in (await office.get("/points/p-b")).text
    assert contract not in (await office.get("/search", q="17/2026")).text
    viewer = await centre.sign_in(Role.VIEWER)
    assert (await post(viewer, f"{carrier}/remove"))[0] == 403
    assert await post(office, f"{carrier}/remove") == (303, carrier)
    page = (await office.get("/carriers")).text
    assert "carriers-empty" in page and 'data-testid="carriers-removed"' in page
    assert f'href="{carrier}"' not in (await office.get("/search", q="vien thong")).text
    fields = TERMS | {"carrier": carrier.rpartition("/")[2], "begins_on": f"{first:%Y-%m-01}"}
    assert (await post(office, "/carriers/contracts", **fields))[0] == 404
    status, other = await post(office, "/carriers", name=HOSTILE)
    assert status == 303
    status, page = await post(office, f"{carrier}/restore")
    assert (status, "Đã có nhà mạng tên" in page) == (422, True)
    assert await post(office, f"{other}/remove") == (303, other)
    assert await post(office, f"{carrier}/restore") == (303, carrier)
    assert (await post(office, "/carriers/contracts", **fields))[0] == 303
    outage(happening, 2)
    centre.time.offset += timedelta(days=31)
    happening.listens()
    office = await centre.sign_in(Role.OFFICE)
    assert (await post(office, f"{carrier}/evidence", month=f"{first:%Y-%m}"))[0] == 303
    status, page = await post(office, f"{carrier}/remove")
    assert (status, "Đã phát hành bằng chứng" in page) == (409, True)
    admin = await centre.sign_in(Role.ADMIN)
    page = (await admin.get("/audit")).text
    assert "bỏ một nhà mạng" in page and "lấy lại một nhà mạng đã bỏ" in page


async def test_a_point_s_page_says_one_contract_and_whose(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    first = to_the_tenth(centre)
    office = await centre.sign_in(Role.OFFICE)
    with writing(centre.web.state) as session:
        session.get_one(Point, "p-b").contract_rate_bps = 7_000_000
    own = re.compile(r"hợp đồng 7[^<·]*Mbit/s")
    assert own.search((await office.get("/points/p-b")).text)
    await contracted(office, first)
    page = (await office.get("/points/p-b")).text
    assert not own.search(page)
    [said] = re.findall(r'data-testid="contract">.*?</p>', page, re.DOTALL)
    assert re.search(r": xuống 50\sMbit/s, lên 20\sMbit/s", said)


async def test_of_a_month_of_which_nothing_is_known_no_zeros_are_drawn(centre: Centre) -> None:
    first = to_the_tenth(centre)
    happening, office = Happening(centre), await centre.sign_in(Role.OFFICE)
    carrier, _ = await contracted(office, first)
    outage(happening, 2)
    page = (await office.get(f"{carrier}/evidence", month="2020-01")).text
    assert f"bắt đầu ngày {first:01/%m/%Y}" in page
    assert "0:00:00" not in page and "evidence.pdf" not in page
    for path in ("evidence.pdf", "evidence.xlsx"):
        assert (await office.get(f"{carrier}/{path}", month="2020-01")).status_code == 400
    assert (await post(office, f"{carrier}/evidence", month="2020-01"))[0] == 400
    fields = TERMS | {"carrier": carrier.rpartition("/")[2], "point": "p-c"}
    fields |= {"number": "HĐ-18", "begins_on": "2019-12-01", "ends_on": "2020-12-31"}
    assert (await post(office, "/carriers/contracts", **fields))[0] == 303
    page = (await office.get(f"{carrier}/evidence", month="2020-01")).text
    assert "chưa được theo dõi trong tháng" in page and "evidence.pdf" not in page


async def test_many_outages_are_settled_at_once_and_what_was_noted_of_one_stays(
    centre: Centre,
) -> None:
    first = to_the_tenth(centre)
    month = f"{first:%Y-%m}"
    happening, office = Happening(centre), await centre.sign_in(Role.OFFICE)
    carrier, contract = await contracted(office, first)
    began: list[str] = []
    for _ in range(4):
        centre.time.offset += HOUR
        at = outage(happening, 0.5)
        judge(centre, at, OutageCause.LINE, is_certain=False)
        began.append(f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    keys = [f"{contract} {one}" for one in began]
    where = f"/carriers/contracts/{contract}/outages/{began[0]}"
    assert (await post(office, where, ticket="SC-9"))[0] == 303
    page = (await office.get(f"{carrier}/evidence", month=month)).text
    assert all(f'value="{key}"' in page for key in keys)
    shown = ",".join(keys)
    settle = f"{carrier}/evidence/settle"
    asked = {"month": month, "shown": shown, "outage": keys[0], "reason": "Đứt cáp"}
    for changed, said in (
        ({"outage": ""}, "Chưa chọn do bên nào"),
        ({"settled": "carrier", "reason": " "}, "Lý do chưa được nhập"),
        ({"settled": "planned"}, "Chưa chọn do bên nào"),
    ):
        status, page = await post(office, settle, **asked | changed)
        assert (status, said in page) == (422, True), said
    status, page = await post(office, settle, **{"month": month, "settled": "other", "reason": "x"})
    assert (status, "Chưa chọn lần mất kết nối nào" in page) == (422, True)
    status, page = await post(office, settle, **asked)
    assert f'value="{keys[0]}" aria-label' in page and 'value="Đứt cáp"' in page
    data = asked | {"settled": "carrier", "outage": keys[:2], "csrf_token": office.csrf_token}
    assert (await office.client.post(settle, data=data)).status_code == 303
    # Another settled one meanwhile: their word stays.
    third = f"/carriers/contracts/{contract}/outages/{began[2]}"
    assert (await post(office, third, settled="other", reason="Mất điện"))[0] == 303
    whole = asked | {"settled": "other", "reason": "Bảo trì", "all": "yes"}
    assert (await post(office, settle, **whole))[0] == 303
    with reading(centre.web.state) as session:
        words = {one.outage_began_at: one for one in carrier_queries.words(session, ["p-b"])["p-b"]}
    found = [words[at] for at in sorted(words)]
    assert [(one.settled and one.settled.value, one.reason) for one in found] == [
        ("carrier", "Đứt cáp"), ("carrier", "Đứt cáp"), ("other", "Mất điện"), ("other", "Bảo trì"),
    ]  # fmt: skip
    assert [one.ticket for one in found] == ["SC-9", "", "", ""]
    viewer = await centre.sign_in(Role.VIEWER)
    assert (await post(viewer, settle, **asked))[0] == 403


async def test_a_month_is_the_same_though_its_words_are_put_otherwise(centre: Centre) -> None:
    first = to_the_tenth(centre)
    month = f"{first:%Y-%m}"
    happening, office = Happening(centre), await centre.sign_in(Role.OFFICE)
    carrier, _ = await contracted(office, first)
    judge(centre, outage(happening, 2), OutageCause.LINE, is_certain=True)
    centre.time.offset += timedelta(days=31)
    happening.listens()
    office = await centre.sign_in(Role.OFFICE)
    assert (await post(office, f"{carrier}/evidence", month=month))[0] == 303
    with writing(centre.web.state) as session:
        row = session.exec(select(EvidenceSheetRow)).one()
        row.document = row.document.replace("Bộ định tuyến", "Cục modem").replace("Mất", "Đứt")
        session.add(row)
    status, page = await post(office, f"{carrier}/evidence", month=month)
    assert (status, "Không có gì thay đổi so với ấn bản 1." in page) == (400, True)
