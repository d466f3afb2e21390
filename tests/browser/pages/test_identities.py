"""Revoking on a point's page, and putting out of a meeting: by the buttons, as people do."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Page, expect

from contracts.relay import RelayEvent
from controller.db.engine import writing
from controller.enrolment import pki
from controller.meetings import event_queries
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.seed import LIVE
from tests.browser.pages.site import RELAY_ID, Site

pytestmark = pytest.mark.browser


def enrol(page: Page, site: Site, point_id: str) -> int:
    """Issue a code on the point's page and use it as its machine does; return the status."""
    page.goto(f"{site.url}/points/{point_id}")
    page.get_by_test_id("issue-code").click()
    secret = page.get_by_test_id("enrolment-code").get_attribute("aria-label")
    assert secret is not None
    csr_pem = pki.request_pem(ec.generate_private_key(ec.SECP256R1()))
    question = {"secret": secret, "csr_pem": csr_pem}
    return page.request.post(f"{site.url}/api/v1/enrol", data=question).status


def test_a_point_is_revoked_on_its_page_and_enrols_anew(page: Page, own_site: Site) -> None:
    sign_in(page, own_site, Role.ADMIN)
    assert enrol(page, own_site, "na-hau") == 200
    page.goto(f"{own_site.url}/points/na-hau")
    page.get_by_test_id("revoke").click()
    page.locator("#revoke-dialog [data-close]").click()
    expect(page.locator("#revoke-dialog")).to_be_hidden()
    page.get_by_test_id("revoke").click()
    expect(page.locator("#revoke-dialog")).to_contain_text("Xã Nà Hẩu")
    page.get_by_test_id("revoke-confirm").click()
    expect(page.get_by_test_id("revoke")).to_have_count(0)
    page.goto(f"{own_site.url}/audit?who=na-hau&kind=revoke")
    expect(page.locator("[data-testid=audit] tbody tr")).to_have_count(1)
    assert enrol(page, own_site, "na-hau") == 200


def test_a_point_is_put_out_and_let_back_while_page_and_player_stay(
    page: Page, own_site: Site
) -> None:
    sign_in(page, own_site, Role.OFFICE)
    page.goto(f"{own_site.url}/meetings/m-live")
    expect(page.locator("#live-state")).to_contain_text("Trực tiếp")
    page.evaluate("window.isSame = document.querySelector('dc-player').isSame = true")
    button = page.get_by_test_id("put-out-gia-hoi")
    button.click()
    expect(page.get_by_test_id("last-move")).to_contain_text("Xã Gia Hội")
    expect(button).to_contain_text("Cho vào lại")
    page.get_by_test_id("undo").click()
    expect(button).to_contain_text("Đưa ra")
    stayed = "window.isSame && document.querySelector('dc-player').isSame"
    assert page.evaluate(stayed) is True
    page.get_by_test_id("put-out-gia-hoi").click()
    expect(button).to_contain_text("Cho vào lại")
    button.click()
    expect(button).to_contain_text("Đưa ra")
    assert page.evaluate(stayed) is True


def test_a_point_whose_certificate_nobody_knows_is_named_on_the_overview(
    page: Page, own_site: Site
) -> None:
    now = own_site.web.now()
    refused = RelayEvent(
        started_at=now,
        seq=1,
        happened_at=now,
        meeting_id=LIVE,
        kind="refused",
        subject="gia-hoi",
        detail="0" * 32,
    )
    with writing(own_site.web.state) as session:
        event_queries.record_from_relay(session, RELAY_ID, refused, now=now)
    sign_in(page, own_site, Role.OFFICE)
    row = page.get_by_test_id("attention-gia-hoi")
    expect(row).to_contain_text("chứng thư mà trung tâm không biết")
    expect(row).to_contain_text("Cấp mã ghi danh")
    page.goto(f"{own_site.url}/meetings/m-live")
    expect(page.get_by_test_id("log")).to_contain_text("Xã Gia Hội bị từ chối")
