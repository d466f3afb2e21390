"""A report is opened by keys down to a point's turns; all of it fits, with the longest names."""

from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from contracts.local_days import day_of
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site
from tests.integration.controller.province_year import YearSize, seed_places, seed_year

pytestmark = pytest.mark.browser
SIZE = YearSize(points=20, meetings=60, days=400)


def test_a_figure_opens_down_to_its_turns_and_everything_fits(page: Page, own_site: Site) -> None:
    now = datetime.now(UTC)
    seed_places(own_site.web.state, SIZE, now)
    seed_year(own_site.web.state, SIZE, now)
    sign_in(page, own_site, Role.VIEWER)
    days = f"from={day_of(now) - timedelta(days=364)}&to={day_of(now)}"
    page.goto(f"{own_site.url}/reports?{days}")
    assert misfits(page, "report") == {}
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    page.get_by_test_id("share-uninterrupted").press("Enter")
    expect(page.get_by_test_id("evidence-count")).to_contain_text("lượt")
    assert misfits(page, "report-turns") == {}
    page.goto(f"{own_site.url}/reports/points?{days}")
    assert misfits(page, "report-points") == {}
    page.goto(f"{own_site.url}/reports/meetings?{days}&held_as=in_person")
    assert misfits(page, "report-meetings") == {}
    page.goto(f"{own_site.url}/reports?period=2020")
    expect(page.get_by_test_id("report-empty")).to_be_visible()
    assert misfits(page, "report-empty") == {}
