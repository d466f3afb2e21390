"""The controller's REST API as a person's program uses it: signed in, over HTTPS."""

import ssl
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from scripts.demo.errors import ApiRefused

Json = dict[str, Any]


class Api:
    """One signed-in session. Every call raises ApiRefused where the centre refuses."""

    def __init__(self, url: str, ca_file: Path) -> None:
        self.tls = ssl.create_default_context(cafile=str(ca_file))
        self._client = httpx.AsyncClient(base_url=url, verify=self.tls, timeout=10)
        self._token = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    @property
    def client(self) -> httpx.AsyncClient:
        """The session, for streams and pages."""
        return self._client

    async def sign_in(self, user_name: str, password: str) -> None:
        """Sign in; later calls carry the session and its CSRF token."""
        person = await self.post("/session", user_name=user_name, password=password)
        self._token = self._client.headers["x-csrf-token"] = str(person["csrf_token"])

    async def get(self, path: str) -> Any:  # noqa: ANN401 - whatever the API answers
        """Return the JSON of a resource."""
        return self._json("GET", path, await self._client.get(f"/api/v1{path}"))

    async def post(self, path: str, /, **body: object) -> Any:  # noqa: ANN401 - see get
        """Post JSON and return the answer's."""
        answer = await self._client.post(f"/api/v1{path}", json=body)
        return self._json("POST", path, answer)

    async def put(self, path: str, /, **body: object) -> Any:  # noqa: ANN401 - see get
        """Put JSON and return the answer's."""
        answer = await self._client.put(f"/api/v1{path}", json=body)
        return self._json("PUT", path, answer)

    async def file(self, path: str) -> bytes:
        """Return what a page's link gives to be kept."""
        answer = await self._client.get(path)
        if answer.status_code != 200:
            raise ApiRefused(f"GET {path}", answer.status_code, answer.text)
        return answer.content

    async def page(self, path: str) -> str:
        """Return a page's HTML."""
        answer = await self._client.get(path, headers={"accept": "text/html"})
        if answer.status_code != 200:
            raise ApiRefused(f"GET {path}", answer.status_code, answer.text)
        return answer.text

    async def form(self, path: str, /, **fields: str) -> None:
        """Fill in a page's form and send it; what is taken leads on to another page."""
        answer = await self._client.post(path, data={"csrf_token": self._token, **fields})
        if answer.status_code != 303:
            raise ApiRefused(f"POST {path}", answer.status_code, answer.text)

    async def book(
        self,
        title: str,
        begins_at: datetime,
        ends_at: datetime,
        *,
        chair: str,
        points: list[str],
        is_recorded: bool = False,
    ) -> str:
        """Make a scheduled meeting and return its id."""
        made = await self.post(
            "/meetings",
            classification="normal",
            title=title,
            chair_point_id=chair,
            point_ids=points,
            begins_at=begins_at.isoformat(),
            ends_at=ends_at.isoformat(),
            is_recorded=is_recorded,
        )
        return str(made["meeting_id"])

    async def grant(self, meeting_id: str, point_id: str) -> Json:
        """Give a point the floor."""
        return await self._floor(meeting_id, action="grant", point_id=point_id)

    async def withdraw(self, meeting_id: str, point_id: str) -> Json:
        """Take the floor from a point."""
        return await self._floor(meeting_id, action="withdraw", point_id=point_id)

    async def end(self, meeting_id: str) -> None:
        """End a meeting as the chair does."""
        await self.post(f"/meetings/{meeting_id}/end")

    async def _floor(self, meeting_id: str, **move: object) -> Json:
        state: Json = await self.post(f"/meetings/{meeting_id}/floor", **move)
        return state

    @staticmethod
    def _json(method: str, path: str, answer: httpx.Response) -> Any:  # noqa: ANN401 - see get
        if answer.status_code >= 400:
            raise ApiRefused(f"{method} {path}", answer.status_code, answer.text)
        return answer.json() if answer.content else None
