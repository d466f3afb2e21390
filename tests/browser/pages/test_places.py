"""Adding units and points, the code that enrols a machine, and the empty pages before."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from controller.db.engine import reading, writing
from controller.enrolment import code_queries, enrol_code
from controller.enrolment.tables import EnrolmentCode
from controller.people import people_queries
from controller.people.passwords import hash_password
from controller.places.tables import Point
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.site import PASSWORD, Site

pytestmark = pytest.mark.browser


def test_an_empty_centre_leads_from_one_step_to_the_next(page: Page, empty_site: Site) -> None:
    with writing(empty_site.web.state) as session:
        people_queries.add_user(
            session,
            Role.ADMIN.value,
            display_name="",
            password_hash=hash_password(PASSWORD),
            role=Role.ADMIN,
            now=empty_site.web.now(),
        )
    sign_in(page, empty_site, Role.ADMIN)
    expect(page.get_by_test_id("headline")).to_have_text("Chưa có điểm cầu nào")
    page.get_by_role("link", name="Thêm đơn vị và điểm cầu").click()
    page.fill("#unit-name", "Tỉnh Lào Cai")
    page.get_by_test_id("add-unit").click()
    page.fill("#point-name", "Xã Nậm Có")
    page.fill("#point-rate", "50")
    page.get_by_test_id("add-point").click()
    expect(page.locator("h1")).to_have_text("Xã Nậm Có")
    expect(page.get_by_test_id("state")).to_have_attribute("data-state", "not_enrolled")
    with reading(empty_site.web.state) as session:
        point = session.exec(select(Point)).one()
    assert re.fullmatch(r"xa-nam-co-[a-z0-9]{4}", point.point_id)
    assert (point.number, point.contract_rate_bps) == (1, 50_000_000)


def test_a_code_is_shown_once_with_the_command_to_type(page: Page, site: Site) -> None:
    sign_in(page, site, Role.ADMIN)
    page.goto(f"{site.url}/points/khanh-yen")
    page.get_by_test_id("issue-code").click()
    shown = page.get_by_test_id("enrolment-code").get_attribute("aria-label") or ""
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}", shown)
    expect(page.get_by_test_id("enrolment-command")).to_have_text(
        "sudo diemcau-agent enrol --controller https://127.0.0.1:8443"
    )
    secret = enrol_code.normalized_secret(shown)
    assert secret is not None
    with reading(site.web.state) as session:
        stored = code_queries.find(session, enrol_code.secret_digest(secret))
        assert isinstance(stored, EnrolmentCode)
        assert stored.point_id == "khanh-yen"
    page.goto(f"{site.url}/points/khanh-yen")
    assert shown not in page.content()


def test_a_bad_rate_is_said_in_its_form_and_nothing_is_lost(page: Page, site: Site) -> None:
    sign_in(page, site, Role.ADMIN)
    page.goto(f"{site.url}/points")
    page.fill("#point-name", "Xã Thử")
    for rate, said in (("nhanh", "không phải là số"), ("1.000", "là 1000 hay 1?")):
        page.fill("#point-rate", rate)
        page.get_by_test_id("add-point").click()
        expect(page.locator("#point-error")).to_contain_text(said)
    expect(page.locator("#point-name")).to_have_value("Xã Thử")


def test_the_figures_come_as_a_table_and_a_file(page: Page, site: Site) -> None:
    sign_in(page, site, Role.VIEWER)
    page.goto(f"{site.url}/points/na-hau")
    page.locator("[data-testid=chart-table] summary").click()
    table = page.locator("[data-testid=chart-table] table")
    expect(table).to_contain_text("chưa có dữ liệu")
    with page.expect_download() as download:
        page.get_by_test_id("csv").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0].removeprefix("\ufeff").startswith("begins_at,samples,rtt_ms")
    assert 288 <= len(lines) - 1 <= 289
    assert any(line.split(",")[1:3] == ["0", ""] for line in lines[1:])
