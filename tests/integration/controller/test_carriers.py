"""Contracts and evidence: entered on pages, told to the carrier, drawn, issued, corrected late."""

import io
import zipfile
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import pytest
from sqlmodel import col, select

from contracts.local_days import ZONE
from controller.audit.service import COMMAND_LINE
from controller.audit.tables import AuditEntry
from controller.carriers import carrier_queries, commands, line_contract, service
from controller.carriers.contract_file import COLUMNS
from controller.carriers.contract_import import ImportedContracts, import_contracts
from controller.carriers.line_contract import LineContract, Terms
from controller.db.engine import reading, writing
from controller.errors import PlaceImportError
from controller.ingest.cause_rows import evidence_text
from controller.ingest.cause_tables import OutageVerdict
from controller.people.accounts import Accounts
from controller.roles import Role
from monitoring.judgement.outage_cause import FactKey, OutageCause, OutageFact
from monitoring.judgement.presence import PointCameUp, PointWentDown
from scripts.demo import provision
from scripts.demo.api import Api
from scripts.demo.province import Point, Province
from tests.integration.controller.centre import Centre, Person
from tests.integration.controller.test_incidents import Happening

HOUR = timedelta(hours=1)
HOSTILE = "=HYPERLINK(1)&<b>Viễn thông</b>"
TERMS = {"point": "p-b", "number": "HĐ-17/2026", "down": "50", "up": "20", "promised": "99,995",
         "repair": "1,5", "ends_on": ""}  # fmt: skip


def to_the_tenth(centre: Centre) -> datetime:
    """Move the clock to noon of a month's tenth: no test runs over a month's end."""
    now = centre.time.now().astimezone(ZONE)
    later = (now.replace(day=1) + timedelta(days=40)).replace(day=10, hour=12, minute=0, second=0)
    centre.time.offset += later.replace(microsecond=0) - now
    return later


async def post(person: Person, path: str, **fields: str) -> tuple[int, str]:
    """Send a form; return the status, and where it leads or what the page says."""
    answer = await person.client.post(path, data={"csrf_token": person.csrf_token} | fields)
    return answer.status_code, answer.headers.get("location", answer.text)


def judge(centre: Centre, began_at: datetime, cause: OutageCause, *, is_certain: bool) -> None:
    facts = [OutageFact(FactKey.GATEWAY_ANSWERS, {"address": "192.168.7.1"})]
    with writing(centre.web.series) as session:
        session.add(
            OutageVerdict(point_id="p-b", outage_began_at=began_at, judged_at=centre.time.now(),
                          noticed_at=began_at + timedelta(seconds=25), own_began_at=began_at,
                          cause=cause.value, is_certain=is_certain, is_recorded=True,
                          evidence=evidence_text(facts))
        )  # fmt: skip


def outage(happening: Happening, hours: float) -> datetime:
    """Let p-b be out for so long; return since when, as stored."""
    began_at = happening.now()
    happening.says(PointWentDown, "p-b")
    happening.centre.time.offset += hours * HOUR
    happening.says(PointCameUp, "p-b")
    happening.listens()
    return began_at.replace(microsecond=began_at.microsecond // 1000 * 1000)


async def contracted(office: Person, first: datetime) -> tuple[str, str]:
    """Enter a carrier with a contract for p-b; return the addresses of both."""
    status, carrier = await post(office, "/carriers", name=HOSTILE, phone="0214 800 126")
    assert status == 303, carrier
    name = carrier.rpartition("/")[2]
    fields = TERMS | {"carrier": name, "begins_on": f"{first:%Y-%m-01}"}
    assert await post(office, "/carriers/contracts", **fields) == (303, carrier)
    page = (await office.get(carrier)).text
    return carrier, page.split('href="/carriers/contracts/')[2].split('"')[0]


async def test_an_outage_is_told_the_carrier_issued_and_corrected_by_a_new_edition(
    centre: Centre, tmp_path: Path
) -> None:
    first = to_the_tenth(centre)
    happening, office = Happening(centre), await centre.sign_in(Role.OFFICE)
    carrier, contract = await contracted(office, first)
    month = f"{first:%Y-%m}"
    centre.time.offset += HOUR
    began_at = outage(happening, 4)
    judge(centre, began_at, OutageCause.LINE, is_certain=True)
    page = (await office.get(f"{carrier}/evidence", month=month)).text
    assert "chưa báo" in page and "&lt;b&gt;Viễn thông&lt;/b&gt;" in page
    assert "Bộ định tuyến 192.168.7.1 vẫn trả lời" in page
    assert "Chỉ phát hành được khi đã hết tháng." in page
    assert (await post(office, f"{carrier}/evidence", month=month))[0] == 400
    where = f"/carriers/contracts/{contract}/outages/{began_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    assert where in page
    assert "Bấm tên điểm cầu để ghi" in page
    assert 'href="/points/p-b"' in (await office.get(carrier)).text
    assert "0214 800 126" in (await office.get(where)).text
    told = (began_at + HOUR).astimezone(ZONE)
    status, back = await post(office, where, told=f"{told:%Y-%m-%dT%H:%M:%S}", ticket="SC-4711")
    assert (status, back) == (303, f"{carrier}/evidence?month={month}")
    page = (await office.get(f"{carrier}/evidence", month=month)).text
    for said in ("3:00:0", "1:00:0", "không đạt", "mã báo sự cố SC-4711"):
        assert said in page, said

    centre.time.offset += timedelta(days=31)
    happening.listens()
    office = await centre.sign_in(Role.OFFICE)
    drawn = [
        [(await office.get(f"{carrier}/evidence.{kind}", month=month)).content for _ in range(2)]
        for kind in ("pdf", "xlsx")
    ]
    assert [one == other for one, other in drawn] == [True, True]
    assert drawn[0][0].startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(drawn[1][0])) as book:
        cells = "".join(book.read(one).decode() for one in book.namelist() if "sheets/" in one)
        assert "<f>" not in cells and "=HYPERLINK" in book.read("xl/sharedStrings.xml").decode()
    assert (await post(office, f"{carrier}/evidence", month=month))[0] == 303
    issued = (await office.get(f"{carrier}/evidence/{month}/1.pdf")).content
    status, page = await post(office, f"{carrier}/evidence", month=month)
    assert (status, "Không có gì thay đổi so với ấn bản 1." in page) == (400, True)

    judge(centre, began_at, OutageCause.POWER, is_certain=True)
    assert (await post(office, f"{carrier}/evidence", month=month))[0] == 303
    page = (await office.get(f"{carrier}/evidence", month=month)).text
    for said in ("Ấn bản 2", "Thay đổi so với ấn bản 1:", "không còn", "thêm vào"):
        assert said in page, said
    assert (await office.get(f"{carrier}/evidence/{month}/1.pdf")).content == issued
    assert (await office.get(f"{carrier}/evidence/{month}/2.pdf")).content != issued
    assert (await office.get(f"{carrier}/evidence/{month}/3.pdf")).status_code == 404
    arguments = Namespace(carrier=HOSTILE, month=month, out=tmp_path / "out", edition=1)
    commands.written(centre.web.settings, arguments, centre.time.now())
    [paper] = (tmp_path / "out").glob("*.pdf")
    assert paper.read_bytes() == issued
    assert paper.name == f"bang-chung-hyperlink-1-b-vien-thong-b-{month}-an-ban-1.pdf"
    with reading(centre.web.state) as session:
        actions = list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.entry_id))))
    assert actions == ["add_carrier", "add_contract", "note_outage", *["issue_evidence"] * 2]
    admin = await centre.sign_in(Role.ADMIN)
    assert f'href="{carrier}"' in (await admin.get("/audit")).text


async def test_what_is_not_certain_counts_neither_way_until_people_settle_it(
    centre: Centre,
) -> None:
    first = to_the_tenth(centre)
    happening, office = Happening(centre), await centre.sign_in(Role.OFFICE)
    carrier, contract = await contracted(office, first)
    began_at = outage(happening, 2)
    judge(centre, began_at, OutageCause.LINE, is_certain=False)

    async def where_it_stands() -> list[str]:
        page = (await office.get(f"{carrier}/evidence", month=f"{first:%Y-%m}")).text
        names = ("carrier", "unsettled", "planned", "other")
        tables = {one: page.partition(f'data-testid="evidence-{one}"')[2] for one in names}
        return [one for one, rest in tables.items() if "/outages/" in rest.split("</table>")[0]]

    assert await where_it_stands() == ["unsettled"]
    where = f"/carriers/contracts/{contract}/outages/{began_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    status, page = await post(office, where, settled="carrier")
    assert (status, "Lý do chưa được nhập" in page) == (422, True)
    assert (await post(office, where, settled="carrier", reason="Nhà mạng nhận lỗi"))[0] == 303
    assert await where_it_stands() == ["carrier"]
    assert (await post(office, where, settled="other", reason="Chuột cắn cáp"))[0] == 303
    assert await where_it_stands() == ["other"]
    centre.web.part(Accounts).rename("office", "Lê Thị Hoa")
    page = (await office.get(f"{carrier}/evidence", month=f"{first:%Y-%m}")).text
    assert "Lê Thị Hoa ghi: Chuột cắn cáp" in page
    assert "Lê Thị Hoa ghi HĐ-17" in (await office.get(f"/carriers/contracts/{contract}")).text
    later = (centre.time.now() + HOUR).astimezone(ZONE)
    status, page = await post(office, where, told=f"{later:%Y-%m-%dT%H:%M}")
    assert (status, "còn ở tương lai" in page) == (422, True)
    with reading(centre.web.state) as session:
        [word] = carrier_queries.words(session, ["p-b"])["p-b"]
    assert word.reason == "Chuột cắn cáp"


async def test_bad_entries_are_refused_with_a_sentence_and_a_contract_keeps_its_history(
    centre: Centre,
) -> None:
    first = to_the_tenth(centre)
    office, viewer = await centre.sign_in(Role.OFFICE), await centre.sign_in(Role.VIEWER)
    carrier, contract = await contracted(office, first)
    fields = TERMS | {"carrier": carrier.rpartition("/")[2], "begins_on": f"{first:%Y-%m-01}"}
    wrong = [
        ({}, "đã có hợp đồng HĐ-17/2026"),
        ({"point": "p-c", "number": " "}, "Số hợp đồng chưa được nhập"),
        ({"point": "p-c", "down": "nhanh"}, "không phải là số"),
        ({"point": "p-c", "promised": "101"}, "không phải là số từ 50 đến 100"),
        ({"point": "p-c", "repair": "0"}, "không phải là số từ 0,1 đến 720"),
        ({"point": "p-c", "ends_on": "2001-01-01"}, "Ngày cuối phải từ ngày bắt đầu"),
        ({"point": "p-c", "begins_on": "9999-12-31"}, "Ngày bắt đầu: năm phải từ 2000 đến 2100"),
        ({"point": "p-c", "begins_on": "hôm nay"}, "Ngày bắt đầu: “hôm nay” không phải là ngày"),
    ]
    for changed, said in wrong:
        status, page = await post(office, "/carriers/contracts", **fields | changed)
        assert (status, said in page) == (422, True), (said, page)
    for changed in ({"point": "p-x"}, {"point": "p-c", "carrier": "x"}):
        assert (await post(office, "/carriers/contracts", **fields | changed))[0] == 404
    status, page = await post(office, "/carriers", name=HOSTILE.upper())
    assert (status, "Đã có nhà mạng tên" in page) == (422, True)
    address = f"/carriers/contracts/{contract}"
    assert (await post(office, address, **fields | {"up": "25"}))[0] == 303
    page = (await office.get(address)).text
    assert "office ghi HĐ-17/2026, 50" in page and "office sửa thành HĐ-17/2026" in page
    assert 'value="99,995"' in page and 'value="1,5"' in page
    for path in (carrier, f"{carrier}/evidence", address, "/carriers"):
        page = (await viewer.get(path)).text
        assert '-form"' not in page.replace('id="search-form"', ""), path
        assert (await post(viewer, path))[0] in (403, 405), path
    for path in ("/carriers/x", "/carriers/contracts/x", f"{address}/outages/20261001T000000Z",
                 f"{address}/outages/x", f"{carrier}/evidence.doc"):  # fmt: skip
        assert (await office.get(path)).status_code == 404, path
    assert (await office.get(f"{carrier}/evidence", month="2099-01")).status_code == 422
    statuses = [(await post(office, f"{address}/withdraw"))[0] for _ in range(2)]
    assert statuses == [303, 409]
    assert "Chưa nhập hợp đồng nào" in (await office.get(carrier)).text


FILE = f"""{";".join(COLUMNS)}
p-b;VNPT Tỉnh Thử;HĐ-1;50;50;99,5;4;2026-01-01;
p-c;vnpt tỉnh thử;HĐ-2;100;20;;;2026-01-01;2026-12-31
"""


async def test_a_file_of_contracts_is_taken_over_as_a_whole_or_not_at_all(centre: Centre) -> None:
    def take(text: str) -> ImportedContracts:
        now = centre.time.now()
        return import_contracts(centre.web.state, text.encode(), actor="office", now=now)

    for wrong, said in (
        ("p-x;VNPT;HĐ-3;50;50;;;2026-01-01;", "Không có điểm cầu “p-x”"),
        ("p-b;VNPT;HĐ-3;50;50;;;2026-06-01;", "đã có hợp đồng HĐ-1"),
        ("p-b;VNPT;HĐ-1;50;50;;;2025-01-01;2025-12-31", "HĐ-1 của điểm cầu “p-b” đã có ở dòng 2"),
        ("p-b;VNPT Tỉnh Thử;HĐ-1;50;50;99,5;4;2026-01-01;", "đã có ở dòng 2"),
        ("p-chair;;HĐ-3;50;50;;;2026-06-01;", "Tên nhà mạng chưa được nhập"),
        ("p-chair;VNPT;HĐ-3;nhanh;50;;;2026-06-01;", "không phải là số"),
        ("p-chair;VNPT;HĐ-3;50;50;;;2026-06-01;31/12/2026", "Ngày cuối: “31/12/2026” không phải"),
        ("p-chair;VNPT;HĐ-3;50;50;;;;", "Ngày bắt đầu chưa được nhập"),
    ):
        with pytest.raises(PlaceImportError, match=f"Dòng 4: .*{said}"):
            take(f"{FILE}{wrong}\n")
    for text in ("", "a;b\n1;2\n", "{}"):
        with pytest.raises(PlaceImportError):
            take(text)
    with pytest.raises(PlaceImportError, match="Dòng 1: thiếu cột availability_percent / "):
        take(FILE.replace("availability_percent", "kha_dung"))
    with reading(centre.web.state) as session:
        assert (service.carriers(session), service.contracts(session)) == ([], [])
    assert take(FILE) == ImportedContracts(1, 2, 0, 0)
    assert take(FILE.replace("HĐ-2;100", "HĐ-2;200")) == ImportedContracts(0, 0, 1, 1)
    with reading(centre.web.state) as session:
        assert [one.terms.down_bps for one in service.contracts(session)] == [5e7, 2e8]


async def test_a_large_file_takes_no_time_for_each_pair_of_its_rows(
    sqlite_centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    way = line_contract.in_the_way

    def in_the_way(terms: Terms, held: list[LineContract], *, changed: str) -> LineContract | None:
        asked.append(len(held))
        return way(terms, held, changed=changed)

    monkeypatch.setattr(line_contract, "in_the_way", in_the_way)
    now = sqlite_centre.time.now()
    import_contracts(sqlite_centre.web.state, FILE.encode(), actor=COMMAND_LINE, now=now)
    assert asked == [0, 0], "lines of other points are in nobody's way"
    with reading(sqlite_centre.web.state) as session:
        assert carrier_queries.contracts_made_since(session, now - HOUR) == 0, "nobody typed it"


async def test_of_what_was_no_outage_of_a_line_nothing_is_written_down(centre: Centre) -> None:
    first = to_the_tenth(centre)
    happening, office = Happening(centre), await centre.sign_in(Role.OFFICE)
    _, contract = await contracted(office, first)
    began_at = outage(happening, 2)
    address = f"/carriers/contracts/{contract}"
    for wrong in ("00010101T000000Z", "99991231T235959Z", "20991231T235959Z",
                  f"{first.astimezone(UTC) - HOUR:%Y%m%dT%H%M%SZ}"):  # fmt: skip
        for fields in ({}, {"told": "2026-01-01T00:00"}, {"settled": "other", "reason": "Điện"}):
            assert (await post(office, f"{address}/outages/{wrong}", **fields))[0] == 404, wrong
    where = f"{address}/outages/{began_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    assert (await post(office, f"{address}/withdraw"))[0] == 303
    assert (await post(office, where, ticket="SC-1"))[0] == 409, "it was withdrawn"
    with reading(centre.web.state) as session:
        assert carrier_queries.words(session, ["p-b"]) == {}


async def test_the_demos_lines_have_contracts_once_however_often_it_starts(
    centre: Centre,
) -> None:
    office = await centre.sign_in(Role.OFFICE)
    api = Api("https://centre.test", Path(certifi.where()))
    await api.client.aclose()
    api._client, api._token = office.client, office.csrf_token
    points = tuple(Point(one, n, one, "tinh", "commune") for n, one in enumerate(("p-b", "p-c")))
    for _ in range(2):
        await provision.enter_contracts(api, Province("Tỉnh Thử", (), points))
    with reading(centre.web.state) as session:
        held = service.contracts(session)
        names = {one.carrier_id: one.name for one in service.carriers(session)}
    assert [(one.terms.point_id, names[one.terms.carrier_id]) for one in held] == [
        ("p-b", "VNPT Phú Thọ"), ("p-c", "Viettel Phú Thọ"),
    ]  # fmt: skip
