"""A province of 170 rooms with names of sixty letters: every list still fits every screen."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from controller.places import service as places
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits, name_of
from tests.browser.pages.seed import IN_MEETING
from tests.browser.pages.site import Site
from tests.browser.pages.test_layout import settled

pytestmark = pytest.mark.browser
UNITS, POINTS = 20, 158
UNIT = "Khu vực hành chính mới sáp nhập của tỉnh Lào Cai cụm số {:03d}"
POINT = "Uỷ ban nhân dân xã Nghĩa Phương Thượng huyện Lục Nam số {:03d}"


@pytest.fixture
def province(own_site: Site) -> Iterator[Site]:
    """The site with what makes it a whole province."""
    rows = ["what,unit_id,parent_id,point_id,name,owner"]
    rows += [f"unit,u{n},tinh,,{UNIT.format(n)},people_committee" for n in range(UNITS)]
    rows += [f"point,u{n % UNITS},,p{n},{POINT.format(n)},people_committee" for n in range(POINTS)]
    rows += [f"point,van-chan,,{one},{POINT.format(1)},people_committee" for one in IN_MEETING[1:3]]
    places.import_file(own_site.web.state, "\n".join(rows).encode(), now=datetime.now(UTC))
    yield own_site


def test_nothing_scrolls_sideways_or_is_cut(page: Page, province: Site) -> None:
    sign_in(page, province, Role.ADMIN)
    found: dict[str, object] = {}
    for path in ("/", "/points", "/meetings/new", "/meetings/m-live"):
        page.goto(province.url + path)
        settled(page, path)
        if path == "/meetings/new":
            page.check("input[name=classification][value=normal]")
        found |= misfits(page, f"province-{name_of(path)}")
    assert found == {}
