"""The look at the office's pages, on those of a small province where it once found something."""

import pytest
from playwright.sync_api import Browser

from bench.office_looks import looked, province
from controller.roles import Role
from tests.integration.controller.province_year import YearSize

pytestmark = pytest.mark.browser

ONCE_WRONG = (
    "/points/y-001/availability",
    "/contacts/points/",
    "/meetings/emergency?group",
    "/meetings/tasks",
)


def test_nothing_is_wrong_where_something_once_was(built: None, browser: Browser) -> None:
    with province(YearSize(points=30, meetings=4)) as (site, addresses):
        asked = [one for one in addresses if one.startswith(ONCE_WRONG)]
        assert len(asked) >= len(ONCE_WRONG)
        assert looked(browser, site, asked, Role.ADMIN) == {}
