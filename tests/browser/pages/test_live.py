"""Pages follow the centre without being loaded anew, and say so when they cannot."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from contracts.ids import PointId
from controller.db.engine import writing
from controller.ingest import problem_rows
from controller.ingest.call_tables import CallMinute
from controller.ingest.tables import PresenceInterval
from controller.meetings.attendance import Attendance
from controller.roles import Role
from monitoring.judgement.problem import Thresholds
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.seed import LIVE, attendance
from tests.browser.pages.seed_lines import FINE
from tests.browser.pages.site import RELAY_ID, Site

pytestmark = pytest.mark.browser


def change_presence(site: Site, point_id: str, state: str) -> None:
    """Write what ingest writes when a point's presence changes, and say so."""
    now = datetime.now(UTC)
    with writing(site.web.series) as session:
        before = session.exec(
            select(PresenceInterval).where(
                PresenceInterval.point_id == point_id, col(PresenceInterval.ended_at).is_(None)
            )
        ).one()
        before.ended_at = now
        session.add(before)
        session.add(PresenceInterval(point_id=point_id, state=state, began_at=now, noticed_at=now))
        session.flush()
        problem_rows.judge(
            session.connection(), wanted=[PointId(point_id)], now=now, thresholds=Thresholds()
        )
    site.publish("point", {"kind": "presence", "point_id": point_id})


def mark(page: Page) -> None:
    """Put something on the page that a reload would take away."""
    page.evaluate("document.body.dataset.mark = 'here'")


def is_marked(page: Page) -> bool:
    return page.locator("body").get_attribute("data-mark") == "here"


def test_a_changed_row_is_swapped_without_a_reload(page: Page, site: Site) -> None:
    sign_in(page, site, Role.VIEWER)
    expect(page.locator("#live-state")).to_contain_text("Trực tiếp")
    mark(page)
    expect(page.get_by_test_id("point-cat-thinh")).to_have_attribute("data-state", "up")
    change_presence(site, "cat-thinh", "down")
    expect(page.get_by_test_id("point-cat-thinh")).to_have_attribute("data-state", "down")
    expect(page.get_by_test_id("attention-cat-thinh")).to_contain_text("Mất kết nối")
    expect(page.get_by_test_id("headline")).to_have_text("3 điểm cầu cần chú ý")
    change_presence(site, "cat-thinh", "up")
    expect(page.get_by_test_id("attention-cat-thinh")).to_have_count(0)
    assert is_marked(page)


def test_a_list_does_not_re_sort_under_the_pointer(page: Page, site: Site) -> None:
    sign_in(page, site, Role.VIEWER)
    rows = page.locator("[data-testid=attention] tbody tr")
    before = rows.evaluate_all("(rows) => rows.map((row) => row.dataset.key)")
    rows.first.hover()
    change_presence(site, "phong-du", "down")
    button = page.locator("[data-resort]")
    expect(button).to_have_text("Có 1 thay đổi, bấm để xếp lại")
    expect(page.get_by_test_id("point-phong-du")).to_have_attribute("data-state", "down")
    assert rows.evaluate_all("(rows) => rows.map((row) => row.dataset.key)") == before
    button.click()
    expect(page.get_by_test_id("attention-phong-du")).to_be_visible()
    expect(button).to_be_hidden()
    change_presence(site, "phong-du", "up")


def test_a_point_s_page_follows_its_state(page: Page, site: Site) -> None:
    sign_in(page, site, Role.VIEWER)
    page.goto(f"{site.url}/points/pung-luong")
    page.wait_for_selector("dc-history[data-state=drawn]")
    mark(page)
    change_presence(site, "pung-luong", "down")
    expect(page.get_by_test_id("state")).to_have_attribute("data-state", "down")
    expect(page.get_by_test_id("state")).to_contain_text("Gọi điểm cầu hỏi điện và mạng")
    expect(page.locator('#history .chart-file[href*="chart=loss"]')).to_be_visible()
    change_presence(site, "pung-luong", "up")
    expect(page.get_by_test_id("state")).to_have_attribute("data-state", "up")
    assert is_marked(page)


def test_a_page_that_lost_the_centre_says_since_when(page: Page, site: Site) -> None:
    sign_in(page, site, Role.VIEWER)
    expect(page.locator("#live-state")).to_contain_text("Trực tiếp")
    page.context.set_offline(True)
    site.loop.call_soon_threadsafe(drop_listeners, site)
    bar = page.locator("#offline-bar")
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("Mất liên lạc với trung tâm lúc")
    expect(page.get_by_test_id("headline")).to_be_visible()
    page.context.set_offline(False)
    expect(bar).to_be_hidden(timeout=20_000)
    expect(page.locator("#live-state")).to_contain_text("Trực tiếp")


def drop_listeners(site: Site) -> None:
    """End every stream as a restart of the web process does, and take new ones."""
    hub = site.web.hub
    for listener in list(hub._listeners):
        listener.offer(None)


def test_the_lines_of_a_meeting_follow_while_it_is_on(page: Page, own_site: Site) -> None:
    site, now = own_site, datetime.now(UTC)
    sign_in(page, site, Role.VIEWER)
    page.goto(f"{site.url}/meetings/{LIVE}")
    expect(page.locator("#live-state")).to_contain_text("Trực tiếp")
    page.get_by_test_id("lines-others").locator("summary").click()
    row = page.get_by_test_id("line-ubnd-tinh")
    expect(row).to_contain_text("MOS 4,4")
    site.web.part(Attendance).note_state(RELAY_ID, attendance(now, mos=4.2))
    site.publish("lines", {"meeting_id": LIVE})
    expect(row).to_contain_text("MOS 4,2")  # and the list is open still
    page.goto(f"{site.url}/meetings/{LIVE}/lines")
    expect(page.locator("#live-state")).to_contain_text("Trực tiếp")
    expect(page.get_by_test_id("kept-lines-empty")).to_be_visible()
    with writing(site.web.series) as session:
        at = now.replace(second=0, microsecond=0)
        session.add(CallMinute(meeting_id=LIVE, subject="ubnd-tinh", begins_at=at, **FINE))
    site.publish("minutes", {"meeting_id": LIVE})
    expect(page.get_by_test_id("kept-ubnd-tinh")).to_be_visible(timeout=10_000)
    expect(page.get_by_test_id("kept-lines-others")).to_contain_text("1 nơi dự họp")
