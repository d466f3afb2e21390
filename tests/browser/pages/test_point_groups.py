"""A saved group brings a meeting within few presses, in an emergency within three; counted."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from controller.db.engine import reading
from controller.meetings import meeting_queries
from controller.meetings.kinds import MeetingKind
from controller.meetings.prepared.groups import GroupDesk, GroupForm
from controller.meetings.prepared.meeting_templates import TemplateDesk
from controller.meetings.prepared.template import SavedTemplate
from controller.meetings.tables import Meeting
from controller.places import service as places
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import PASSWORD, Site

pytestmark = pytest.mark.browser

LONG = "Các xã vùng cao phía tây thường xuyên bị chia cắt khi mưa lũ"
LONG_POINT = "Phường Trung tâm hành chính Khánh Yên Thượng mở rộng vùng {}"
POINTS = tuple(f"xa-{number}" for number in range(170))
# What a person presses, and each field that is typed into or chosen from, but the title.
COUNTED = """
const counted = () => Number(sessionStorage.getItem('counted') ?? '0');
const one = () => sessionStorage.setItem('counted', String(counted() + 1));
addEventListener('pointerdown', one, true);
const typed = new Set();
addEventListener('input', (event) => {
  const field = event.target;
  if (field.id === 'title' || ['checkbox', 'radio'].includes(field.type)) return;
  if (!typed.has(field)) { typed.add(field); one(); }
}, true);
"""


def events(page: Page) -> int:
    counted = page.evaluate("Number(sessionStorage.getItem('counted') ?? '0')")
    assert isinstance(counted, int)
    return counted


@pytest.fixture(scope="module")
def grouped(site: Site) -> str:
    """Have 170 more points and three groups; return the one of 20."""
    now = datetime.now(UTC) - timedelta(days=1)
    rows = [
        f"point,moi,,{one},{LONG_POINT.format(place) if place < 3 else f'Xã Thử {place}'},party"
        for place, one in enumerate(POINTS)
    ]
    table = "\n".join(["what,unit_id,parent_id,point_id,name,owner", *rows])
    places.import_file(site.web.state, table.encode(), now=now)
    desk = site.web.part(GroupDesk)
    desk.make(GroupForm("Vùng thấp", POINTS[20:]), actor="office")
    desk.make(GroupForm("Đang họp", ("ubnd-tinh", "na-hau", "gia-hoi")), actor="office")
    group_id = desk.make(GroupForm(LONG, POINTS[:20], POINTS[4]), actor="office").group_id
    templates = site.web.part(TemplateDesk)
    for name, kind in ((LONG, MeetingKind.OTHER), ("Tập huấn cấp xã", MeetingKind.TRAINING)):
        wanted = SavedTemplate("", name, f"Họp {name}", kind, 3, group_ids=(group_id,))
        templates.make(wanted, actor="office")
    return group_id


def invited(site: Site, title: str) -> tuple[Meeting, list[str]]:
    with reading(site.web.state) as session:
        (meeting,) = session.exec(select(Meeting).where(Meeting.title == title)).all()
        return meeting, [*meeting_queries.participants(session, meeting.meeting_id)]


def test_a_new_secretary_sets_a_meeting_of_twenty_points(
    page: Page, site: Site, grouped: str
) -> None:
    page.add_init_script(COUNTED)
    page.goto(f"{site.url}/sign-in")
    page.click("#user_name")
    page.fill("#user_name", Role.OFFICE.value)
    page.fill("#password", PASSWORD)
    page.click("[data-testid=sign-in]")
    page.click(".mainnav a[href='/meetings']")
    page.get_by_test_id("new-meeting").click()
    page.check("input[name=classification][value=normal]")
    page.fill("#title", "Giao ban vùng cao")
    page.get_by_test_id("use-group").filter(has_text=LONG).click()
    expect(page.get_by_test_id("group-note")).to_contain_text("Đã thêm 20 điểm cầu")
    page.get_by_test_id("save-meeting").click()
    expect(page.locator("h1")).to_have_text("Giao ban vùng cao")
    assert events(page) == 9
    meeting, point_ids = invited(site, "Giao ban vùng cao")
    assert meeting.state == "scheduled"
    assert point_ids == [POINTS[4], *POINTS[:4], *POINTS[5:20]]


def test_an_emergency_is_three_presses_and_goes_ahead_of_others_only_by_a_word(
    page: Page, site: Site, grouped: str
) -> None:
    page.add_init_script(COUNTED)
    sign_in(page, site, Role.OFFICE)
    page.goto(f"{site.url}/meetings")
    before = events(page)
    page.get_by_test_id("emergency").click()
    page.get_by_test_id("pick-group").filter(has_text="Vùng thấp").click()
    title = page.locator("#title").input_value()
    page.get_by_test_id("begin-now").click()
    expect(page.get_by_test_id("console")).to_have_attribute("data-phase", "live")
    assert events(page) - before == 3
    meeting, point_ids = invited(site, title)
    assert (meeting.kind, meeting.state, len(point_ids)) == ("emergency", "live", 150)

    page.goto(f"{site.url}/meetings/emergency")
    page.get_by_test_id("pick-group").filter(has_text="Đang họp").click()
    expect(page.get_by_test_id("taken")).to_contain_text("phòng, chống thiên tai tháng 11")
    expect(page.get_by_test_id("begin-now")).to_have_count(0)
    assert misfits(page, "emergency-taken") == {}
    page.locator("#title").press("Enter")  # the button that accepts is pressed, never implied
    expect(page.get_by_test_id("problem")).to_contain_text("Xác nhận thì mới bắt đầu")
    page.get_by_test_id("begin-all-the-same").click()
    expect(page.get_by_test_id("console")).to_have_attribute("data-phase", "live")


def test_the_pages_of_groups_fit(page: Page, site: Site, grouped: str) -> None:
    sign_in(page, site, Role.OFFICE)
    found: dict[str, object] = {}
    for path in (
        "/meetings",
        "/meetings/groups",
        "/meetings/groups/new",
        "/meetings/templates",
        "/meetings/templates/new?like=m-to-come",
        f"/meetings/groups/{grouped}",
        f"/meetings/new?group={grouped}",
    ):
        page.goto(site.url + path)
        if "new?group" in path:
            page.check("input[name=classification][value=normal]")
            page.get_by_test_id("save-as-group").locator("summary").click()
            templates = page.get_by_test_id("use-template")
            expect(templates.first).to_contain_text(LONG)
            page.select_option("#kind", "training")
            expect(templates.first).to_contain_text("Tập huấn cấp xã")
            templates.first.click()
            expect(page.get_by_test_id("template-note")).to_contain_text("Tập huấn cấp xã")
            expect(page.locator("#title")).to_have_value("Họp Tập huấn cấp xã")
            expect(page.locator("[data-sum=points]")).to_have_text("20 điểm cầu")
        found |= misfits(page, path.strip("/").replace("/", "-").split("?")[0])
    assert found == {}
