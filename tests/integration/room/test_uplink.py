"""Relays that answer nonsense, seen by an uplink: each is a counted failure, nothing dies."""

import asyncio
import json
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from media.client.uplink import SILENT_PAUSE_S, Uplink
from media.client.whip_client import PointIdentity, WhipClient
from media.errors import HandshakeFailed, MeetingOver, RelayUnreachable
from media.transport.dtls import DtlsCertificate
from media.transport.udp import UdpEndpoint
from media.wire import stun
from media.wire.sdp_offer import Own, playing
from runtime.guard import FAILURES
from tests.fakes.dead_address import DEAD_HOST, dead_address
from tests.fakes.mosquitto import free_port
from tests.fakes.pki import Pki
from tests.waiting import until

ACCEPTED = "HTTP/1.1 201 Created\r\nlocation: /session/x\r\n"
HANDSHAKE_FAILURE = bytes.fromhex("15fefd000000000000000000020228")
PASSWORD = "r" * 22
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

    def moved(self, is_sure):
        pass

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

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.certificate_file, server.key_file)
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


class Alarmed:
    """A media port that answers checks, and every DTLS record with a fatal alert.

    Args:
        speaks_from: sends the alert; by default the port itself.
    """

    def __init__(self, speaks_from=None):
        self.endpoint = UdpEndpoint("127.0.0.1", 0)
        self.alerts = 0
        self._alerts_from = speaks_from or self.endpoint
        self.endpoint.start(self._received, lambda: None)

    def _received(self, data, size, address):
        if data[0] >= 4:
            self.alerts += 1
            self._alerts_from.send(HANDSHAKE_FAILURE, address)
            return
        message = stun.parse(bytes(data[:size]))
        if message.message_type == stun.BINDING_REQUEST:
            response = stun.build_response(
                transaction_id=message.transaction_id, mapped=address, password=PASSWORD
            )
            self.endpoint.send(response, address)

    def answer(self):
        lines = (
            "v=0",
            "o=- 1 1 IN IP4 0.0.0.0",
            "s=-",
            "t=0 0",
            "m=video 9 UDP/TLS/RTP/SAVPF 96",
            "c=IN IP4 0.0.0.0",
            "a=mid:0",
            "a=ice-ufrag:relay",
            f"a=ice-pwd:{PASSWORD}",
            f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}",
            "a=setup:passive",
            f"a=candidate:1 1 udp 2130706431 127.0.0.1 {self.endpoint.port} typ host",
        )
        return reply(ACCEPTED, "".join(f"{line}\r\n" for line in lines).encode())


async def test_a_handshake_that_fails_is_a_failure_and_tried_again(tmp_path):
    port = Alarmed()
    async with relay_that_answers(tmp_path, port.answer()) as (uplink, task, requests, _):
        await until(lambda: uplink.facts.failures >= 2 or task.done(), 10)
        assert not task.done()
        assert "keys do not match" in uplink.facts.last_error
        assert "DELETE /session/x" in requests
    port.endpoint.close()


async def test_an_alert_from_elsewhere_ends_no_handshake(tmp_path):
    stranger = UdpEndpoint("127.0.0.1", 0)
    port = Alarmed(stranger)
    async with relay_that_answers(tmp_path, port.answer()) as (uplink, _, _, _):
        await until(lambda: uplink.leg and uplink.leg.counters.unknown_total, 5)
        assert uplink.facts.failures == 0
    port.endpoint.close()
    stranger.close()


def idle_uplink():
    """An uplink that waits as many seconds as it has failed."""
    return Uplink(
        None,
        "/whep/m1",
        Nobody(),
        certificate=None,
        bind_hosts=(),
        relay_host="127.0.0.1",
        wait_s=float,
        ended_after_404=lambda: False,
    )


def test_while_a_line_is_away_pauses_are_short_and_never_in_step():
    uplink = idle_uplink()
    uplink.facts.failures = 100

    def pauses(**known):
        away = RelayUnreachable("relay.vn", 443, "", **known)
        return [uplink._pause_after(away) for _ in range(100)]

    silent, unasked = pauses(is_silent=True), pauses(has_no_way=True)
    assert 0 <= min(silent) < 0.1 < max(silent) <= SILENT_PAUSE_S
    assert 0.3 <= min(unasked) < 0.4 < 0.5 < max(unasked) <= 0.6
    assert set(pauses()) == {100.0}


@pytest.mark.parametrize(
    ("host", "is_silent", "has_no_way"),
    [
        ("255.255.255.255", False, True),  # no connection leads there: the kernel says so at once
        ("127.0.0.1", False, False),  # it refuses
        (DEAD_HOST, True, False),
    ],
)
async def test_a_relay_without_a_way_to_it_is_told_from_one_that_is_silent(
    tmp_path, host, is_silent, has_no_way
):
    pki = Pki(tmp_path / "pki")
    point = pki.issue("p1")
    with dead_address(free_port()) as (_, port):
        client = WhipClient(
            f"https://{host}:{port}",
            ca_file=pki.ca_file,
            identity=PointIdentity(point.certificate_file, point.key_file),
            now=lambda: datetime.now(UTC),
            timeout_s=0.3,
        )
        with pytest.raises(RelayUnreachable) as caught:
            await client.open("/whep/m1", "v=0")
    assert (caught.value.is_silent, caught.value.has_no_way) == (is_silent, has_no_way)


def test_where_no_path_comes_up_the_pause_grows():
    uplink, pauses = idle_uplink(), []
    for _ in range(3):
        uplink._failed(HandshakeFailed("no path or no keys after 6 s"))
        pauses.append(uplink._pause_after_end(100.0))
    assert pauses == [1.0, 2.0, 3.0]


def test_the_first_loss_is_answered_at_once_and_a_fight_over_one_identity_is_not():
    uplink = idle_uplink()
    pauses = []
    for lasted_s in (60.0, 1.0, 1.0, 1.0, 5.0, 1.0, 1.0):
        uplink._up_at = 100.0
        pauses.append(uplink._pause_after_end(100.0 + lasted_s))
    assert pauses == [0.0, 0.0, 1.0, 2.0, 0.0, 0.0, 1.0]


async def test_an_error_of_our_own_ends_one_session_and_the_next_is_tried(tmp_path):
    async with relay_that_answers(tmp_path, reply(ACCEPTED, b"v=0")) as (uplink, task, asked, _):
        before, offer = FAILURES.total("session"), uplink._user.offer
        uplink._user.offer = lambda own: 1 / 0
        await until(lambda: FAILURES.total("session") >= before + 2)
        assert uplink.facts.last_error == "division by zero" and not task.done()
        uplink._user.offer = offer
        await until(lambda: "POST /whep/m1" in asked)
