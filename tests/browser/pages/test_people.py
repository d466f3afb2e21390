"""The page of people: every button does what it says, and to whom it says."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.site import PASSWORD, Site

pytestmark = pytest.mark.browser


@pytest.fixture
def people(page: Page, site: Site) -> Page:
    sign_in(page, site, Role.ADMIN)
    page.goto(f"{site.url}/people")
    return page


@pytest.fixture
def elsewhere(browser: Browser, site: Site) -> Iterator[Page]:
    """The browser of whom it is done to."""
    context = browser.new_context(locale="vi-VN")
    yield context.new_page()
    context.close()


def made_password(page: Page) -> str:
    shown = page.get_by_test_id("new-password").inner_text()
    return shown.rpartition(": ")[2]


def enter(page: Page, site: Site, name: str, password: str) -> None:
    page.goto(f"{site.url}/sign-in")
    page.fill("#user_name", name)
    page.fill("#password", password)
    page.click("[data-testid=sign-in]")


def test_who_is_added_signs_in_with_the_password_that_is_shown_once(
    people: Page, elsewhere: Page, site: Site
) -> None:
    people.fill("#person-name", "nguyen.van.a")
    people.fill("#person-shown", "Nguyễn Văn A")
    people.get_by_test_id("add-person").click()
    password = made_password(people)
    enter(elsewhere, site, "nguyen.van.a", password)
    expect(elsewhere.get_by_test_id("person")).to_contain_text("Nguyễn Văn A")
    people.goto(f"{site.url}/people")
    expect(people.get_by_test_id("new-password")).to_have_count(0)


def test_the_name_that_others_see_is_changed_and_nobody_is_signed_out(
    people: Page, elsewhere: Page, site: Site
) -> None:
    sign_in(elsewhere, site, Role.OFFICE)
    people.get_by_test_id("shown-office").fill("Lê Thị Thu Hà")
    people.get_by_test_id("rename-office").click()
    expect(people.get_by_test_id("shown-office")).to_have_value("Lê Thị Thu Hà")
    elsewhere.goto(site.url)
    expect(elsewhere.get_by_test_id("person")).to_contain_text("Lê Thị Thu Hà")


def test_who_is_disabled_is_out_until_enabled(people: Page, elsewhere: Page, site: Site) -> None:
    sign_in(elsewhere, site, Role.VIEWER)
    people.get_by_test_id("disable-viewer").click()
    expect(people.get_by_test_id("person-viewer")).to_contain_text("bị khóa")
    elsewhere.goto(f"{site.url}/meetings")
    expect(elsewhere).to_have_url(re.compile("/sign-in"))
    enter(elsewhere, site, "viewer", PASSWORD)
    expect(elsewhere.get_by_test_id("sign-in-error")).to_be_visible()
    people.get_by_test_id("enable-viewer").click()
    expect(people.get_by_test_id("disable-viewer")).to_be_visible()
    sign_in(elsewhere, site, Role.VIEWER)


def test_signing_out_everywhere_ends_every_session(
    people: Page, elsewhere: Page, site: Site
) -> None:
    sign_in(elsewhere, site, Role.VIEWER)
    people.get_by_test_id("sign_out-viewer").click()
    expect(people.get_by_test_id("person-viewer")).to_contain_text("không đăng nhập")
    elsewhere.goto(f"{site.url}/meetings")
    expect(elsewhere).to_have_url(re.compile("/sign-in"))


def test_a_new_password_takes_the_place_of_the_old(
    people: Page, elsewhere: Page, site: Site
) -> None:
    people.get_by_test_id("password-viewer").click()
    password = made_password(people)
    enter(elsewhere, site, "viewer", PASSWORD)
    expect(elsewhere.get_by_test_id("sign-in-error")).to_be_visible()
    enter(elsewhere, site, "viewer", password)
    expect(elsewhere.get_by_test_id("person")).to_be_visible()


def test_nobody_disables_or_signs_out_themselves(people: Page) -> None:
    expect(people.get_by_test_id("person-admin")).to_be_visible()
    for action in ("disable", "sign_out", "password", "role"):
        expect(people.get_by_test_id(f"{action}-admin")).to_have_count(0)
