"""A province of 170 rooms is brought as a file and merged, looked through before, at every size."""

from datetime import timedelta

import pytest
from playwright.sync_api import FilePayload, Page, expect

from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site
from tests.browser.pages.test_province import POINT, UNIT

pytestmark = pytest.mark.browser
UNITS = 170


def table() -> bytes:
    rows = ["dòng ghi;mã đơn vị;mã đơn vị cấp trên;mã điểm cầu;tên;chủ quản"]
    rows += [f"đơn vị;u{n};tinh;;{UNIT.format(n)};UBND" for n in range(UNITS)]
    rows += [f"điểm cầu;u{n};;p{n};{POINT.format(n)};UBND" for n in range(UNITS)]
    return "\n".join(["\ufeff" + rows[0], *rows[1:]]).encode()


def bring(page: Page, name: str, content: bytes) -> None:
    file = FilePayload(name=name, mimeType="text/csv", buffer=content)
    page.set_input_files("#tree-file", files=[file])
    page.get_by_test_id("file-bring").click()


def test_a_province_is_brought_and_two_communes_merge(page: Page, own_site: Site) -> None:
    found: dict[str, object] = {}
    sign_in(page, own_site, Role.ADMIN)
    page.goto(f"{own_site.url}/points")
    page.get_by_test_id("tree-open").click()
    expect(page.get_by_test_id("tree-empty")).to_be_visible()
    page.get_by_test_id("tree-import").click()
    bring(page, "sai.csv", b"what,name\nunit,Huy\n")
    expect(page.get_by_test_id("file-mistakes")).to_contain_text("Dòng 2")
    found |= misfits(page, "tree-file-wrong")
    bring(page, f"{'tinh' * 14}.csv", table())
    found |= misfits(page, "tree-file")
    page.get_by_test_id("file-details").locator("summary").click()
    expect(page.get_by_test_id("file-rows")).to_contain_text(POINT.format(169))
    page.get_by_test_id("file-take").click()
    page.get_by_test_id("tree-new-merge").click()
    page.get_by_test_id("find-unit").fill("CUM SO 001")
    expect(page.locator("[data-testid=merge-units] label:visible")).to_have_count(1)
    page.check("input[value=u1]")
    page.get_by_test_id("find-unit").fill("cụm số 002")
    expect(page.locator("[data-testid=merge-units] label:visible")).to_have_count(2)
    page.check("input[value=u2]")
    page.fill("#tree-name", UNIT.format(999))
    day = own_site.web.now() + timedelta(days=40)
    page.fill("#tree-day", day.date().isoformat())
    page.get_by_test_id("tree-look").click()
    expect(page.get_by_test_id("altered")).to_contain_text("nhập vào")
    found |= misfits(page, "tree-merge")
    page.get_by_test_id("tree-take").click()
    expect(page.get_by_test_id("tree-changes")).to_contain_text("chưa có hiệu lực")
    found |= misfits(page, "tree")
    page.locator("[data-testid^=take-back-]").first.click()
    found |= misfits(page, "tree-take-back")
    page.get_by_test_id("take-back").click()
    expect(page.get_by_test_id("tree-changes")).to_contain_text("thu hồi,")
    assert found == {}
