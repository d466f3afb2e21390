"""An outage is settled with its carrier, and a month is issued, on a wide and a narrow screen."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from contracts.local_days import ZONE
from controller.db.engine import writing
from controller.ingest.tables import PresenceInterval
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser


def test_an_outage_is_settled_with_the_carrier_and_a_month_is_issued(
    page: Page, site: Site
) -> None:
    sign_in(page, site, Role.OFFICE)
    page.goto(f"{site.url}/points")
    page.get_by_test_id("carriers-open").click()
    page.get_by_test_id("carriers").locator("a").nth(1).click()
    page.get_by_test_id("evidence-show").click()
    page.get_by_test_id("settle-save").click()
    expect(page.locator("#settle-error")).to_contain_text("Chưa chọn lần mất kết nối nào")
    assert misfits(page, "evidence-unsettled") == {}
    page.get_by_test_id("evidence-unsettled").get_by_role("link").first.click()
    told = datetime.now(ZONE) - timedelta(minutes=20)
    page.fill("#outage-told", f"{told:%Y-%m-%dT%H:%M}")
    page.fill("#outage-ticket", "SC-4711")
    page.check("input[name=settled][value=carrier]")
    page.get_by_test_id("outage-save").click()
    expect(page.locator("#outage-error")).to_contain_text("Lý do chưa được nhập")
    expect(page.locator("#outage-ticket")).to_have_value("SC-4711")
    assert misfits(page, "outage-refused") == {}
    page.fill("#outage-reason", "Nhà mạng xác nhận đứt cáp quang tại trạm Mù Cang Chải")
    page.get_by_test_id("outage-save").click()
    row = page.get_by_test_id("evidence-carrier").locator("tbody tr")
    expect(row).to_contain_text("mã báo sự cố SC-4711")
    assert misfits(page, "evidence-settled") == {}
    page.set_viewport_size({"width": 1366, "height": 768})
    with writing(site.web.series) as session:  # heard last month, whatever day of a month it is
        began_at = datetime.now(ZONE) - timedelta(days=62)
        until = began_at + timedelta(days=31)
        session.add(PresenceInterval(point_id="che-tao", state="up", began_at=began_at,
                                     noticed_at=began_at, ended_at=until))  # fmt: skip
    page.select_option("#evidence-month", index=1)
    page.get_by_test_id("evidence-show").click()
    page.get_by_test_id("evidence-issue").click()
    page.get_by_test_id("evidence-issue-confirm").click()
    expect(page.get_by_test_id("editions-open")).to_contain_text("1")
    expect(page.get_by_test_id("editions")).to_contain_text("Ấn bản 1")
    expect(page.get_by_test_id("editions")).to_be_in_viewport()
    page.get_by_test_id("evidence-issue").click()
    page.get_by_test_id("evidence-issue-confirm").click()
    expect(page.locator("#issue-error")).to_contain_text("Không có gì thay đổi")
    expect(page.locator("#issue-error")).to_be_in_viewport()
    assert misfits(page, "evidence-issued") == {}
