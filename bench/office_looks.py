"""Every page of the office in Chromium, with a province's data: what axe finds, what does not fit.

The pages are those of `bench.office`, so a new one is asked for too; the province has 170 points,
names of 60 letters and hostile ones. Axe looks at each page, in light at 1366 pixels and in dark at
390 (WCAG 2 A and AA, best practice; serious and critical findings count), and at 1366, 683
(the same at 200 %) and 390 pixels nothing may be what `tests/browser/pages/fitting.py` calls a
misfit. Exits with 1 where something is found. With DIEMCAU_SHOTS set to a folder each page is kept
there as a picture, in every size.

    python -m bench.office_looks [--role admin] [--page /meetings/new] [--points 170]
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from bench._office_pages import looked_at
from bench._office_today import note_attendance
from bench.office import filled
from controller.meetings.attendance import Attendance
from controller.roles import Role
from controller.web.app import create_app
from scripts import build_web
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits, name_of
from tests.browser.pages.site import Site, running
from tests.conftest import CHROMIUM
from tests.integration.controller.centre import Installation
from tests.integration.controller.province_year import YearSize, point_id

AXE = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
SERIOUS = ("serious", "critical")
SIZES = [(1366, 768), (683, 384), (390, 844)]


@contextmanager
def province(size: YearSize) -> Iterator[tuple[Site, list[str]]]:
    """Serve a province of that size; give it and the addresses of its pages."""
    with tempfile.TemporaryDirectory(prefix="dc-looks-") as folder:
        installation = Installation.make(Path(folder))
        past, began = filled(installation, size)
        with running(installation.settings, is_populated=False) as site:
            invited = [point_id(one) for one in range(size.points)]
            note_attendance(site.web.part(Attendance), invited, site.web.now())
            yield site, list(looked_at(create_app(site.web), past, began))


def complaints(page: Page, theme: Literal["light", "dark"]) -> list[str]:
    """Return what axe finds serious, with the first places where."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    size = page.viewport_size
    return [
        f"{theme} {size['width'] if size else ''}: {rule['id']} ({rule['impact']}), "
        f"{len(rule['nodes'])} × {[node['target'] for node in rule['nodes']][:3]}"
        for rule in Axe().run(page, options=AXE).response["violations"]
        if rule["impact"] in SERIOUS
    ]


def looked(browser: Browser, site: Site, addresses: list[str], role: Role) -> dict[str, list[str]]:
    """Open each address; return what is wrong by address."""
    context = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", bypass_csp=True)
    page = context.new_page()
    sign_in(page, site, role)
    wrong: dict[str, list[str]] = {}
    for address in addresses:
        answer = page.goto(site.url + address)
        if answer is None or answer.status != 200:
            print(f"{address}: {answer.status if answer else 'no'} answer", flush=True)
            continue
        page.evaluate("new Promise((next) => requestIdleCallback(next, {timeout: 1000}))")
        found = [
            f"{where}: {what}" for where, what in misfits(page, name_of(address), SIZES).items()
        ]
        found += complaints(page, "dark")  # as misfits leaves it: on a telephone
        page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
        found += complaints(page, "light")
        if found:
            wrong[address] = found
            print(address, *found, sep="\n    ", flush=True)
    return wrong


def main() -> None:
    """Look, and say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=170)
    parser.add_argument("--meetings", type=int, default=40)
    parser.add_argument("--role", type=Role, choices=list(Role), default=Role.ADMIN)
    parser.add_argument("--page", nargs="*", default=[""], help="only those that begin so")
    given = parser.parse_args()
    build_web.build()
    with province(YearSize(given.points, given.meetings)) as (site, addresses):
        asked = [one for one in addresses if one.startswith(tuple(given.page))]
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--font-render-hinting=none"]
            )
            wrong = looked(chromium, site, asked, given.role)
            chromium.close()
    print(f"{len(asked)} pages, {len(wrong)} with something wrong")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
