"""Setting a meeting: the classification first, clashes as one chooses, nothing typed twice."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from contracts.local_days import ZONE
from controller.db.engine import reading
from controller.meetings.tables import Meeting, MeetingParticipant
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser

SECRET_TITLE = "Noi dung khong duoc giu lai"


@pytest.fixture
def form(page: Page, site: Site) -> Page:
    sign_in(page, site, Role.OFFICE)
    page.goto(f"{site.url}/meetings/new")
    return page


def meetings_titled(site: Site, title: str) -> list[Meeting]:
    with reading(site.web.state) as session:
        return list(session.exec(select(Meeting).where(Meeting.title == title)))


def tomorrow() -> datetime:
    return (datetime.now(UTC) + timedelta(days=1)).astimezone(ZONE)


def test_the_classification_comes_first(form: Page) -> None:
    expect(form.locator("#title")).to_be_hidden()
    expect(form.get_by_test_id("save-meeting")).to_be_hidden()
    form.check("input[name=classification][value=normal]")
    expect(form.locator("#title")).to_be_visible()
    expect(form.get_by_test_id("save-meeting")).to_be_visible()


def test_above_normal_ends_here_and_cites_the_rule(form: Page) -> None:
    form.check("input[name=classification][value=normal]")
    form.fill("#title", SECRET_TITLE)
    form.check("input[name=classification][value=secret]")
    expect(form.locator("[data-refusal]")).to_contain_text("Nghị định 26/2020")
    expect(form.locator("#title")).to_be_hidden()
    expect(form.locator("#title")).to_have_value("")
    expect(form.get_by_test_id("save-meeting")).to_be_disabled()


def test_the_centre_refuses_it_as_well_and_repeats_nothing(form: Page, site: Site) -> None:
    token = form.locator("meta[name=csrf-token]").get_attribute("content") or ""
    answer = form.request.post(
        f"{site.url}/meetings/new",
        form={"csrf_token": token, "classification": "top_secret", "title": SECRET_TITLE},
    )
    assert answer.status == 422
    assert "Nghị định 26/2020" in answer.text()
    assert SECRET_TITLE not in answer.text()
    assert meetings_titled(site, SECRET_TITLE) == []


def test_a_meeting_is_set_with_a_whole_unit(form: Page, site: Site) -> None:
    form.check("input[name=classification][value=normal]")
    form.fill("#title", "Giao ban quý IV")
    form.fill("#date", f"{tomorrow():%Y-%m-%d}")
    form.fill("#begins", "08:00")
    form.select_option("#chair_point_id", "tinh-uy")
    form.locator("[data-unit=van-yen] [data-unit-all]").check()
    expect(form.locator("[data-sum=points]")).to_have_text("4 điểm cầu")
    expect(form.locator("[data-sum=when]")).to_contain_text("08:00–09:30")
    expect(form.get_by_test_id("no-clash")).to_be_visible()
    form.get_by_test_id("save-meeting").click()
    expect(form.locator("h1")).to_have_text("Giao ban quý IV")
    (meeting,) = meetings_titled(site, "Giao ban quý IV")
    assert meeting.state == "scheduled"
    assert meeting.begins_at.astimezone(ZONE).hour == 8
    with reading(site.web.state) as session:
        invited = session.exec(
            select(MeetingParticipant.point_id).where(
                MeetingParticipant.meeting_id == meeting.meeting_id
            )
        ).all()
    assert set(invited) == {"tinh-uy", "na-hau", "chau-que", "phong-du"}


def test_a_clash_is_warned_of_with_the_way_out(form: Page, site: Site) -> None:
    with reading(site.web.state) as session:
        begins_at = session.get_one(Meeting, "m-to-come").begins_at.astimezone(ZONE)
    form.check("input[name=classification][value=normal]")
    form.fill("#title", "Trùng giờ")
    form.fill("#date", f"{begins_at:%Y-%m-%d}")
    form.fill("#begins", f"{begins_at:%H:%M}")
    form.select_option("#chair_point_id", "tinh-uy")
    form.locator("input[name=participants][value=na-hau]").check()
    warning = form.get_by_test_id("clashes")
    expect(warning).to_contain_text("Xã Nà Hẩu: Hội nghị chuyên đề chuyển đổi số cấp xã")
    form.get_by_test_id("save-meeting").click()
    expect(form.get_by_test_id("problems")).to_contain_text("vẫn đặt")
    expect(form.locator("#title")).to_have_value("Trùng giờ")
    assert meetings_titled(site, "Trùng giờ") == []
    form.get_by_test_id("free-time").first.click()
    expect(form.get_by_test_id("no-clash")).to_be_visible()
    form.get_by_test_id("save-meeting").click()
    expect(form.locator("h1")).to_have_text("Trùng giờ")


def test_what_was_entered_stays_when_something_is_missing(form: Page) -> None:
    form.check("input[name=classification][value=normal]")
    form.fill("#title", "Thiếu điểm cầu")
    form.fill("#document_number", "77/GM")
    form.fill("#date", f"{tomorrow():%Y-%m-%d}")
    form.select_option("#chair_point_id", "tinh-uy")
    form.get_by_test_id("save-meeting").click()
    expect(form.get_by_test_id("problems")).to_contain_text("Chọn ít nhất một điểm cầu")
    expect(form.locator("#title")).to_have_value("Thiếu điểm cầu")
    expect(form.locator("#document_number")).to_have_value("77/GM")
    expect(form.locator("#chair_point_id")).to_have_value("tinh-uy")
    expect(form.locator("#participants .field-error")).to_be_visible()


def test_a_name_is_found_without_its_marks(form: Page) -> None:
    form.check("input[name=classification][value=normal]")
    form.fill("#filter", "pung luong")
    expect(form.locator("[data-name]:visible")).to_have_count(1)
    form.locator("[data-all]").click()
    form.fill("#filter", "")
    expect(form.locator("input[name=participants]:checked")).to_have_count(1)


def test_a_meeting_of_a_type_is_set_and_found_by_it(form: Page, site: Site) -> None:
    form.check("input[name=classification][value=normal]")
    form.fill("#title", "Quán triệt nghị quyết cấp xã")
    form.select_option("#kind", "study")
    form.select_option("#level", "4")
    form.fill("#secretary", "Nguyễn Thị Huyền Trang")
    assert misfits(form, "booking-kind") == {}
    form.fill("#date", f"{tomorrow():%Y-%m-%d}")
    form.fill("#begins", "05:00")
    form.select_option("#chair_point_id", "tinh-uy")
    form.locator("[data-unit=van-yen] [data-unit-all]").check()
    form.get_by_test_id("save-meeting").click()
    expect(form.locator(".console-head")).to_contain_text("Học tập, quán triệt nghị quyết, 4 cấp")
    form.goto(f"{site.url}/meetings")
    form.select_option("#kind", "study")
    form.get_by_test_id("kind-filter").get_by_role("button").click()
    expect(form.locator("table.meetings tbody tr")).to_have_count(1)
    expect(form.locator("table.meetings tbody")).to_contain_text("Quán triệt nghị quyết cấp xã")
    assert misfits(form, "meetings-of-a-kind") == {}
    form.select_option("#kind", "voters")
    form.get_by_test_id("kind-filter").get_by_role("button").click()
    expect(form.locator("table.meetings")).to_have_count(0)
    assert misfits(form, "meetings-of-no-kind") == {}
