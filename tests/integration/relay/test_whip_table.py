"""WHIP (RFC 9725) and WHEP by the table: method, resource, headers and state to status and headers.

The door in this process, with a real engine, registry and gatekeeper.
"""

import asyncio
import hashlib
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from structlog.testing import capture_logs

from contracts.desired import DIGEST_CHARS
from contracts.ids import MeetingId
from contracts.tokens import MediaToken, from_b64url, sign
from media.relay import nonces
from media.relay.access import Gatekeeper
from media.relay.announcer import Announcer
from media.relay.grants import Grant
from media.relay.media_tunnel import MediaTunnels
from media.relay.meetings import MeetingRegistry
from media.relay.request_budget import KNOWN_BURST, RequestBudget
from media.relay.store import MeetingStore
from media.relay.trunks import Trunks
from media.relay.whip_server import WhipServer
from media.sfu.downlink import START_BPS
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.slots import Viewer
from runtime import x509_door
from runtime.clock import Clock
from tests.fakes.pki import Issued, Pki
from tests.fakes.relay import CHAIR, PAGE_ORIGIN, RELAY, B, C, meeting, point_header
from tests.waiting import until

DATA = Path(__file__).parents[2] / "data" / "sdp"
OFFERS = {
    "whip": (DATA / "chromium-whip.sdp").read_text(),
    "whep": (DATA / "chromium-whep.sdp").read_text(),
}
BURST = 5
SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
RESTART = "a=ice-ufrag:anew\r\na=ice-pwd:anewanewanewanewanewanew\r\n"
PREFLIGHT = {"Origin": PAGE_ORIGIN, "Access-Control-Request-Method": "POST"}
FOREIGN = {**PREFLIGHT, "Origin": "https://elsewhere.test"}


@dataclass
class Door:
    """The door, and what a client of it knows."""

    client: httpx.AsyncClient
    key: Ed25519PrivateKey
    engine: RelayEngine
    pki: Pki
    book: MeetingRegistry
    gatekeeper: Gatekeeper
    wall_off_s: list[float]
    session: str = ""
    etag: str = ""
    created: dict[str, httpx.Response] = field(default_factory=dict)

    def token(self, direction, *, meeting_id="m1", valid_s=600, subject="viewer", role="viewer"):
        claims = MediaToken(
            meeting_id=MeetingId(meeting_id),
            subject=subject,
            role=role,
            direction=direction,
            expires_at=datetime.now(UTC) + timedelta(seconds=valid_s),
        )
        return f"Bearer {sign(claims, self.key)}"

    async def open(self, name="whep"):
        headers = {"Content-Type": SDP, "Authorization": self.token(_direction(name))}
        answer = await self.client.post(f"/{name}/m1", content=OFFERS[name], headers=headers)
        if answer.status_code == 201:
            self.session, self.etag = answer.headers["location"], answer.headers["etag"]
        return answer


def _direction(name):
    return "publish" if name == "whip" else "play"


@pytest.fixture
async def door(tmp_path):
    engine = RelayEngine(EngineSettings(host="127.0.0.1", port=0, candidates=("127.0.0.1",)))
    engine.open()
    running = asyncio.create_task(engine.run())
    wall_off_s = [0.0]
    clock = Clock(wall=lambda: time.time() + wall_off_s[0])
    key, pki = Ed25519PrivateKey.generate(), Pki(tmp_path / "pki")
    gatekeeper = Gatekeeper(pki.certificate, key.public_key())
    book = MeetingRegistry(engine, clock, MeetingStore(tmp_path), Announcer(RELAY, clock))
    book.adopt(meeting())
    server = WhipServer(
        engine,
        book,
        gatekeeper,
        clock,
        metrics=lambda: b"figures",
        trunks=Trunks(engine, MediaTunnels(engine, "127.0.0.1")),
        budget=RequestBudget(per_s=0.01, burst=BURST),
        allowed_origins=[PAGE_ORIGIN],
    )
    transport = httpx.ASGITransport(server.app, client=("10.9.8.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://relay.test") as client:
        yield Door(client, key, engine, pki, book, gatekeeper, wall_off_s)
    running.cancel()
    await asyncio.wait({running})
    await engine.close()


def only(offer, codec):
    """Return an offer whose pictures are of one codec."""
    others = {"VP8", "VP9", "H264", "AV1"} - {codec}
    return re.sub(rf"({'|'.join(others)})/90000", "X-NONE/90000", offer)


GOOD, CHALLENGE = {"Authorization": "good"}, {"www-authenticate": "Bearer, Point"}
ENDPOINT_ALLOW = "GET, HEAD, OPTIONS, POST"
ENDPOINTS = [
    # method, headers, body ("offer": a good one), status, headers of the answer
    ("POST", GOOD, "offer", 201, {"content-type": SDP, "accept-patch": FRAGMENT}),
    ("POST", {**GOOD, "Accept": "text/html, application/*;q=0.5"}, "offer", 201, {}),
    ("POST", {**GOOD, "Accept": "text/html"}, "offer", 406, {}),
    ("POST", {**GOOD, "Accept": "application/sdp;q=0"}, "offer", 406, {}),
    ("POST", {**GOOD, "Content-Type": "text/plain"}, "offer", 415, {"accept-post": SDP}),
    ("POST", {**GOOD, "Content-Type": f"{SDP}; charset=utf-8"}, "offer", 201, {}),
    ("POST", GOOD, "", 400, {}),
    ("POST", GOOD, b"\xff", 400, {}),
    ("POST", GOOD, "v=0\r\n", 400, {}),
    ("POST", GOOD, "other offer", 422, {}),
    ("POST", GOOD, "offer of VP9", 406, {}),
    ("POST", GOOD, "offer of H264", 201, {}),
    ("POST", GOOD, "v" * 70_000, 413, {}),
    ("POST", {}, "offer", 401, CHALLENGE),
    ("POST", {"Authorization": "Basic eDp5"}, "offer", 401, CHALLENGE),
    ("POST", {"Authorization": "Bearer nonsense"}, "offer", 401, CHALLENGE),
    ("POST", {"Authorization": "expired"}, "offer", 401, CHALLENGE),
    ("POST", {"Authorization": "other direction"}, "offer", 403, {}),
    ("POST", {"Authorization": "other meeting"}, "offer", 403, {}),
    ("OPTIONS", {}, "", 204, {"allow": ENDPOINT_ALLOW, "accept-post": SDP}),
    ("OPTIONS", {"Origin": PAGE_ORIGIN}, "", 204, {"access-control-allow-origin": PAGE_ORIGIN}),
    ("OPTIONS", PREFLIGHT, "", 204, {"access-control-allow-origin": PAGE_ORIGIN}),
    ("OPTIONS", FOREIGN, "", 204, {"access-control-allow-origin": None}),
    ("GET", {}, "", 204, {}),
    ("HEAD", {}, "", 204, {}),
    ("PUT", {}, "", 405, {"allow": ENDPOINT_ALLOW}),
    ("DELETE", {}, "", 405, {"allow": ENDPOINT_ALLOW}),
    ("PATCH", {}, "", 405, {"allow": ENDPOINT_ALLOW}),
]  # fmt: skip


@pytest.mark.parametrize("name", ["whip", "whep"])
@pytest.mark.parametrize(("method", "headers", "body", "status", "told"), ENDPOINTS)
async def test_an_endpoint_answers_by_the_table(door, name, method, headers, body, status, told):
    direction = _direction(name)
    other = {"publish": "play", "play": "publish"}[direction]
    rights = {
        "good": door.token(direction),
        "expired": door.token(direction, valid_s=-1),
        "other direction": door.token(other),
        "other meeting": door.token(direction, meeting_id="m2"),
    }
    given = {"Content-Type": SDP} if method == "POST" else {}
    given |= {key: rights.get(value, value) for key, value in headers.items()}
    other = OFFERS["whep" if name == "whip" else "whip"].replace("a=sendrecv", "a=sendonly")
    offers = {
        "offer": OFFERS[name],
        "other offer": other,
        "offer of VP9": only(OFFERS[name], "VP9"),
        "offer of H264": only(OFFERS[name], "H264"),
    }
    sent = offers.get(body, body) if isinstance(body, str) else body
    answer = await door.client.request(method, f"/{name}/m1", content=sent, headers=given)
    assert _told(answer, told) == (status, told), answer.text


SESSION_ALLOW = "DELETE, GET, HEAD, OPTIONS, PATCH"
TYPED = {"Content-Type": FRAGMENT}
SESSIONS = [
    # method, headers, body, status, headers of the answer; ETAG stands for the session's
    ("PATCH", {**TYPED, "If-Match": "ETAG"}, RESTART, 200, {"content-type": FRAGMENT}),
    ("PATCH", {**TYPED, "If-Match": "*"}, RESTART, 200, {"content-type": FRAGMENT}),
    ("PATCH", {**TYPED, "If-Match": '"other", ETAG'}, RESTART, 200, {}),
    ("PATCH", {**TYPED, "If-Match": '"other"'}, RESTART, 412, {}),
    ("PATCH", {**TYPED, "If-Match": "W/ETAG"}, RESTART, 412, {}),
    ("PATCH", TYPED, RESTART, 428, {}),
    ("PATCH", TYPED, "trickle", 428, {}),
    ("PATCH", {**TYPED, "If-Match": "ETAG"}, "trickle", 204, {}),
    ("PATCH", {**TYPED, "If-Match": '"other"'}, "trickle", 412, {}),
    ("PATCH", {**TYPED, "If-Match": "ETAG"}, "", 400, {}),
    ("PATCH", {**TYPED, "If-Match": "ETAG"}, "garbage", 400, {}),
    ("PATCH", {**TYPED, "If-Match": "ETAG"}, b"\xff\xfe", 400, {}),
    ("PATCH", {**TYPED, "If-Match": "ETAG"}, "a=ice-ufrag:alone\r\n", 400, {}),
    ("PATCH", {**TYPED, "If-Match": "ETAG"}, "a" * 70_000, 413, {}),
    ("PATCH", {"Content-Type": SDP, "If-Match": "ETAG"}, RESTART, 415, {"accept-patch": FRAGMENT}),
    ("DELETE", {}, "", 200, {}),
    ("GET", {}, "", 204, {}),
    ("HEAD", {}, "", 204, {}),
    ("OPTIONS", {}, "", 204, {"allow": SESSION_ALLOW, "accept-patch": FRAGMENT}),
    ("OPTIONS", PREFLIGHT, "", 204, {"access-control-allow-origin": PAGE_ORIGIN}),
    ("POST", {}, "", 405, {"allow": SESSION_ALLOW}),
    ("PUT", {}, "", 405, {"allow": SESSION_ALLOW}),
]


@pytest.mark.parametrize(("method", "headers", "body", "status", "told"), SESSIONS)
async def test_a_session_answers_by_the_table(door, method, headers, body, status, told):
    created = await door.open()
    given = {key: value.replace("ETAG", door.etag) for key, value in headers.items()}
    sent = body
    if body == "trickle":
        sent = f"a=ice-ufrag:{_attribute(OFFERS['whep'], 'ice-ufrag')}\r\n"
    answer = await door.client.request(method, door.session, content=sent, headers=given)
    assert _told(answer, told) == (status, told), answer.text
    if status == 200 and method == "PATCH":
        _check_restart(created, answer)


def _check_restart(created, answer):
    assert answer.headers["etag"] != created.headers["etag"]
    lines = answer.text.splitlines()
    assert lines[0] == "a=ice-lite"
    below = lines[next(i for i, line in enumerate(lines) if line.startswith("m=")) :]
    assert f"a=mid:{_attribute(created.text, 'mid')}" in below
    assert any(line.startswith("a=candidate:") for line in below)
    assert _attribute(answer.text, "ice-ufrag") != _attribute(created.text, "ice-ufrag")


@pytest.mark.parametrize(
    ("method", "status"), [("PATCH", 404), ("DELETE", 404), ("GET", 404), ("OPTIONS", 204)]
)
async def test_a_session_that_is_gone_answers_by_the_table(door, method, status):
    await door.open()
    await door.client.delete(door.session)
    headers = {**TYPED, "If-Match": "*"}
    answer = await door.client.request(method, door.session, content=RESTART, headers=headers)
    assert _told(answer, {}) == (status, {}), answer.text


@pytest.mark.parametrize(
    ("changes", "status", "told"),
    [
        ({"begins_in_s": 7200}, 425, {"retry-after": "1"}),
        ({"has_ended": True}, 410, {"retry-after": None}),
        ({}, 201, {"retry-after": None}),
    ],
)
@pytest.mark.parametrize("name", ["whip", "whep"])
async def test_a_meeting_answers_by_its_state(door, name, changes, status, told):
    door.book.adopt(meeting(generation=2, **changes))
    answer = await door.open(name)
    assert _told(answer, told) == (status, told), answer.text


async def test_who_cannot_see_what_is_sent_and_who_sends_what_is_not_seen_are_told(door):
    await door.open("whep")
    vp8, h264 = only(OFFERS["whep"], "VP8"), only(OFFERS["whip"], "H264")

    async def post(name, offer, subject):
        headers = {
            "Content-Type": SDP,
            "Authorization": door.token(_direction(name), subject=subject),
        }
        return await door.client.post(f"/{name}/m1", content=offer, headers=headers)

    assert (await post("whip", h264, "camera")).status_code == 201
    refused = await post("whep", vp8, "old")
    assert _told(refused, {}) == (406, {})
    assert "H264" in refused.json()["error"]["message_vi"]
    assert door.engine.sessions[-1].info.viewer.subject == "camera", "nobody was put out for it"


async def test_whether_a_meeting_exists_is_told_to_nobody_unproved(door):
    headers = {"Content-Type": SDP, "Authorization": "Bearer nonsense"}
    answers = [
        await door.client.post(path, content=OFFERS["whip"], headers=headers)
        for path in ("/whip/m1", "/whip/unknown")
    ]
    assert answers[0].status_code == answers[1].status_code == 401
    assert answers[0].content == answers[1].content
    proved = {**headers, "Authorization": door.token("publish", meeting_id="unknown")}
    answer = await door.client.post("/whip/unknown", content=OFFERS["whip"], headers=proved)
    assert answer.status_code == 404


async def test_figures_are_for_this_machine_only(door):
    assert (await door.client.get("/metrics")).status_code == 403
    assert (await door.client.get("/healthz")).json() == {"status": "ok"}
    transport = httpx.ASGITransport(door.client._transport.app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://relay.test") as local:
        assert (await local.get("/metrics")).text == "figures"


def _told(answer, told):
    """Return the status and those headers; a refusal says why in both languages."""
    if answer.status_code >= 400 and answer.content:
        error = answer.json()["error"]
        assert error["message_vi"] and error["message_en"].endswith(".")
    if answer.status_code == 204:
        assert answer.content == b""
    return answer.status_code, {name: answer.headers.get(name) for name in told}


def _attribute(text, name):
    return next(line.partition(":")[2] for line in text.splitlines() if f"a={name}:" in line)


async def test_whoever_proves_himself_is_not_counted_with_his_neighbours(door):
    for number in range(3 * BURST):
        headers = {
            "Content-Type": SDP,
            "Authorization": door.token("play", subject=f"viewer-{number}"),
        }
        answer = await door.client.post("/whep/m1", content=OFFERS["whep"], headers=headers)
        assert answer.status_code == 201
    refused = [await door.client.post("/whip/m1", content="x") for _ in range(BURST + 1)]
    assert [r.status_code for r in refused] == [415] * BURST + [429]
    assert refused[-1].headers["retry-after"] == "1"


async def test_a_stranger_who_asks_without_end_keeps_nobody_behind_his_address_out(door):
    asked = [await door.client.post("/nonce") for _ in range(20 * BURST)]
    assert {answer.status_code for answer in asked} == {200}
    wrong = {"Content-Type": SDP, "Authorization": "Bearer nonsense"}
    failed = [
        await door.client.post("/whep/m1", content="v=0", headers=wrong) for _ in range(3 * BURST)
    ]
    assert [answer.status_code for answer in failed] == [401] * BURST + [429] * 2 * BURST
    person = {"Content-Type": SDP, "Authorization": door.token("play")}
    answer = await door.client.post("/whep/m1", content=OFFERS["whep"], headers=person)
    assert answer.status_code == 201
    body = OFFERS["whip"].encode()
    nonce = from_b64url((await door.client.post("/nonce")).json()["nonce"])
    proof = point_header(door.pki, CHAIR, nonce=nonce, path="/whip/m1", body=body)
    point = {"Content-Type": SDP, "Authorization": proof}
    assert (await door.client.post("/whip/m1", content=body, headers=point)).status_code == 201


async def test_a_point_that_joins_without_end_uses_up_nobody_else_s_nonces(door, monkeypatch):
    monkeypatch.setattr(nonces, "MAX_REMEMBERED", 2 * int(KNOWN_BURST))
    mad, chair, body = door.pki.issue("p-mad"), door.pki.issue(CHAIR), OFFERS["whip"].encode()

    async def join(point, issued):
        nonce = from_b64url((await door.client.post("/nonce")).json()["nonce"])
        proof = point_header(
            door.pki, point, nonce=nonce, path="/whip/m1", body=body, issued=issued
        )
        headers = {"Content-Type": SDP, "Authorization": proof}
        return (await door.client.post("/whip/m1", content=body, headers=headers)).status_code

    asked = [await join("p-mad", mad) for _ in range(4 * int(KNOWN_BURST))]
    assert {*asked} == {403, 429}
    assert await join(CHAIR, chair) == 201


@pytest.mark.parametrize("step_s", [1800, -1800])
async def test_a_clock_that_is_set_while_a_point_asks_refuses_no_nonce(door, step_s):
    nonce, body = from_b64url((await door.client.post("/nonce")).json()["nonce"]), OFFERS["whep"]
    door.wall_off_s[0] = step_s
    header = point_header(door.pki, CHAIR, nonce=nonce, path="/whep/m1", body=body.encode())
    headers = {"Content-Type": SDP, "Authorization": header}
    answer = await door.client.post("/whep/m1", content=body, headers=headers)
    assert answer.status_code == 201


async def test_one_identity_and_one_session_ask_so_often_and_no_more(door):
    burst = int(KNOWN_BURST)
    joins = [(await door.open()).status_code for _ in range(3 * burst)]
    assert joins[:burst] == [201] * burst
    assert 429 in joins
    looks = [(await door.client.get(door.session)).status_code for _ in range(3 * burst)]
    assert looks[:burst] == [204] * burst
    assert 429 in looks


def another(pki, issued):
    """Return another certificate over the same key, as a renewal leaves one behind."""
    certificate = x509_door.certificate_from_pem(issued.certificate_file.read_bytes())
    signed = pki.sign(certificate.subject, certificate.public_key())
    file = pki.folder / "another.crt"
    file.write_bytes(signed.public_bytes(Encoding.PEM))
    return Issued(file, issued.key_file)


async def test_a_certificate_that_is_not_accepted_does_not_keep_the_good_one_out(door):
    good = door.pki.issue(CHAIR)
    stolen = another(door.pki, good)
    known = x509_door.certificate_from_pem(good.certificate_file.read_bytes())
    digest = hashlib.sha256(known.public_bytes(Encoding.DER)).hexdigest()[:DIGEST_CHARS]
    named = {"certificates": {CHAIR: (digest,)}}
    door.book.adopt(msgspec.structs.replace(meeting(generation=2), **named))

    async def join(issued):
        nonce, body = door.gatekeeper.new_nonce(now_s=time.monotonic()), OFFERS["whep"].encode()
        proof = point_header(
            door.pki, CHAIR, nonce=nonce, path="/whep/m1", body=body, issued=issued
        )
        headers = {"Content-Type": SDP, "Authorization": proof}
        return (await door.client.post("/whep/m1", content=body, headers=headers)).status_code

    refused = {await join(stolen) for _ in range(2 * int(KNOWN_BURST))}
    assert refused == {403, 429}
    assert await join(good) == 201


async def test_an_address_tries_no_more_while_bodies_come_than_it_may(door):
    may_end, begun = asyncio.Event(), []

    async def body():
        begun.append(True)
        yield b"v"
        await may_end.wait()

    headers = {"Content-Type": SDP, "Authorization": "Bearer nonsense"}
    async with asyncio.TaskGroup() as group:
        posts = [
            group.create_task(door.client.post("/whip/m1", content=body(), headers=headers))
            for _ in range(4 * BURST)
        ]
        await until(lambda: len(begun) == 4 * BURST)
        may_end.set()
    statuses = sorted(post.result().status_code for post in posts)
    assert statuses == [401] * BURST + [429] * 3 * BURST


async def test_nobody_else_is_let_in_to_watch_while_everybody_is_late(door):
    await door.open()
    for tick in range(400):
        door.engine.load.ticked(0.5, cpu_s=tick / 40, now_s=time.monotonic() - 10 + tick / 40)
    assert (await door.open()).status_code == 201, "who is in may come back"
    assert (await door.open("whip")).status_code == 201
    headers = {"Content-Type": SDP, "Authorization": door.token("play", subject="another")}
    refused = await door.client.post("/whep/m1", content=OFFERS["whep"], headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "overloaded")
    assert refused.headers["retry-after"] == "1"


async def test_a_points_line_is_taken_to_carry_what_is_contracted_and_what_was_measured(door):
    document = msgspec.structs.replace(meeting(generation=2), line_bps={B: 700_000})
    door.book.adopt(document)
    router = door.book.find("m1").router
    for point, measured, expected in (
        (B, "", 700_000),
        (C, "", START_BPS),
        (B, "b=TIAS:500000\r\n", 500_000),
        (B, "b=TIAS:90000000\r\n", 700_000),
        (C, "b=TIAS:6000000\r\n", 6_000_000),
        (C, "b=TIAS:many\r\n", START_BPS),
    ):
        viewer = Viewer(point)
        offer = OFFERS["whep"].replace("t=0 0", f"{measured}t=0 0")
        session, _ = door.engine.play(router, viewer, offer)
        door.book.let_in(session, Grant(viewer))
        assert session.line.estimate.bps == expected


async def test_no_log_has_the_id_of_a_session(door):
    await door.open()
    session = door.engine.session(door.session.removeprefix("/session/"))
    session.peer.restart_ice = None  # so that the request fails in us
    headers = {"Content-Type": FRAGMENT, "If-Match": "*"}
    with capture_logs() as lines:
        answer = await door.client.patch(door.session, content=RESTART, headers=headers)
        assert (await door.client.delete(door.session)).status_code == 200
    assert answer.status_code == 500
    assert len(lines) >= 2
    assert session.info.id not in str(lines)
