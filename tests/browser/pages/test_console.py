"""The meeting's page: the floor moves by buttons and keys, and everyone's page follows."""

import re

import pytest
from playwright.sync_api import Page, expect

from contracts.floor import FloorState
from contracts.floor_request import FloorAction, FloorRequest
from controller.db.engine import reading
from controller.meetings import floor_queries
from controller.meetings.floor import Floor
from controller.meetings.tables import Meeting
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def console(page: Page, site: Site) -> Page:
    nobody = FloorRequest(FloorAction.WITHDRAW_ALL)
    site.web.part(Floor).change("m-live", nobody, actor="office")
    sign_in(page, site, Role.OFFICE)
    page.goto(f"{site.url}/meetings/m-live")
    expect(page.locator("#live-state")).to_contain_text("Trực tiếp")
    return page


def floor(site: Site) -> FloorState:
    with reading(site.web.state) as session:
        return floor_queries.current(session, "m-live")


def test_invite_shows_who_speaks_and_others_follow(console: Page, site: Site) -> None:
    other = console.context.new_page()
    other.goto(f"{site.url}/meetings/m-live")
    expect(other.locator("#live-state")).to_contain_text("Trực tiếp")
    console.get_by_test_id("grant-gia-hoi").click()
    expect(console.get_by_test_id("speaker-caption")).to_contain_text("Xã Gia Hội")
    expect(other.get_by_test_id("speaker-caption")).to_contain_text("Xã Gia Hội")
    expect(other.get_by_test_id("console")).to_have_attribute("data-speaker", "gia-hoi")
    expect(console.get_by_test_id("withdraw-gia-hoi")).to_be_visible()
    assert floor(site).speaker == "gia-hoi"
    other.close()


def test_keys_invite_withdraw_and_undo_outside_fields(console: Page, site: Site) -> None:
    console.locator("h1").click()
    console.keyboard.press("n")
    expect(console.get_by_test_id("speaker-caption")).to_be_visible()
    speaker = floor(site).speaker
    console.keyboard.press("t")
    expect(console.locator("#speaker-empty")).to_be_visible()
    console.keyboard.press("z")
    expect(console.get_by_test_id("speaker-caption")).to_be_visible()
    assert floor(site).speaker == speaker
    console.keyboard.press("t")
    expect(console.locator("#speaker-empty")).to_be_visible()


def test_letters_do_nothing_where_they_are_switched_off(console: Page, site: Site) -> None:
    console.keyboard.press("?")
    expect(console.locator("#keys-dialog")).to_be_visible()
    console.locator("[data-keys-on]").uncheck()
    console.keyboard.press("Escape")
    before = floor(site).epoch
    console.keyboard.press("m")
    console.get_by_test_id("grant-nghia-tam").click()
    expect(console.get_by_test_id("speaker-caption")).to_contain_text("Xã Nghĩa Tâm")
    assert floor(site).muted == ()
    assert floor(site).epoch > before


def test_the_log_tells_each_move_and_takes_the_last_one_back(console: Page) -> None:
    console.get_by_test_id("grant-pung-luong").click()
    told = "Đã mời Xã Púng Luông phát biểu"
    expect(console.get_by_test_id("last-move")).to_contain_text(told)
    expect(console.locator("[data-testid=log] li").first).to_contain_text(told)
    console.get_by_test_id("undo").click()
    expect(console.get_by_test_id("console")).not_to_have_attribute("data-speaker", "pung-luong")


def test_the_mode_is_chosen_and_eight_points_may_discuss(console: Page) -> None:
    console.get_by_test_id("mode-conference").click()
    expect(console.get_by_test_id("mode-conference")).to_have_attribute("aria-pressed", "true")
    console.get_by_test_id("mode-discussion").click()
    expect(console.get_by_test_id("mode-discussion")).to_have_attribute("aria-pressed", "true")
    console.get_by_test_id("mode-one_mic").click()
    expect(console.get_by_test_id("invite-next")).to_be_visible()


def test_only_present_points_are_invited_and_one_button_is_filled(console: Page) -> None:
    expect(console.get_by_test_id("present")).to_have_text("5 trên 8 đã vào")
    expect(console.get_by_test_id("seat-che-tao")).to_contain_text("chưa vào: mất kết nối")
    expect(console.get_by_test_id("grant-che-tao")).to_have_count(0)
    expect(console.locator("[data-testid=seats] .btn-primary")).to_have_count(1)


def test_who_has_it_bad_is_first_and_open_and_the_others_are_folded(console: Page) -> None:
    lines = console.get_by_test_id("lines")
    expect(console.get_by_test_id("lines-summary")).to_have_text("1 trên 5 điểm cầu kém")
    rows = lines.locator("li:visible")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("đường lên: mất 8,4")
    expect(rows.last).to_contain_text("camera hoặc máy: hình bị khựng")
    console.get_by_test_id("lines-others").locator("summary").click()
    expect(rows).to_have_count(5)


def test_a_refused_move_is_explained_on_the_page(console: Page) -> None:
    console.locator("[data-testid=grant-na-hau]").evaluate(
        "(button) => { button.form.elements.point_id.value = 'ubnd-tinh'; button.click(); }"
    )
    expect(console.get_by_test_id("problem")).to_contain_text(
        "Điểm cầu chủ trì luôn được phát biểu"
    )


def test_an_unreachable_relay_is_said_with_a_way_on(console: Page, site: Site) -> None:
    state = console.get_by_test_id("player-state")
    expect(state).to_have_attribute("data-state", "certificate")
    expect(state).to_contain_text("chứng thư")
    relay_url = site.web.settings.relays[0].url
    link = state.locator("a", has_text="Mở địa chỉ máy chủ")
    expect(link).to_have_attribute("href", f"{relay_url}/healthz")
    expect(state.locator("a[download]")).to_have_attribute("href", "/api/v1/enrol/authority")
    expect(console.get_by_test_id("retry")).to_be_visible()


def test_cancelling_asks_first(page: Page, own_site: Site) -> None:
    sign_in(page, own_site, Role.OFFICE)
    page.goto(f"{own_site.url}/meetings/m-to-come")
    page.get_by_test_id("cancel-open").click()
    expect(page.locator("#cancel-dialog")).to_contain_text("Hội nghị chuyên đề")
    page.locator("#cancel-dialog [data-close]").click()
    expect(page.locator("#cancel-dialog")).to_be_hidden()
    page.get_by_test_id("cancel-open").click()
    page.get_by_test_id("cancel-confirm").click()
    expect(page.get_by_test_id("no-pictures")).to_contain_text("đã bị hủy")


def test_ending_asks_first_and_everyone_sees_it(page: Page, own_site: Site) -> None:
    sign_in(page, own_site, Role.OFFICE)
    page.goto(f"{own_site.url}/meetings/m-live")
    other = page.context.new_page()
    other.goto(f"{own_site.url}/meetings/m-live")
    expect(other.locator("#live-state")).to_contain_text("Trực tiếp")
    page.get_by_test_id("end-open").click()
    expect(page.locator("#end-dialog h2")).to_have_text(re.compile("Kết thúc “Giao ban công tác"))
    page.get_by_test_id("end-confirm").click()
    expect(page.get_by_test_id("no-pictures")).to_contain_text("đã kết thúc")
    expect(other.get_by_test_id("console")).to_have_attribute("data-phase", "ended")
    with reading(own_site.web.state) as session:
        assert session.get_one(Meeting, "m-live").state == "ended"
    other.close()


def test_the_queue_is_filled_by_a_click_and_invited_from_by_digits(
    console: Page, site: Site
) -> None:
    for point in ("na-hau", "gia-hoi"):
        console.get_by_test_id(f"ask-queue-{point}").click()
        expect(console.get_by_test_id(f"queued-{point}")).to_be_visible()
    expect(console.get_by_test_id("queue-note")).to_have_text("2 nơi xin phát biểu")
    expect(console.get_by_test_id("invite-next")).to_contain_text("Mời Xã Nà Hẩu phát biểu")
    console.locator("h1").click()
    console.keyboard.press("2")
    expect(console.get_by_test_id("speaker-caption")).to_contain_text("Xã Gia Hội")
    expect(console.get_by_test_id("queued-gia-hoi")).to_have_count(0)
    console.keyboard.press("z")
    expect(console.get_by_test_id("queued-gia-hoi")).to_be_visible()
    console.keyboard.press("n")
    expect(console.get_by_test_id("speaker-caption")).to_contain_text("Xã Nà Hẩu")
    assert floor(site).speaker == "na-hau"
    console.get_by_test_id("speech-minutes").select_option("5")
    expect(console.get_by_test_id("speaker-caption")).to_contain_text("trong 5 phút")
    expect(console.get_by_test_id("last-move")).to_contain_text("Xã Nà Hẩu")
