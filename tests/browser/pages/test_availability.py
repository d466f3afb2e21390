"""Maintenance is declared by keys on a point's page; availability fits with all there can be."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from controller.db.engine import writing
from controller.health.interruptions import Kind
from controller.ingest.tables import PresenceInterval
from controller.maintenance.service import Declared, MaintenanceDesk
from controller.places import service as places
from controller.roles import Role
from monitoring.judgement.maintenance import Scope
from monitoring.judgement.periods import Period
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.seed_causes import corrected
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser

NAME = "Phường Trung tâm hành chính Khánh Yên Thượng mở rộng khóa XIV"
REASON = "Thay bộ lưu điện và đấu lại tủ mạng theo kế hoạch số 114/KH-STTTT của Sở"
HOUR = timedelta(hours=1)


def tell(site: Site) -> None:
    """A long name, eight outages, and maintenance that is over, on, and to come."""
    now = datetime.now(UTC)
    assert len(NAME) >= 60
    with writing(site.web.state) as session:
        point = places.point(session, "na-hau", at=now)
        assert point is not None
        point.name = NAME
        session.add(point)
    with writing(site.web.series) as session:
        mine = select(PresenceInterval).where(PresenceInterval.point_id == "na-hau")
        for row in session.exec(mine):
            session.delete(row)
        edges = [now - timedelta(days=29)]
        for number in range(8, 0, -1):
            began_at = now - 11 * number * HOUR
            edges += [began_at, began_at + (9 - number) * timedelta(minutes=7)]
            session.add_all(corrected("na-hau", began_at))
        for place, (begins, ends) in enumerate(zip(edges, [*edges[1:], None], strict=True)):
            state = "down" if place % 2 else "up"
            session.add(PresenceInterval(point_id="na-hau", state=state, began_at=begins,
                                         noticed_at=begins, ended_at=ends))  # fmt: skip
    desk = site.web.part(MaintenanceDesk)
    for scope, name, first, last in (
        (Scope.POINT, "na-hau", -34, -31),
        (Scope.UNIT, "van-yen", -32, -30),
        (Scope.ALL, "", 30, 34),
    ):
        period = Period(now + first * HOUR, now + last * HOUR)
        desk.declare(Declared(scope, name, period, REASON), actor="office", now=now)


def fits(page: Page, name: str) -> None:
    assert misfits(page, name) == {}


def test_it_is_declared_from_the_points_page_and_everything_fits(
    page: Page, own_site: Site
) -> None:
    tell(own_site)
    url = own_site.url
    sign_in(page, own_site, Role.OFFICE)
    page.goto(f"{url}/points/na-hau/availability?span=7d")
    expect(page.get_by_test_id("outages").locator("tbody tr")).to_have_count(10)
    expect(page.get_by_test_id("part-excluded")).to_contain_text("4:00:00")
    fits(page, "point-availability")
    page.goto(f"{url}/availability?span=30d")
    expect(page.get_by_test_id("availability").locator("tbody a").first).to_have_text(NAME)
    page.get_by_test_id("office-days").locator("summary").click()
    expect(page.get_by_test_id("office-days")).to_contain_text("Ngày Giỗ Tổ Hùng Vương")
    fits(page, "availability")
    page.get_by_test_id("availability-na-hau").get_by_role("link").last.click()
    page.wait_for_url("**/points/na-hau/availability?span=30d")
    page.goto(f"{url}/points/na-hau")
    page.wait_for_selector("dc-history[data-state=drawn]")
    page.get_by_test_id("maintenance-declare").click()
    expect(page.get_by_test_id("maintenance-consequence")).to_contain_text("không báo tin")
    page.fill("#maintenance-reason", REASON)
    fits(page, "maintenance-new")
    page.get_by_test_id("maintenance-save").press("Enter")
    expect(page.get_by_test_id("maintenance-history")).to_contain_text("Lê Thu Hà khai báo")
    fits(page, "maintenance-one")
    page.goto(f"{url}/points/na-hau")
    page.wait_for_selector("dc-history[data-state=drawn]")
    expect(page.get_by_test_id("state")).to_contain_text("Bảo trì / Được loại")
    fits(page, "point")
    page.goto(f"{url}/")
    expect(page.get_by_test_id("point-na-hau")).to_have_attribute("data-state", "excluded")
    expect(page.get_by_test_id("attention-na-hau")).to_have_count(0)
    fits(page, "overview")
    page.goto(f"{url}/maintenance")
    fits(page, "maintenance")
    page.goto(f"{url}/points")
    fits(page, "points")
    found = page.request.get(f"{url}/api/v1/points/na-hau/outages").json()
    kinds = [one["kind"] for one in found]
    assert kinds.count(Kind.DOWN.value) == 8
    assert kinds.count(Kind.MAINTENANCE.value) == 3
