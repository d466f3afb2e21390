"""A guest's link and the browser it was sent to, for tests of the centre."""

import html
import re
from dataclasses import dataclass

import httpx

from controller.meetings.guests.visiting import COOKIE
from controller.web import csrf
from tests.integration.controller.centre import Centre, Person

URL = re.compile(r'value="(https://[^"]+/guest#([^"]+))"')
STANDING = re.compile(r'data-standing="(\w+)"')


@dataclass(slots=True)
class GuestBrowser:
    """A browser without an account."""

    client: httpx.AsyncClient

    async def open(self, shown: str) -> httpx.Response:
        """Do what the page's script does with what a link has after `#`."""
        return await self.client.post("/api/v1/guest/session", json={"shown": shown})

    @property
    def cookie(self) -> str:
        """What the browser shows."""
        return self.client.cookies[COOKIE.https_name]

    async def post(self, path: str, body: object) -> httpx.Response:
        """Ask for something as the guest's page does."""
        headers = {"x-csrf-token": csrf.token_for(self.cookie)}
        return await self.client.post(f"/api/v1/guest/{path}", json=body, headers=headers)

    async def standing(self) -> str:
        """Return how the link stands, as the part of the page says."""
        found = STANDING.search((await self.client.get("/parts/guest")).text)
        assert found is not None
        return found[1]


async def act(office: Person, path: str, **form: str) -> httpx.Response:
    """Press a button of the panel, as its script does."""
    return await office.client.post(
        f"/meetings/{path}",
        data=form | {"csrf_token": office.csrf_token},
        headers={"hx-request": "true"},
    )


async def invited(
    office: Person, meeting_id: str, name: str = "Bà Lò Thị Mai", *, may_speak: bool = True
) -> str:
    """Make a link; return what it has after `#`."""
    right = "yes" if may_speak else "no"
    made = await act(office, f"{meeting_id}/guests", name=name, may_speak=right)
    found = URL.search(made.text)
    assert made.status_code == 200, made.text
    assert found is not None
    return html.unescape(found[2])


def browser(centre: Centre, address: str = "198.51.100.7") -> GuestBrowser:
    """Return a new browser somewhere else."""
    return GuestBrowser(centre.client(address))
