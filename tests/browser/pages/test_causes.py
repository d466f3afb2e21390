"""Why a point was out, as its page, the overview and the API say it."""

import pytest
from playwright.sync_api import Page, expect

from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser


def test_a_point_that_is_out_says_why_how_sure_whose_and_what_to_do(
    page: Page, shared_site: Site
) -> None:
    sign_in(page, shared_site, Role.VIEWER)
    row = page.get_by_test_id("attention-che-tao")
    for text in ("Đứt đường truyền của nhà mạng?", "kết nối đứt mà máy không đóng", "Gọi xã"):
        expect(row).to_contain_text(text, ignore_case=True)
    page.goto(f"{shared_site.url}/points/che-tao")
    expect(page.get_by_test_id("state")).to_contain_text("Đứt đường truyền của nhà mạng?")
    expect(page.get_by_test_id("state")).to_contain_text("Bên xử lý: nhà mạng")
    expect(page.get_by_test_id("evidence")).to_contain_text("Trung tâm nhận ra lúc")


@pytest.mark.parametrize("width", [390, 1366])
def test_an_outage_that_is_over_has_its_cause_and_what_was_said_before(
    page: Page, shared_site: Site, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, shared_site, Role.VIEWER)
    page.goto(f"{shared_site.url}/points/na-hau")
    cause = page.get_by_test_id("outages").get_by_test_id("cause").first
    for text in (
        "Đứt mạng trong phòng họp",
        "Bộ định tuyến 192.168.1.1 không trả lời",
        "Theo bản ghi của máy từ",
        "Trước đó ghi: Đứt đường truyền của nhà mạng?",
    ):
        expect(cause).to_contain_text(text)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)
    found = page.request.get(f"{shared_site.url}/api/v1/points/na-hau/outages").json()
    assert [(one["cause"], one["is_certain"], one["said_before"]) for one in found] == [
        ("lan", True, "line")
    ]
    assert found[0]["facts"] == ["gateway_silent"]
