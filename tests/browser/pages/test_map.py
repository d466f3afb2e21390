"""The map in a real browser: it fits its screens, is found through, and is put in order by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import Session, select

from contracts.local_days import day_of
from controller.carriers import carrier_queries
from controller.carriers.line_contract import LineContract, Terms
from controller.carriers.tables import Carrier
from controller.db.engine import writing
from controller.incidents.tables import IncidentPoint, IncidentRow
from controller.people import people_queries
from controller.people.passwords import hash_password
from controller.places import service as places
from controller.places.tables import Point, Unit
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.seed_carriers import LONG as LONGEST_CARRIER
from tests.browser.pages.site import PASSWORD, Site, make_installation, running
from tests.browser.pages.test_live import change_presence
from tests.browser.pages.test_wall import LONG, TOP
from tests.fakes.country import fill

pytestmark = pytest.mark.browser

# Words that stick out of their plate, or off the map.
OUT = """() => [...document.querySelectorAll('svg.map')].filter((map) => map.checkVisibility())
  .flatMap((map) => {
    const frame = map.getBoundingClientRect();
    return [...map.querySelectorAll('text')].filter((text) => {
      const plate = text.closest('a')?.querySelector('rect') ?? map;
      const inner = text.getBoundingClientRect(), outer = plate.getBoundingClientRect();
      return inner.right > outer.right + 1 || inner.left < outer.left - 1
        || inner.bottom > outer.bottom + 1 || inner.right > frame.right + 1;
    }).map((text) => text.textContent);
  })"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll('svg.map')]
  .filter((map) => map.checkVisibility())
  .flatMap((map) => [...map.querySelectorAll('text')].map((text) =>
    Number(text.getAttribute('font-size')) * map.getScreenCTM().a)))"""


@contextmanager
def province(folder: Path, points: int, wrong: int) -> Iterator[Site]:
    """A site with so many points, of which the last are wrong, ten of them by one incident."""
    now = datetime.now(UTC)
    with running(make_installation(folder), is_populated=False) as site:
        places.import_file(site.web.state, TOP.encode(), now=now - timedelta(days=30))
        ids = fill(site.web, points=points, wrong=wrong, now=now)
        with writing(site.web.state) as session:
            for role in (Role.OFFICE, Role.VIEWER):
                people_queries.add_user(
                    session, role.value, display_name="Lê Thu Hà", role=role, now=now,
                    password_hash=hash_password(PASSWORD),
                )  # fmt: skip
            if wrong:
                hit, unit = ids[-min(10, wrong) :], f"v{(points - 1) // 10 * 10}"
                session.add(
                    IncidentRow(
                        number=7, key="k", reach="unit", told_reach="unit", unit_id=unit,
                        evidence="", began_at=now, opened_at=now, joined_at=now, told_at=now,
                    )
                )  # fmt: skip
                session.flush()
                session.add_all(IncidentPoint(number=7, point_id=p, began_at=now) for p in hit)
        yield site


def contracted(session: Session, points: list[str]) -> None:
    """Write a carrier that brings the lines of points."""
    now = datetime.now(UTC)
    carrier_queries.add(
        session, Carrier(carrier_id="long", name=LONGEST_CARRIER, phone="", made_at=now)
    )
    session.flush()
    for one in points:
        terms = Terms(one, "long", f"HĐ-{one}", 50_000_000, 20_000_000, None, None, day_of(now))
        carrier_queries.add_contract(session, LineContract(one, 0, terms, now, "office"))


def looked_at(page: Page, name: str) -> dict[str, object]:
    """Return what is wrong with how the map looks, by size."""
    out: list[object] = []

    def look(at: Page) -> None:
        out.extend(at.evaluate(OUT))
        smallest = at.evaluate(SMALLEST)
        if smallest < 11:
            out.append(smallest)

    found = misfits(page, name, ready=look)
    return found | ({name: out} if out else {})


@pytest.mark.parametrize(("points", "wrong"), [(170, 12), (3321, 120), (17, 0)])
def test_it_fits_its_screens(
    built: None, page: Page, tmp_path: Path, points: int, wrong: int
) -> None:
    with province(tmp_path, points, wrong) as site:
        sign_in(page, site, Role.OFFICE)
        page.goto(f"{site.url}/map")
        expect(page.get_by_test_id("map-headline")).to_be_visible()
        found = looked_at(page, f"map-{points}")
        page.goto(f"{site.url}/map?in=v0")
        found |= looked_at(page, f"map-{points}-unit")
    assert found == {}


def test_long_names_and_communes_without_a_unit_between(
    built: None, page: Page, tmp_path: Path
) -> None:
    with province(tmp_path, 148, 9) as site:
        with writing(site.web.state) as session:
            for number, point in enumerate(session.exec(select(Point))):
                point.unit_id = "tinh"
                point.latitude = 20.5 + number % 13 * 0.07
                point.longitude = 104 + number % 11 * 0.09
                session.add(point)
        sign_in(page, site, Role.OFFICE)
        page.goto(f"{site.url}/map")
        found = looked_at(page, "map-communes")
        page.goto(f"{site.url}/map?by=place&find=che+tao+138")
        found |= looked_at(page, "map-place")
        with writing(site.web.state) as session:
            for row in [*session.exec(select(Point)), *session.exec(select(Unit))]:
                row.name = f"{LONG} {row.name}"[:120]
                session.add(row)
        page.goto(f"{site.url}/map")
        found |= looked_at(page, "map-long")
        page.goto(f"{site.url}/map?by=place")
        found |= looked_at(page, "map-place-long")
    assert found == {}


def test_it_is_put_in_order_by_hand_and_by_keys_and_follows(
    built: None, browser: Browser, tmp_path: Path
) -> None:
    with province(tmp_path, 40, 0) as site:
        page = browser.new_page(viewport={"width": 1366, "height": 900})
        sign_in(page, site, Role.OFFICE)
        page.goto(f"{site.url}/map")
        plate = page.locator(".map-wide [data-node='u:v10']")
        own = plate.get_attribute("transform")
        page.get_by_test_id("map-arrange").click()
        box = plate.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 8, box["y"] + box["height"] - 8)
        page.mouse.down()
        page.mouse.move(box["x"] + 108, box["y"] + box["height"] + 52, steps=4)
        with page.expect_response("**/map/moves") as answer:
            page.mouse.up()
        assert answer.value.status == 200
        expect(page.get_by_test_id("map-undo")).to_be_visible()
        assert plate.get_attribute("transform") != own
        page.reload()
        moved = plate.get_attribute("transform")
        assert moved != own
        page.get_by_test_id("map-arrange").click()
        plate.locator(".map-open").focus()
        with page.expect_response("**/map/moves"):
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowRight")
        page.reload()
        by_keys = plate.get_attribute("transform")
        assert by_keys is not None and moved is not None
        shifted = float(by_keys.split("(")[1].split()[0]) - float(moved.split("(")[1].split()[0])
        assert shifted == pytest.approx(20, abs=0.3)
        page.get_by_test_id("map-undo").click()
        expect(plate).to_have_attribute("transform", moved)
        page.get_by_test_id("map-undo").click()
        expect(plate).to_have_attribute("transform", own or "")
        change_presence(site, "q15", "down")
        expect(page.get_by_test_id("map-down")).to_contain_text("1", timeout=15_000)
        expect(plate).to_have_attribute("transform", own or "")
        page.locator(".map-wide [data-key='p:q15']").click()
        page.wait_for_url("**/points/q15")
        page.close()


def test_who_only_looks_cannot_arrange_and_it_prints_on_one_page(
    built: None, page: Page, tmp_path: Path
) -> None:
    with province(tmp_path, 170, 12) as site:
        sign_in(page, site, Role.VIEWER)
        page.get_by_test_id("map-open").click()
        expect(page.get_by_test_id("map-title")).to_be_visible()
        expect(page.get_by_test_id("map-arrange")).to_have_count(0)
        printed = page.pdf(prefer_css_page_size=True)
        assert printed.count(b"/Type /Page\n") == 1
        page.get_by_test_id("map-cut").first.click()
        page.wait_for_url("**/incidents/7")
        with writing(site.web.state) as session:
            contracted(session, [f"q{number}" for number in range(0, 170, 3)])
        page.goto(f"{site.url}/map?by=carrier&in=long")  # a name that takes a row of its own
        expect(page.get_by_test_id("map-title")).to_have_text(LONGEST_CARRIER)
        printed = page.pdf(prefer_css_page_size=True)
        assert printed.count(b"/Type /Page\n") == 1
