"""Signing in and out as a person does, and what the pages refuse."""

from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from controller.oidc_settings import OidcSettings
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.site import PASSWORD, Site, make_installation, running
from tests.fakes.identity_provider import CLIENT_ID, SECRET, identity_provider

pytestmark = pytest.mark.browser


def test_a_page_leads_to_sign_in_and_back(page: Page, shared_site: Site) -> None:
    page.goto(f"{shared_site.url}/points/na-hau")
    expect(page).to_have_url(f"{shared_site.url}/sign-in?next=/points/na-hau")
    page.fill("#user_name", "viewer")
    page.fill("#password", PASSWORD)
    page.click("[data-testid=sign-in]")
    expect(page).to_have_url(f"{shared_site.url}/points/na-hau")


def test_a_wrong_password_says_what_to_do_and_keeps_the_name(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/sign-in")
    page.fill("#user_name", "office")
    page.fill("#password", "khong-phai")
    page.click("[data-testid=sign-in]")
    expect(page.get_by_test_id("sign-in-error")).to_have_text(
        "Tên đăng nhập hoặc mật khẩu chưa đúng."
    )
    expect(page.locator("#user_name")).to_have_value("office")
    expect(page.locator("#password")).to_have_value("")


def test_too_many_tries_say_how_long_to_wait(page: Page, site: Site) -> None:
    wrong: dict[str, str | float | bool] = {"user_name": "nobody", "password": "khong-phai"}
    for _ in range(10):
        assert page.request.post(f"{site.url}/sign-in", form=wrong).status == 401
    page.goto(f"{site.url}/sign-in")
    page.fill("#user_name", "nobody")
    page.fill("#password", "khong-phai")
    page.click("[data-testid=sign-in]")
    expect(page.get_by_test_id("sign-in-error")).to_have_text("Thử sai quá nhiều lần.")
    expect(page.locator(".note-bad")).to_contain_text("Thử lại sau")


def test_a_person_of_the_provider_comes_back_signed_in(
    browser: Browser, built: None, tmp_path: Path
) -> None:
    """A browser takes the cookies of a way that leads over another site, and our policy lets it."""
    with identity_provider(tmp_path) as provider:
        oidc = OidcSettings(
            issuer=provider.issuer,
            client_id=CLIENT_ID,
            secret_file=tmp_path / "secret",
            ca_file=provider.ca_file,
            name="Tài khoản tỉnh",
        )
        (tmp_path / "secret").write_text(SECRET)
        (tmp_path / "secret").chmod(0o600)
        made = msgspec.structs.replace(make_installation(tmp_path), oidc=oidc)
        with running(made) as site:
            provider.back_at = site.url
            context = browser.new_context(locale="vi-VN", ignore_https_errors=True)
            page = context.new_page()
            page.goto(f"{site.url}/meetings")
            page.get_by_role("link", name="Đăng nhập bằng Tài khoản tỉnh").click()
            page.wait_for_url(f"{site.url}/meetings")
            page.get_by_test_id("person").click()
            page.get_by_test_id("sign-out").click()
            page.wait_for_url(f"{site.url}/sign-in?left=1")
            expect(page.get_by_test_id("end")).to_have_text("Đăng xuất cả ở đó")
            context.close()


def test_the_first_run_says_how_to_add_a_person(page: Page, empty_site: Site) -> None:
    page.goto(empty_site.url)
    expect(page.get_by_test_id("first-run")).to_contain_text("diemcau-controller user add")


def test_the_way_on_never_leads_elsewhere(page: Page, shared_site: Site) -> None:
    page.goto(f"{shared_site.url}/sign-in?next=//example.org/")
    page.fill("#user_name", "viewer")
    page.fill("#password", PASSWORD)
    page.click("[data-testid=sign-in]")
    expect(page).to_have_url(f"{shared_site.url}/")


def test_signing_out_ends_the_session(page: Page, site: Site) -> None:
    sign_in(page, site, Role.VIEWER)
    page.get_by_test_id("person").click()
    page.get_by_test_id("sign-out").click()
    page.goto(f"{site.url}/meetings")
    expect(page).to_have_url(f"{site.url}/sign-in?next=/meetings")


def test_the_language_switch_works_on_every_page(page: Page, shared_site: Site) -> None:
    sign_in(page, shared_site, Role.VIEWER)
    page.goto(f"{shared_site.url}/meetings")
    expect(page.locator("h1")).to_have_text("Cuộc họp")
    page.get_by_test_id("language-switch").click()
    expect(page).to_have_url(f"{shared_site.url}/meetings")
    expect(page.locator("h1")).to_have_text("Meetings")
    page.get_by_test_id("language-switch").click()
    expect(page.locator("h1")).to_have_text("Cuộc họp")


def test_a_form_without_its_token_is_refused(page: Page, site: Site) -> None:
    sign_in(page, site, Role.OFFICE)
    answer = page.request.post(
        f"{site.url}/meetings/m-live/floor", form={"action": "grant", "point_id": "gia-hoi"}
    )
    assert answer.status == 403
    assert "Tải lại trang rồi thử lại" in answer.text()


@pytest.mark.parametrize("path", ["/meetings/new", "/parts/booking/clashes"])
def test_a_viewer_is_told_who_may(page: Page, site: Site, path: str) -> None:
    sign_in(page, site, Role.VIEWER)
    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    answer = (
        page.request.get(site.url + path)
        if path == "/meetings/new"
        else page.request.post(site.url + path, form={"csrf_token": token})
    )
    assert answer.status == 403
    assert "Việc này chỉ văn phòng làm được" in answer.text()


def test_a_viewer_sees_the_meeting_and_no_buttons(page: Page, site: Site) -> None:
    sign_in(page, site, Role.VIEWER)
    page.goto(f"{site.url}/meetings/m-live")
    expect(page.get_by_test_id("who-can")).to_have_text("Chỉ Văn phòng mời và thu quyền phát biểu.")
    expect(page.get_by_test_id("end-open")).to_have_count(0)
    expect(page.get_by_test_id("invite-next")).to_have_count(0)
    page.goto(f"{site.url}/points")
    expect(page.get_by_test_id("add-point")).to_have_count(0)


def test_pages_work_before_scripts_load(context: BrowserContext, site: Site) -> None:
    browser = context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    sign_in(page, site, Role.OFFICE)
    expect(page.get_by_test_id("attention")).to_be_visible()
    page.goto(f"{site.url}/meetings/m-live")
    page.get_by_test_id("grant-gia-hoi").click()
    expect(page.get_by_test_id("speaker-caption")).to_contain_text("Xã Gia Hội")
    page.get_by_test_id("end-open").click()
    expect(page.get_by_test_id("end-confirm")).to_be_visible()
    plain.close()
