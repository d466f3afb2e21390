"""A hostile viewer: a valid sign-in, and whatever a browser's place lets it send."""

import asyncio
import secrets
import struct
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import httpx

from media.errors import HandshakeFailed
from tests.adversary.act import Act
from tests.adversary.target import SDP, VIEWER, Target
from tests.fakes.odd_certificate import OddCertificate
from tests.fakes.raw_peer import RawPeer
from tests.waiting import until

ACT_S = 5.0
NACKED_A_DATAGRAM = 500
GROUPS_OF_17 = 0xFFFF


@asynccontextmanager
async def watching(target: Target, meeting_id: str = "") -> AsyncIterator[RawPeer]:
    """Be in a meeting, else the one on, as a player that answers nothing by itself."""
    peer = RawPeer(target.own_address)
    answer = await target.play(peer.offer(), meeting_id)
    assert answer.status_code == 201, answer.text
    await peer.connect(answer.text)
    checking = asyncio.create_task(_keep_checking(peer), name="checks")
    try:
        await until(lambda: len(peer.packets) > 20, 15, "pictures come")
        yield peer
    finally:
        checking.cancel()
        await peer.close()


async def _keep_checking(peer: RawPeer) -> None:
    while True:
        peer.check()
        await asyncio.sleep(1)


async def _every(seconds: float, pause_s: float, do: Callable[[], object]) -> int:
    """Do something again and again for a while; return how often."""
    loop, count = asyncio.get_running_loop(), 0
    end_s = loop.time() + seconds
    while loop.time() < end_s:
        do()
        count += 1
        await asyncio.sleep(pause_s)
    return count


async def nacks(target: Target) -> str:
    """Ask for 8,500 packets a datagram, at 1 Mbit/s."""
    async with watching(target) as peer:
        ssrc = peer.ssrcs["video"]

        def flood() -> None:
            newest = peer.packets[-1].sequence_number
            asked = b"".join(
                struct.pack("!HH", (newest - 17 * (1 + i % 20)) & 0xFFFF, GROUPS_OF_17)
                for i in range(NACKED_A_DATAGRAM)
            )
            head = struct.pack("!BBHII", 0x81, 205, 2 + NACKED_A_DATAGRAM, 1, ssrc)
            peer.send_rtcp(head + asked)

        sent = await _every(ACT_S, 0.016, flood)
    bits_per_s = sent * (12 + 4 * NACKED_A_DATAGRAM) * 8 / ACT_S
    return f"{sent} datagrams, {bits_per_s / 1e6:.2f} Mbit/s"


async def sources(target: Target) -> str:
    """Send packets of 30,000 SSRCs, encrypted as they should be."""
    async with watching(target) as peer:
        assert peer.srtp is not None
        for number in range(30_000):
            packet = struct.pack("!BBHII", 0x80, 96, 1, 1, 1000 + number) + bytes(33)
            peer.socket.endpoint.send(peer.srtp.protect(packet), peer.address)
            if number % 100 == 0:
                await asyncio.sleep(0.02)
    return "30,000 sent"


async def keyframes(target: Target) -> str:
    """Ask for a keyframe 500 times a second, by PLI and FIR."""
    async with watching(target) as peer:
        ssrc = peer.ssrcs["video"]
        pli = struct.pack("!BBHII", 0x81, 206, 2, 1, ssrc)
        fir = struct.pack("!BBHIIIB3x", 0x84, 206, 4, 1, 0, ssrc, 7)

        def ask() -> None:
            for packet in (pli, fir):
                peer.send_rtcp(packet)

        sent = await _every(ACT_S, 0.004, ask)
    return f"{2 * sent} asked"


async def noise(target: Target) -> str:
    """Send feedback that is authentic and means nothing: cut short, huge, of unknown kinds."""
    async with watching(target) as peer:

        def send() -> None:
            kind, count = secrets.choice((200, 201, 202, 203, 204, 205, 206, 207)), 31
            body = secrets.token_bytes(secrets.randbelow(250) * 4)
            head = struct.pack("!BBH", 0x80 | secrets.randbelow(count + 1), kind, len(body) // 4)
            peer.send_rtcp(head + body if len(body) >= 4 else head + b"\0\0\0\1")

        sent = await _every(ACT_S, 0.005, send)
    return f"{sent} sent"


async def odd_certificate(target: Target) -> str:
    """Shake hands with a certificate of an X.509 version that does not exist."""
    failed = 0
    for _ in range(3):
        peer = RawPeer(target.own_address)
        peer.certificate = OddCertificate()
        answer = await target.play(peer.offer())
        assert answer.status_code == 201, answer.text
        with suppress(HandshakeFailed, TimeoutError, AssertionError):
            await peer.connect(answer.text)
        failed += 1
        await peer.close()
    return f"{failed} handshakes"


async def sessions(target: Target) -> str:
    """Ask for 60 sessions and let each be: no check, no handshake."""
    answers: Counter[int] = Counter()
    token = await target.viewer_token()
    headers = {"Authorization": token, "Content-Type": SDP}
    async with target.http(is_relay=True) as relay:
        for _ in range(60):
            offer = RawPeer(target.own_address)
            answer = await relay.post(
                f"/whep/{target.meeting_id}", content=offer.offer().encode(), headers=headers
            )
            await offer.close()
            answers[answer.status_code] += 1
    return f"answers {dict(sorted(answers.items()))}"


async def descriptions(target: Target) -> str:
    """Offer what no browser offers: rubbish, a mebibyte, ten thousand lines, no codec."""
    answers: Counter[int] = Counter()
    headers = {"Authorization": await target.viewer_token(), "Content-Type": SDP}
    offers = (
        b"",
        b"\xff\xfe" * 200,
        b"v=0\r\n" + b"a=x\r\n" * 10_000,
        b"v=0\r\n" + b"m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" * 2_000,
        b"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF " + b"9" * 5000 + b"\r\n",
        secrets.token_bytes(1 << 20),
    )
    async with target.http(is_relay=True) as relay:
        for offer in offers:
            answer = await relay.post(f"/whep/{target.meeting_id}", content=offer, headers=headers)
            answers[answer.status_code] += 1
    assert max(answers) < 500, f"answered {dict(answers)}"
    return f"answers {dict(sorted(answers.items()))}"


async def streams(target: Target) -> str:
    """Open 120 event streams with one sign-in."""
    answers: Counter[int] = Counter()
    async with target.http() as web:
        await target.signed_in(web)

        async def one() -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(ACT_S), web.stream("GET", "/api/v1/events") as answer:
                    answers[answer.status_code] += 1
                    async for _ in answer.aiter_raw():
                        pass

        async with asyncio.TaskGroup() as tasks:
            for _ in range(120):
                tasks.create_task(one(), name="stream")
    return f"answers {dict(sorted(answers.items()))}"


async def signing_in(target: Target) -> str:
    """Sign in and out again for five seconds, four at once."""
    answers: Counter[int] = Counter()
    loop = asyncio.get_running_loop()
    end_s = loop.time() + ACT_S

    async def again_and_again() -> None:
        body = {"user_name": VIEWER, "password": target.viewer_password}
        async with target.http() as web:
            while loop.time() < end_s:
                with suppress(httpx.TimeoutException):
                    answer = await web.post("/api/v1/session", json=body)
                    answers[answer.status_code] += 1
                    if answer.status_code == 200:
                        token = {"x-csrf-token": answer.json()["csrf_token"]}
                        await web.delete("/api/v1/session", headers=token)

    await asyncio.gather(*(again_and_again() for _ in range(4)))
    assert set(answers) <= {200, 429}, f"answered {dict(answers)}"
    return f"answers {dict(sorted(answers.items()))}"


async def coming_and_going(target: Target) -> str:
    """Join and leave the meeting for five seconds, as fast as it goes."""
    answers: Counter[int] = Counter()
    headers = {"Authorization": await target.viewer_token(), "Content-Type": SDP}
    loop = asyncio.get_running_loop()
    end_s = loop.time() + ACT_S
    async with target.http(is_relay=True) as relay:
        while loop.time() < end_s:
            peer = RawPeer(target.own_address)
            path = f"/whep/{target.meeting_id}"
            answer = await relay.post(path, content=peer.offer().encode(), headers=headers)
            answers[answer.status_code] += 1
            if answer.status_code == 201:
                place = answer.headers["location"]
                answers[(await relay.delete(place, headers=headers)).status_code] += 1
            await peer.close()
    return f"answers {dict(sorted(answers.items()))}"


ACTS = (
    Act("viewer-nacks", nacks, ("diemcau_relay_retransmissions_refused_total",), is_short=True),
    Act("viewer-sources", sources, ("diemcau_relay_datagrams_rejected_total",)),
    Act("viewer-keyframes", keyframes),
    Act("viewer-noise", noise),
    Act(
        "viewer-odd-certificate",
        odd_certificate,
        ("diemcau_relay_handshakes_failed_total",),
        is_short=True,
    ),
    Act("viewer-sessions", sessions),
    Act("viewer-descriptions", descriptions),
    Act("viewer-streams", streams),
    Act("viewer-signing-in", signing_in),
    Act("viewer-coming-and-going", coming_and_going),
)
