"""The wall: who sees it, by what, until when; and what it says of the real databases."""

import html
import re
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from controller.audit.service import AuditLog
from controller.db.engine import writing
from controller.ingest.tables import IngestSpan
from controller.link_limits import ASKED_AT_ONCE, WRONG_AT_ONCE
from controller.roles import Role
from controller.wall.screens import MAX_SCREENS, WallScreens
from controller.wall.visiting import COOKIE
from tests.fakes.country import fill
from tests.integration.controller.centre import Centre, Person
from tests.integration.controller.test_api_access import routes

URL = re.compile(r'value="https://[^"]+/wall#([^"]+)"')


async def press(admin: Person, path: str = "", **form: str) -> httpx.Response:
    """Send a form of the page of screens."""
    sent = form | {"csrf_token": admin.csrf_token}
    return await admin.client.post(f"/wall/screens{path}", data=sent)


async def made(admin: Person, name: str = "Phòng trực") -> str:
    """Make a screen; return what its link has after `#`."""
    answer = await press(admin, name=name)
    found = URL.search(answer.text)
    assert answer.status_code == 200 and found is not None, answer.text
    return html.unescape(found[1])


async def opened(client: httpx.AsyncClient, shown: str) -> int:
    """Do what the page's script does with a link; return the answer's status."""
    answer = await client.post("/api/v1/wall/session", json={"shown": shown})
    return answer.status_code


async def test_a_screen_shows_the_wall_by_its_link_until_it_is_taken_back(centre: Centre) -> None:
    admin, screen = await centre.sign_in(Role.ADMIN), centre.client("198.51.100.7")
    assert 'data-standing="wrong"' in (await screen.get("/wall")).text
    assert (await screen.get("/parts/wall")).status_code == 401
    shown = await made(admin)
    assert shown not in (await admin.get("/wall/screens")).text
    assert await opened(screen, shown) == 204
    page = (await screen.get("/wall")).text
    assert 'data-testid="wall"' in page and 'data-events="/api/v1/wall/events"' in page
    assert (await screen.get("/parts/wall")).status_code == 200
    assert (await screen.get("/api/v1/wall/session")).status_code == 204
    screen_id = shown.partition(".")[0]
    assert (await press(admin, f"/{screen_id}", action="remove")).status_code == 303
    assert (await screen.get("/parts/wall")).status_code == 401
    assert (await screen.get("/api/v1/wall/session")).status_code == 401
    assert (await screen.get("/api/v1/wall/events")).status_code == 401
    assert await opened(screen, shown) == 403
    written = [one.action for one in centre.web.part(AuditLog).newest(limit=9)]
    assert written == ["open_wall_link", "remove_wall_link", "open_wall_link", "make_wall_link"]
    log = (await admin.get("/audit")).text
    assert "gỡ liên kết màn hình giám sát" in log and "Phòng trực" in log


async def test_the_last_browser_to_open_a_link_is_the_screen(sqlite_centre: Centre) -> None:
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    shown = await made(admin)
    first, second = sqlite_centre.client("198.51.100.7"), sqlite_centre.client("198.51.100.8")
    assert [await opened(first, shown), await opened(first, shown)] == [204, 204]
    assert await opened(second, shown) == 204
    assert 'data-standing="elsewhere"' in (await first.get("/wall")).text
    assert 'data-testid="wall"' in (await second.get("/wall")).text
    screen_id = shown.partition(".")[0]
    renewed = URL.search((await press(admin, f"/{screen_id}", action="renew")).text)
    assert 'data-standing="renewed"' in (await second.get("/wall")).text
    assert await opened(second, shown) == 403
    assert renewed is not None and await opened(second, html.unescape(renewed[1])) == 204


async def test_a_screen_is_nobody_anywhere_else(sqlite_centre: Centre) -> None:
    """Every route but those of the wall answers a screen as it answers a stranger."""
    screen, stranger = sqlite_centre.client("198.51.100.7"), sqlite_centre.client("198.51.100.7")
    assert await opened(screen, await made(await sqlite_centre.sign_in(Role.ADMIN))) == 204
    app = sqlite_centre.transport.app
    assert isinstance(app, FastAPI)
    differ = set()
    for route in routes(app):
        path = route.path.replace("{point_id}", "p-b").replace("{meeting_id}", "m1")
        if "GET" in (route.methods or ()) and path != "/api/v1/wall/events":
            answers = [(await one.get(path)).status_code for one in (screen, stranger)]
            if answers[0] != answers[1]:
                differ.add(path)
    assert differ == {"/parts/wall", "/api/v1/wall/session"}
    assert "Tổng quan" not in (await screen.get("/wall")).text


async def test_who_is_signed_in_sees_the_wall_and_only_administrators_make_links(
    sqlite_centre: Centre,
) -> None:
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    assert 'data-testid="wall"' in (await viewer.get("/wall")).text
    assert (await viewer.get("/wall/screens")).status_code == 403
    office = await sqlite_centre.sign_in(Role.OFFICE)
    assert (await press(office, name="Phòng trực")).status_code == 403


async def test_a_screen_stays_one_when_who_set_it_up_there_signs_out(
    sqlite_centre: Centre,
) -> None:
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    shown = await made(admin)
    assert 'id="link-entry"' in (await admin.get("/wall")).text
    assert await opened(admin.client, shown) == 204
    page = (await admin.get("/wall")).text
    assert 'data-events="/api/v1/wall/events"' in page and 'data-testid="wall-back"' in page
    await admin.client.post("/sign-out", data={"csrf_token": admin.csrf_token})
    page = (await admin.get("/wall")).text
    assert 'data-testid="wall"' in page and 'data-testid="wall-back"' not in page


async def test_links_are_bounded_and_wrong_ones_are_slowed(sqlite_centre: Centre) -> None:
    admin, screens = await sqlite_centre.sign_in(Role.ADMIN), sqlite_centre.web.part(WallScreens)
    shown = await made(admin)
    for number in range(MAX_SCREENS - 1):
        screens.make(f"Màn hình {number}", actor="admin")
    refused = await press(admin, name="Thêm một")
    assert refused.status_code == 409 and f"Đã có {MAX_SCREENS} màn hình" in refused.text
    assert (await press(admin, name="x" * 61)).status_code == 422
    stranger = sqlite_centre.client("198.51.100.9")
    wrong = [await opened(stranger, f"wall-1.{n}") for n in range(WRONG_AT_ONCE + 1)]
    assert wrong == [403] * WRONG_AT_ONCE + [429]
    assert await opened(stranger, shown) == 204
    again = [await opened(stranger, shown) for _ in range(ASKED_AT_ONCE)]
    assert again[-1] == 429
    assert COOKIE.https_name in stranger.cookies


async def test_the_wall_says_what_is_so(centre: Centre) -> None:
    viewer = await centre.sign_in(Role.VIEWER)
    assert 'data-notice="empty"' in (await viewer.get("/parts/wall")).text
    now = centre.time.now()
    fill(centre.web, points=30, wrong=0, now=now)
    assert "30 điểm cầu đều tốt" in (await viewer.get("/parts/wall")).text


async def test_what_is_wrong_has_rows_and_a_blind_centre_concludes_nothing(centre: Centre) -> None:
    viewer = await centre.sign_in(Role.VIEWER)
    fill(centre.web, points=60, wrong=12, now=centre.time.now())
    shown = (await viewer.get("/parts/wall")).text
    assert shown.count('data-testid="wall-row"') == 12
    assert "Mất kết nối" in shown and "Khu vực 6" in shown
    assert "chứng thư" not in shown
    with writing(centre.web.series) as session:
        span = session.exec(select(IngestSpan)).one()
        span.alive_at = centre.time.now() - timedelta(minutes=3)
        session.add(span)
    blind = (await viewer.get("/parts/wall")).text
    assert "Trung tâm không nhìn thấy" in blind
    assert 'data-testid="wall-row"' not in blind


@pytest.mark.parametrize("path", ["/wall", "/parts/wall"])
async def test_the_wall_of_the_country_reads_as_little_as_that_of_one_point(
    sqlite_centre: Centre, path: str
) -> None:
    fill(sqlite_centre.web, points=3321, wrong=60, now=sqlite_centre.time.now())
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    answer = await viewer.get(path)
    assert answer.status_code == 200
    assert len(answer.content) < 100_000
