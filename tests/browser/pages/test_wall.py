"""The wall in a real browser: legible at four metres, on one screen, alive, by a link."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, select

from controller.db.engine import writing
from controller.ingest.tables import IngestSpan
from controller.meetings.calendar import Calendar, MeetingForm
from controller.meetings.tables import Meeting
from controller.places import service as places
from controller.places.tables import Point, Unit
from controller.wall.screens import WallScreens
from tests.browser.pages.fitting import CLIPPED, SHOTS, SIZES
from tests.browser.pages.site import Site, make_installation, running
from tests.browser.pages.test_live import change_presence, drop_listeners
from tests.fakes.country import fill

pytestmark = pytest.mark.browser
TOP = "what,unit_id,parent_id,point_id,name,owner\nunit,tinh,,,Tỉnh Phú Thọ,people_committee\n"
TITLES = (
    "Phòng, chống rét vụ Đông Xuân và ứng phó thiên tai những tháng cuối năm trên địa bàn tỉnh",
    "Tiếp xúc cử tri",
)
LONG = "Uỷ ban nhân dân xã Nghĩa Phương Thượng huyện Lục Nam số 12 (nhà văn hoá)"

# What is drawn lower than its column ends is not seen on a wall; what is hidden is another page.
TOO_LOW = """() => {
  const end = document.querySelector('.wall-meetings').getBoundingClientRect().top + 0.5;
  return [...document.querySelectorAll('.wall-body *')].filter((one) =>
    one.checkVisibility() && !one.closest('svg, .visually-hidden')
    && one.getBoundingClientRect().bottom > end)
    .map((one) => `${one.className}: ${one.textContent.trim().slice(0, 60)}`);
}"""
SMALL = """() => [...document.querySelectorAll('main *, .offline-bar *')].filter((one) =>
  one.checkVisibility() && !one.closest('svg, .visually-hidden')
  && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
  && parseFloat(getComputedStyle(one).fontSize) < 27.9)
  .map((one) => `${one.className}: ${one.textContent.trim().slice(0, 60)}`)"""
TURN = """() => document.querySelectorAll('[data-pages]').forEach((one) => {
  const pages = [...one.children];
  const shown = Math.max(pages.findIndex((page) => page.hasAttribute('data-turned')), 0);
  pages[shown]?.removeAttribute('data-turned');
  pages[(shown + 1) % pages.length]?.setAttribute('data-turned', '');
})"""
CASES = {
    "well-170": (170, 0), "wrong-170": (170, 12), "all-wrong-170": (170, 170),
    "wrong-3321": (3321, 120), "well-3321": (3321, 0),
}  # fmt: skip


@contextmanager
def province(folder: Path, points: int, wrong: int) -> Iterator[Site]:
    """A site with so many points, of which the last are wrong, and two meetings."""
    now = datetime.now(UTC)
    with running(make_installation(folder), is_populated=False) as site:
        places.import_file(site.web.state, TOP.encode(), now=now - timedelta(days=30))
        ids = fill(site.web, points=points, wrong=wrong, now=now)
        for hours, title in enumerate(TITLES):
            begins_at = now + timedelta(hours=hours, minutes=42)
            form = MeetingForm(
                title, ids[0], tuple(ids[-170:]), begins_at, begins_at + timedelta(hours=1)
            )
            site.web.part(Calendar).create(form, actor="office")
        with writing(site.web.state) as session:
            meeting = session.exec(select(Meeting).order_by(col(Meeting.begins_at))).first()
            assert meeting is not None
            meeting.state, meeting.live_at = "live", now
            session.add(meeting)
        yield site


def opened(page: Page, site: Site) -> None:
    """Open a new screen's link."""
    shown = site.web.part(WallScreens).make("Phòng trực", actor="admin").shown
    page.goto(f"{site.url}/wall#{shown.text}")
    expect(page.get_by_test_id("wall")).to_be_visible()
    expect(page.locator("[data-word]")).to_have_text("Trực tiếp")


def looked_at(page: Page, name: str) -> dict[str, object]:
    """Return what is wrong with how the wall looks, by size; keep pictures where asked to."""
    page.evaluate("document.fonts.ready.then(() => true)")
    found: dict[str, object] = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("new Promise((next) => requestAnimationFrame(() => setTimeout(next)))")
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"wall-{name}-{width}.png")
        scrolled = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        wrong = [*page.evaluate(CLIPPED), *([scrolled] if scrolled[0] > scrolled[1] else [])]
        if width >= 1000:
            tall = page.evaluate("document.documentElement.scrollHeight - innerHeight")
            wrong += [*page.evaluate(TOO_LOW), *([tall] if tall > 0 else [])]
        if width == 1920:
            wrong += page.evaluate(SMALL)
        if wrong:
            found[f"{name} {width}"] = wrong
    return found


@pytest.mark.parametrize("case", CASES)
def test_it_is_on_one_screen_and_legible(
    built: None, page: Page, tmp_path: Path, case: str
) -> None:
    points, wrong = CASES[case]
    with province(tmp_path, points, wrong) as site:
        opened(page, site)
        found = looked_at(page, case)
        page.evaluate(TURN)
        found |= looked_at(page, f"{case}-page2")
    assert found == {}


def test_long_names_a_blind_centre_and_one_that_is_away(
    built: None, page: Page, tmp_path: Path
) -> None:
    with province(tmp_path, 170, 12) as site:
        with writing(site.web.state) as session:
            for row in [*session.exec(select(Point)), *session.exec(select(Unit))]:
                row.name = f"{LONG} {row.name}"[:120]
                session.add(row)
        opened(page, site)
        found = looked_at(page, "long")
        with writing(site.web.series) as session:
            span = session.exec(select(IngestSpan)).one()
            span.alive_at = datetime.now(UTC) - timedelta(minutes=12)
            session.add(span)
        site.publish("incident", {"number": 1})
        expect(page.get_by_test_id("wall-notice")).to_contain_text("Trung tâm không nhìn thấy")
        found |= looked_at(page, "blind")
        page.context.set_offline(True)
        site.loop.call_soon_threadsafe(drop_listeners, site)
        expect(page.locator("#offline-bar")).to_be_visible()
        expect(page.locator("#offline-bar")).to_contain_text("Mất liên lạc với trung tâm lúc")
        found |= looked_at(page, "offline")
        page.context.set_offline(False)
        expect(page.locator("#offline-bar")).to_be_hidden()
    assert found == {}


def test_a_screen_opens_its_link_follows_turns_and_is_closed(
    built: None, browser: Browser, tmp_path: Path
) -> None:
    with province(tmp_path, 40, 12) as site:
        made = site.web.part(WallScreens).make("Phòng trực", actor="admin")
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.clock.install()
        page.goto(f"{site.url}/wall")
        expect(page.get_by_test_id("wall-closed")).to_contain_text("đăng nhập")
        page.goto(f"{site.url}/wall#{made.shown.text}")
        expect(page.get_by_test_id("wall-down")).to_contain_text("8")
        assert page.url == f"{site.url}/wall"
        change_presence(site, "q0", "down")
        page.clock.run_for(6000)
        expect(page.get_by_test_id("wall-down")).to_contain_text("9")
        turned = page.locator(".wall-rows .wall-page[data-turned]")
        page.clock.run_for(15_000)
        expect(turned).to_be_visible()
        expect(page.locator(".wall-rows .wall-page:visible")).to_have_count(1)
        change_presence(site, "q1", "down")
        page.clock.run_for(6000)
        expect(page.get_by_test_id("wall-down")).to_contain_text("10")
        expect(turned).to_have_count(1)  # what the centre sends turns no page back
        site.web.part(WallScreens).remove(made.shown.holder_id)
        page.clock.run_for(15_000)
        expect(page.get_by_test_id("wall-closed")).to_be_visible()
        page.close()
