"""A guest's link that asks for a PIN: nothing is said before it is right, wrong ones are slowed."""

import asyncio
import html
import re

import httpx
from sqlmodel import select

from controller.db.engine import reading
from controller.meetings.guests.pin import LINK_LIMIT
from controller.meetings.guests.tables import GuestLink
from controller.roles import Role
from tests.integration.controller.centre import Centre, Person, meeting_body
from tests.integration.controller.guests import URL, GuestBrowser, act, browser, invited

PIN = re.compile(r'data-testid="guest-pin">(\d{6})<')


async def meeting(centre: Centre, office: Person) -> str:
    made = await office.post("/api/v1/meetings", meeting_body(centre.time))
    return str(made.json()["meeting_id"])


def told(answer: httpx.Response) -> tuple[str, str]:
    """Return what a link has after `#`, and its PIN."""
    link, pin = URL.search(answer.text), PIN.search(answer.text)
    assert link is not None and pin is not None, answer.text
    return html.unescape(link[2]), pin[1]


async def with_pin(office: Person, meeting_id: str) -> tuple[str, str]:
    return told(
        await act(office, f"{meeting_id}/guests", name="Bà Mai", may_speak="yes", has_pin="yes")
    )


async def tried(guest: GuestBrowser, shown: str, pin: str) -> tuple[int, str]:
    answer = await guest.client.post("/api/v1/guest/session", json={"shown": shown, "pin": pin})
    return answer.status_code, answer.json()["error"]["code"] if answer.content else ""


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 10**6:06}"


async def test_the_pin_comes_before_anything_is_said(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(centre, office)
    shown, pin = await with_pin(office, meeting_id)
    guest = browser(centre)
    asked = await guest.open(shown)
    assert (asked.status_code, asked.json()["error"]["code"]) == (403, "guest_pin_needed")
    assert "Mai" not in asked.text and not guest.client.cookies
    assert await tried(guest, shown, wrong(pin)) == (403, "guest_pin_wrong")
    assert await tried(guest, shown, "') or 1=1 --") == (403, "guest_pin_wrong")
    assert await guest.standing() == "wrong"
    assert await tried(guest, shown, pin) == (204, "")
    assert await guest.standing() == "early"
    # Who is in opens the link again as before.
    assert (await guest.open(shown)).status_code == 204
    with reading(centre.web.state) as session:
        kept = session.exec(select(GuestLink)).one().model_dump_json()
    assert pin not in kept
    panel = (await office.get(f"/parts/meetings/{meeting_id}/guests")).text
    assert "có mã PIN" in panel and pin not in panel
    log = (await (await centre.sign_in(Role.ADMIN)).get("/audit")).text
    assert pin not in log


async def test_wrong_ones_are_slowed_for_the_link_and_a_new_link_begins_anew(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(centre, office)
    shown, pin = await with_pin(office, meeting_id)
    answers = await asyncio.gather(
        *(tried(browser(centre, f"198.51.100.{n}"), shown, wrong(pin)) for n in range(8))
    )
    codes = [code for code, _ in answers]
    assert (codes.count(403), codes.count(429)) == (LINK_LIMIT, 8 - LINK_LIMIT)
    assert (await tried(browser(centre), shown, pin))[0] == 429
    renewed = await act(office, f"{meeting_id}/guests/{shown.partition('.')[0]}", action="renew")
    again, other = told(renewed)
    assert (await tried(browser(centre), again, other))[0] == 204


async def test_links_without_one_go_on_as_they_did(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(sqlite_centre, office)
    shown = await invited(office, meeting_id)
    assert (await browser(sqlite_centre).open(shown)).status_code == 204
    renewed = await act(office, f"{meeting_id}/guests/{shown.partition('.')[0]}", action="renew")
    assert PIN.search(renewed.text) is None
