"""Relays that answer nonsense, seen by an uplink: each is a counted failure, nothing dies."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from media.core.offers import Own, playing
from media.errors import MeetingOver
from media.io.dtls import DtlsCertificate
from media.io.uplink import Uplink
from media.io.whip_client import PointIdentity, WhipClient
from runtime.tls import server_context
from tests.fakes.pki import Pki
from tests.waiting import until

ACCEPTED = "HTTP/1.1 201 Created\r\nlocation: /session/x\r\n"
NONCE = b'{"nonce": "AAAA"}'


class Nobody:
    """Uses sessions that never come up."""

    def __init__(self):
        self.lost_total = 0

    def offer(self, own: Own):
        return playing(own)

    def opened(self, leg, answer):
        del leg, answer

    def up(self, leg):
        del leg

    def lost(self, leg):
        self.lost_total += 1

    def take_rtp(self, packet):
        del packet

    def take_rtcp_bytes(self, compound):
        del compound


def reply(head: str, body: bytes) -> bytes:
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def error(status: int, code: str) -> bytes:
    body = json.dumps({"error": {"code": code, "message_vi": "Không.", "message_en": "No."}})
    return reply(f"HTTP/1.1 {status} X\r\n", body.encode())


@asynccontextmanager
async def relay_that_answers(tmp_path, answer: bytes, *, days: float = 365):
    """Serve a nonce, then the answer; give an uplink to it."""
    pki = Pki(tmp_path / "pki")
    server, point = pki.issue("relay-1", days=days), pki.issue("p1")
    requests = []

    async def serve(reader, writer):
        while True:
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            lengths = [x.split(":")[1] for x in head.lower().splitlines() if "length:" in x]
            await reader.readexactly(int(lengths[0]) if lengths else 0)
            requests.append(head.split(" HTTP")[0])
            is_nonce = head.startswith("POST /nonce")
            writer.write(reply("HTTP/1.1 200 OK\r\n", NONCE) if is_nonce else answer)
            await writer.drain()
        writer.close()

    context = server_context(server.certificate_file, server.key_file)
    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    client = WhipClient(
        f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}",
        ca_file=pki.ca_file,
        identity=PointIdentity(point.certificate_file, point.key_file),
        now=lambda: datetime.now(UTC),
        timeout_s=2,
    )
    is_past_end = asyncio.Event()
    uplink = Uplink(
        client,
        "/whep/m1",
        Nobody(),
        certificate=DtlsCertificate(),
        bind_hosts=("127.0.0.1",),
        relay_host="127.0.0.1",
        wait_s=lambda failures: 0.01,
        ended_after_404=is_past_end.is_set,
    )
    task = asyncio.create_task(uplink.run())
    try:
        yield uplink, task, requests, is_past_end
    finally:
        task.cancel()
        await asyncio.wait({task})
        listening.close()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (reply(ACCEPTED, b"no sdp"), "v=0"),
        (reply(ACCEPTED, b"v=0\r\n"), "no m= line"),
        (reply(ACCEPTED, b"v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"), "accepts none"),
        (reply(ACCEPTED, b"\xff\xfe"), "v=0"),
        (b"garbage\r\n\r\n", "no answer"),
        (reply("HTTP/1.1 500 X\r\n", b"oops"), "500"),
        (error(425, "too_early"), "too_early"),
        (error(403, "not_invited"), "not_invited"),
        (error(404, "meeting_unknown"), "meeting_unknown"),
    ],
)
async def test_nonsense_and_refusals_are_failures_and_tried_again(tmp_path, answer, said):
    async with relay_that_answers(tmp_path, answer) as (uplink, task, _, _):
        await until(lambda: uplink.facts.failures >= 3, 10)
        assert said in uplink.facts.last_error
        assert not task.done()
        assert uplink.leg is None


async def test_an_accepted_session_that_cannot_be_used_is_given_back(tmp_path):
    answer = reply(ACCEPTED, b"v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n")
    async with relay_that_answers(tmp_path, answer) as (_, _, requests, _):
        await until(lambda: "DELETE /session/x" in requests, 10)
        assert requests[:2] == ["POST /nonce", "POST /whep/m1"]


@pytest.mark.parametrize(("status", "is_past"), [(410, False), (410, True), (404, True)])
async def test_the_relay_ends_a_meeting(tmp_path, status, is_past):
    async with relay_that_answers(tmp_path, error(status, "over")) as (_, task, _, past_end):
        if is_past:
            past_end.set()
        await asyncio.wait({task}, timeout=10)
        assert isinstance(task.exception(), MeetingOver)


async def test_a_relay_whose_certificate_has_expired_is_not_trusted(tmp_path):
    async with relay_that_answers(tmp_path, error(410, "over"), days=-0.01) as (uplink, *_):
        await until(lambda: uplink.facts.failures >= 1, 10)
        assert "not valid now" in uplink.facts.last_error
