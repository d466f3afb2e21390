"""The room's local API: who may ask, and what is answered to nonsense."""

import httpx
import pytest
import pytest_asyncio

from tests.fakes.relay import CHAIR, start_relay
from tests.fakes.rooms import start_rooms

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def room(tmp_path_factory):
    """One room for all of these: what one test sends must not harm the next."""
    folder = tmp_path_factory.mktemp("kiosk")
    async with (
        start_relay(folder, is_started=False) as relay,
        start_rooms(folder, relay, points=(CHAIR,)) as rooms,
    ):
        yield rooms.chair


def client(room) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{room.port}", timeout=5)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost:8090"}, 200),
        ({"host": "[::1]:8090"}, 200),
        ({"host": "evil.example"}, 403),
        ({"host": "localhost.evil.example"}, 403),
        ({"host": ""}, 403),
        ({"host": "[::1"}, 403),
        ({"origin": "http://["}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "localhost:8090", "origin": "http://localhost:8090"}, 200),
        ({"host": "localhost:8090", "origin": "http://localhost:9999"}, 403),
    ],
)
async def test_only_pages_of_this_machine_are_answered(room, headers, status):
    async with client(room) as http:
        reply = await http.get("/api/state", headers=headers)
    assert reply.status_code == status
    if status == 403:
        assert reply.json()["error"]["code"] == "not_local"


async def test_the_page_and_its_parts_are_served(room):
    async with client(room) as http:
        page = await http.get("/")
        health = await http.get("/healthz")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert health.json() == {"status": "ok"}


async def test_state_says_who_and_what(room):
    async with client(room) as http:
        state = (await http.get("/api/state")).json()
    assert (state["point_id"], state["point_number"], state["state"]) == (CHAIR, 1, "idle")
    assert state["meeting"] is None
    assert state["cpu_s"] > 0


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "²", "٣", "9" * 5000])
async def test_a_since_that_is_no_number_is_refused(room, since):
    async with client(room) as http:
        reply = await http.get("/api/state", params={"since": since})
    assert reply.status_code == 400
    assert reply.json()["error"]["message_vi"]


@pytest.mark.parametrize(
    ("offer", "status"),
    [(b"", 400), (b"v=1", 400), (b"\xff\xfe", 400), (b"v=0\r\n" * 20_000, 413)],
)
async def test_an_offer_that_is_none_is_refused_with_a_sentence(room, offer, status):
    async with client(room) as http:
        reply = await http.post("/whep", content=offer)
        again = await http.get("/healthz")
    assert reply.status_code == status
    assert reply.json()["error"]["message_en"]
    assert again.status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"\xff", b"x" * 70_000, b'{"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}"],
    ids=["empty", "list", "no text", "long", "deep"],
)
async def test_devices_that_cannot_be_read_are_refused_with_a_sentence(room, body):
    async with client(room) as http:
        reply = await http.post("/api/devices", content=body)
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "bad_devices")


async def test_leaving_a_session_that_is_none_is_no_error(room):
    async with client(room) as http:
        reply = await http.delete("/session/nothing")
    assert reply.status_code == 204


async def test_events_come_at_once(room):
    async with client(room) as http, http.stream("GET", "/api/events") as reply:
        line = await anext(reply.aiter_lines())
    assert line.startswith("data: {")
    assert '"kind":"idle"' in line


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ('{"slots":[{"slot":"stage","frozen_ratio":-1}]}', 400),
        ('{"slots":[' + ",".join(['{"slot":"s"}'] * 17) + "]}", 400),
        (" " * 70_000, 400),
        ('{"slots":[{"slot":"stage","decoded":250}]}', 204),
    ],
)
async def test_what_the_page_plays_is_read_or_refused(room, body, status):
    async with client(room) as http:
        reply = await http.post("/api/played", content=body)
    assert reply.status_code == status


async def test_a_page_that_tells_all_the_time_is_refused(room):
    async with client(room) as http:
        found = [(await http.post("/api/played", content="{}")).status_code for _ in range(8)]
    assert found[-1] == 429
