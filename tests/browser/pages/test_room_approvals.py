"""Rooms of others are agreed to on a telephone: facts, checks, a bar that stays in sight."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from controller.meetings.calendar import Calendar, MeetingForm
from controller.meetings.holds.owner_roles import OwnerRoleDesk
from controller.places.owner import Owner
from controller.roles import Role
from tests.browser.pages import seed
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser

POINTS = [line.split(",")[3] for line in seed.PLACES.splitlines() if line.startswith("point")]
TITLE = "Phòng, chống rét đậm, rét hại vụ Đông Xuân 2026–2027 ở các xã vùng cao"


@pytest.fixture
def asking(site: Site) -> list[str]:
    """Have the office ask the viewer, who agrees for the People's Committee, twice."""
    roles = site.web.part(OwnerRoleDesk)
    roles.put("viewer", Owner.PEOPLE_COMMITTEE, approves=True, actor="admin")
    roles.put("office", Owner.PARTY, approves=False, actor="admin")
    made = []
    for days in (3, 4):
        begins_at = datetime.now(UTC) + timedelta(days=days)
        form = MeetingForm(
            title=TITLE,
            chair_point_id=POINTS[0],
            point_ids=tuple(POINTS),
            begins_at=begins_at,
            ends_at=begins_at + timedelta(minutes=90),
            chair_name="Nguyễn Minh Hải",
            document_number="512/GM-UBND",
        )
        made.append(site.web.part(Calendar).create(form, actor="office").meeting_id)
    return made


def test_rooms_are_agreed_to_on_a_telephone(page: Page, site: Site, asking: list[str]) -> None:
    sign_in(page, site, Role.VIEWER)
    page.goto(f"{site.url}/approvals")
    expect(page.get_by_test_id("waiting").get_by_role("listitem")).to_have_count(2)
    found = misfits(page, "approvals")
    page.get_by_test_id("waiting").get_by_role("link").first.click()
    expect(page.get_by_test_id("place")).to_have_text("1/2 chờ duyệt")
    found |= misfits(page, "approval")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_test_id("answer-yes")).to_be_in_viewport()
    page.get_by_role("checkbox").first.check()
    page.get_by_test_id("answer-yes").click()
    expect(page.get_by_test_id("problem")).to_contain_text("lý do")
    expect(page.get_by_role("checkbox").first).to_be_checked()
    page.get_by_label("Lý do").fill("Phòng đang sửa")
    page.get_by_test_id("answer-yes").click()
    expect(page.get_by_test_id("answered")).to_contain_text("trừ một số phòng")
    page.get_by_test_id("waiting").get_by_role("checkbox").check()
    page.get_by_test_id("agree-chosen").click()
    expect(page.get_by_test_id("said")).to_contain_text("Đã đồng ý")
    found |= misfits(page, "approvals-answered")
    page.goto(f"{site.url}/meetings/{asking[0]}")
    expect(page.get_by_test_id("left-out")).to_be_visible()
    found |= misfits(page, "meeting-with-rooms")
    assert found == {}
