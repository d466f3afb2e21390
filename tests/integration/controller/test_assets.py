"""The asset register: from the reports to the page and the files, for those who may."""

import csv
import io
import zipfile

from controller.roles import Role
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_machine_page import POINT, tell

FORM = {"name": "=1+1", "unit_id": "xa-b", "purchase_year": "2023"}


async def test_the_register_has_every_point_with_its_machine(
    sqlite_centre: Centre,
) -> None:
    tell(sqlite_centre)
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    fields = FORM | {"csrf_token": admin.csrf_token}
    changed = await admin.client.post(f"/points/{POINT}/change", data=fields)
    assert changed.status_code == 303, changed.text
    page = (await admin.get("/assets")).text
    for text in ("Mau N100 Mini", "MAU-PC-77", "MAU HDD 1TB", "WD-77", "Samsung SAMSUNG TV"):
        assert text in page, text
    assert page.count('data-testid="asset-p-') == 3
    assert "chưa báo về" in page

    told = csv.DictReader(io.StringIO((await admin.get("/assets.csv")).text.removeprefix("\ufeff")))
    row = next(one for one in told if one["Số sê-ri"] == "MAU-PC-77")
    assert (row["Điểm cầu"], row["Năm mua"]) == ("'=1+1", "2023")
    assert (row["Đơn vị"], row["Số sê-ri ổ đĩa"]) == ("Xã B", "WD-77")
    assert row["Thấy lần đầu"]

    book = (await admin.get("/assets.xlsx")).content
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        assert "<f>" not in opened.read("xl/worksheets/sheet1.xml").decode()
        assert "=1+1" in opened.read("xl/sharedStrings.xml").decode()


async def test_a_unit_has_its_own_points_and_those_of_units_below(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in(Role.OFFICE)
    shown = {
        unit: (await office.get("/assets", unit=unit)).text.count('data-testid="asset-p-')
        for unit in ("tinh", "xa-b", "xa-c")
    }
    assert shown == {"tinh": 3, "xa-b": 1, "xa-c": 1}
    assert (await office.get("/assets", unit="nowhere")).status_code == 404


async def test_serial_numbers_are_for_the_office(sqlite_centre: Centre) -> None:
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    for path in ("/assets", "/assets.csv", "/assets.xlsx"):
        assert (await viewer.get(path)).status_code == 403, path
    assert 'data-testid="assets-open"' not in (await viewer.get("/points")).text


async def test_a_year_that_is_none_is_refused_in_its_form(sqlite_centre: Centre) -> None:
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    fields = FORM | {"csrf_token": admin.csrf_token, "purchase_year": "năm ngoái"}
    answer = await admin.client.post(f"/points/{POINT}/change", data=fields)
    assert answer.status_code == 422
    assert "không phải là năm" in answer.text
