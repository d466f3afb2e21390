"""A point's devices on its page and in their form, as staff see them on every screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from contracts.ids import PointId
from controller.roles import Role
from tests.browser.pages import seed_devices
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import CLIPPED, OUTSIDE, SHOTS, SIZES
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser

POINT = PointId("na-hau")
BATTERY = f"/points/{POINT}/devices/usbups/battery"


@pytest.fixture(scope="module")
def with_devices(site: Site) -> Site:
    """The site whose point has devices in every state."""
    seed_devices.add(site.web, POINT)
    return site


@pytest.fixture
def signed_in(page: Page, with_devices: Site) -> Iterator[Page]:
    sign_in(page, with_devices, Role.ADMIN)
    yield page
    page.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_device_is_cut_or_sticks_out(
    signed_in: Page, with_devices: Site, size: tuple[int, int]
) -> None:
    page = signed_in
    page.set_viewport_size({"width": size[0], "height": size[1]})
    found: dict[str, object] = {}
    for path in (f"/points/{POINT}", "/points/gia-hoi", f"/points/{POINT}/devices/new", BATTERY):
        page.goto(with_devices.url + path)
        page.evaluate("document.fonts.ready.then(() => true)")
        page.evaluate(
            "document.querySelectorAll('#snmp details, #lan details')"
            ".forEach((one) => one.open = true)"
        )
        if SHOTS and page.locator("#lan").count():
            page.locator("#lan").screenshot(path=Path(SHOTS) / f"lan-{size[0]}.png")
        if SHOTS:
            name = path.strip("/").replace("/", "-")
            part = page.locator("#snmp, main").last
            part.screenshot(path=Path(SHOTS) / f"devices-{name}-{size[0]}.png")
        scrolled = page.evaluate("document.documentElement.scrollWidth")
        wide = (scrolled - size[0], page.evaluate(CLIPPED), page.evaluate(OUTSIDE))
        if wide != (0, [], []):
            found[path] = wide
    assert found == {}


def test_on_a_phone_a_long_name_leaves_room_for_its_value(
    signed_in: Page, with_devices: Site
) -> None:
    """A value in a column of no width stands there letter under letter."""
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{with_devices.url}/points/{POINT}")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate("document.querySelectorAll('#snmp details').forEach((one) => one.open = true)")
    assert page.locator("[id^=sensors-] dd").count() == 7
    assert page.locator("#lan dd").count() == 5
    for one in page.locator("[id^=sensors-] dd, #lan dd, [data-testid=device] dd").all():
        box = one.bounding_box()
        assert box is not None and box["width"] > 80


def test_on_a_phone_the_buttons_of_a_device_stand_in_one_row(
    signed_in: Page, with_devices: Site
) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{with_devices.url}/points/{POINT}")
    page.evaluate("document.fonts.ready.then(() => true)")
    # At once: what is drawn above moves all of them.
    apart = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=device-row]')].map((row) => {
        const box = (name) => row.querySelector(`[data-testid=${name}]`).getBoundingClientRect();
        return Math.round(box('device-change').top - box('device-ask').top);})"""
    )
    assert apart == [0] * len(seed_devices.NAMES)
