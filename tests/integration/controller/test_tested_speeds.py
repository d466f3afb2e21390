"""Throughput tests on a carrier's sheet: beside its contract, apart from outages, late ones too."""

import io
import zipfile
from datetime import datetime, timedelta

from contracts.local_days import ZONE
from controller.db.engine import writing
from controller.ingest.throughput_table import Throughput
from controller.roles import Role
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_carriers import contracted, outage, post, to_the_tenth
from tests.integration.controller.test_incidents import Happening

HOUR = timedelta(hours=1)


def write_test(centre: Centre, at: datetime, down: float, up: float, **more: bool | str) -> None:
    """Write what came of a test of p-b."""
    seq = round(at.timestamp())
    row = Throughput(
        outbox_key=1, seq=seq, point_id="p-b", at=at, test_id=f"{seq:016x}", outcome="done",
        down_bps=round(down * 1e6), up_bps=round(up * 1e6),
    )  # fmt: skip
    with writing(centre.web.series) as session:
        session.add(row.sqlmodel_update(more))


async def test_what_was_tested_stands_beside_the_contract_and_a_late_test_is_a_new_edition(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    first = to_the_tenth(centre)
    happening, office = Happening(centre), await centre.sign_in(Role.OFFICE)
    carrier, contract = await contracted(office, first)  # 50 down, 20 up
    month = f"{first:%Y-%m}"
    centre.time.offset += HOUR
    outage(happening, 1)
    night = datetime(first.year, first.month, 3, 22, 40, tzinfo=ZONE)
    page = (await office.get(f"{carrier}/evidence", month=month)).text
    assert "Trong tháng này chưa đo đường truyền nào." in page
    assert "Đường truyền dưới tốc độ hợp đồng" not in page
    for day, (down, up) in enumerate(((21.5, 19), (31, 19.5), (23.6, 18))):
        write_test(centre, night + timedelta(days=day), down, up, up_at_least=day == 1)
    write_test(centre, night + timedelta(days=3), 3, 2, outcome="stopped")  # says nothing
    write_test(centre, night - timedelta(days=33), 1, 1)  # another month
    page = (await office.get(f"{carrier}/evidence", month=month)).text
    table = page.partition('data-testid="evidence-speeds"')[2].partition("</table>")[0]
    evenings = [f"{night + timedelta(days=day):%d/%m}" for day in range(3)]
    for said in (
        "47,2\u00a0%", "95,0\u00a0%", "dưới tốc độ hợp đồng", contract,
        f"{evenings[0]}: 21,5 / 19,0; {evenings[1]}: 31,0 / ít nhất 19,5; ",
        f"; {evenings[2]}: 23,6 / 18,0",
    ):  # fmt: skip
        assert said in table, said
    assert "dưới 80\u00a0%" in page  # the formula

    centre.time.offset += timedelta(days=31)
    happening.listens()
    office = await centre.sign_in(Role.OFFICE)
    for kind in ("pdf", "xlsx"):
        one, other = [
            (await office.get(f"{carrier}/evidence.{kind}", month=month)).content for _ in range(2)
        ]
        assert one == other
    with zipfile.ZipFile(io.BytesIO(one)) as book:
        texts = book.read("xl/sharedStrings.xml").decode()
        assert "Tốc độ đã đo" in book.read("xl/workbook.xml").decode()
    assert "trung vị" in texts and evenings[2] in texts
    assert (await post(office, f"{carrier}/evidence", month=month))[0] == 303
    assert (await post(office, f"{carrier}/evidence", month=month))[0] == 400
    write_test(centre, night + timedelta(days=5), 49, 19)
    assert (await post(office, f"{carrier}/evidence", month=month))[0] == 303
    page = (await office.get(f"{carrier}/evidence", month=month)).text
    assert "Tốc độ đã đo · " in page and "là 4" in page
