"""A stranger on the network: an address, no account, no certificate of ours."""

import asyncio
import base64
import secrets
import socket
import ssl
from collections import Counter
from contextlib import suppress
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from media.wire import stun
from media.wire.ice_credentials import fresh_credentials
from tests.adversary.act import Act
from tests.adversary.target import SDP, Target

HOLD_S = 6.0


async def _opened(
    target: Target, door: str, count: int, *, tls: ssl.SSLContext | None = None, says: bytes = b""
) -> list[asyncio.StreamWriter]:
    """Open connections to a door and begin to speak; return those that were let in."""
    held: list[asyncio.StreamWriter] = []
    for _ in range(count):
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(3):
                _, writer = await asyncio.open_connection(
                    target.address, target.ports[door], ssl=tls
                )
            writer.write(says)
            held.append(writer)
    return held


async def _left(held: list[asyncio.StreamWriter], after_s: float = HOLD_S) -> str:
    """Hold connections for a while and leave without a word; return how many they were."""
    await asyncio.sleep(after_s)
    for writer in held:
        writer.transport.abort()
    return f"{len(held)} opened, held for {after_s:g} s"


async def silent_connections(target: Target) -> str:
    """Open 1,000 connections to each door over TCP, the broker's too, and say nothing."""
    doors = ("https", "relay_https", "broker")
    held = [one for door in doors for one in await _opened(target, door, 1000)]
    beside = await _opened(target, "broker", 1, tls=target.tls())
    assert beside, "the broker shakes no hands"
    return await _left([*held, *beside])


async def half_requests(target: Target) -> str:
    """Begin 150 requests behind TLS and never end their headers."""
    begun = b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\nX-Slow: "
    return await _left(await _opened(target, "https", 150, tls=target.tls(), says=begun))


async def datagrams(target: Target) -> str:
    """Send 20,000 datagrams of nobody to the media port and to the reflector."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        for number in range(20_000):
            first = (b"\x00\x01\x00\x00\x21\x12\xa4\x42", b"\x16\xfe\xfd", b"\x80\x60", b"\xff")
            data = first[number % 4] + secrets.token_bytes(200)
            port = target.ports["media" if number % 2 else "reflector"]
            with suppress(OSError):
                sending.sendto(data, (target.address, port))
            if number % 200 == 0:
                await asyncio.sleep(0.02)
    return "20,000 sent in about 2 s"


async def checks(target: Target) -> str:
    """Send 20,000 connectivity checks that are well made, for sessions that do not exist."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        for number in range(20_000):
            check = stun.build_request(
                transaction_id=secrets.token_bytes(12),
                own=fresh_credentials(secrets.token_bytes),
                other=fresh_credentials(secrets.token_bytes),
                priority=1,
                tie_breaker=1,
                is_controlling=True,
                is_nominating=True,
            )
            with suppress(OSError):
                sending.sendto(check, (target.address, target.ports["media"]))
            if number % 200 == 0:
                await asyncio.sleep(0.02)
    return "20,000 sent"


async def offers(target: Target) -> str:
    """Offer to publish and to play 1,500 times, twenty at once, and prove nothing."""
    answers: Counter[int] = Counter()
    offer = b"v=0\r\n" + b"a=x:" + b"9" * 8000 + b"\r\n"
    async with target.http(is_relay=True) as relay:

        async def ask() -> None:
            for number in range(75):
                path = f"/{'whip' if number % 2 else 'whep'}/{target.meeting_id}"
                typed = {"Content-Type": SDP, "Authorization": "Bearer a.b.c"}
                answers[await _status(relay, "POST", path, content=offer, headers=typed)] += 1

        await asyncio.gather(*(ask() for _ in range(20)))
    assert set(answers) <= {401, 429}, f"answered {dict(answers)}"
    return f"answers {dict(sorted(answers.items()))}"


async def odd_requests(target: Target) -> str:
    """Ask for things nobody asks for: odd certificates, text, numbers and encodings."""
    pem = _odd_request()
    answers: Counter[int] = Counter()
    async with target.http() as web, target.http(is_relay=True) as relay:
        for _ in range(8):
            body = {"secret": "AAAA-" * 6 + "AAAA", "csr_pem": pem}
            answers[await _status(web, "POST", "/api/v1/enrol", json=body)] += 1
        kind = "multipart/form-data; boundary=x; charset=unicode_escape"
        form = (
            b'--x\r\nContent-Disposition: form-data; name="user_name"\r\n\r\n\\ud800\r\n'
            b'--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n\\ud800\r\n--x--\r\n'
        )
        for _ in range(5):
            typed = {"content-type": kind}
            answers[await _status(web, "POST", "/sign-in", content=form, headers=typed)] += 1
        for value in ("x-\u00b2", "9" * 5000, "x-" + "9" * 5000):
            last = {"last-event-id": value.encode("utf-8")}
            answers[await _status(web, "GET", "/api/v1/events", headers=last)] += 1
        for path in ("/whip/nowhere", f"/whip/{target.meeting_id}", "/whep/" + "9" * 3000):
            for authorization in ("Point " + "A" * 800, "Bearer a.b.c", "Point \u00e9", ""):
                named = {"Authorization": authorization.encode(), "Content-Type": SDP}
                offer = b"v=0\r\n"
                answers[await _status(relay, "POST", path, content=offer, headers=named)] += 1
    assert max(answers) < 500, f"answered {dict(answers)}"
    return f"answers {dict(sorted(answers.items()))}"


async def _status(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> int:
    """Return the status of an answer; 0: the connection was closed instead."""
    try:
        return (await client.request(method, path, **more)).status_code
    except (httpx.RemoteProtocolError, httpx.ReadError):
        return 0


def _odd_request() -> str:
    """Return a certificate request of a version that does not exist."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
    der = bytearray(made.public_bytes(Encoding.DER))
    at = der.index(b"\x02\x01\x00")
    der[at + 2] = 5
    text = base64.b64encode(bytes(der)).decode()
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    label = "CERTIFICATE REQUEST"
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


async def guesses(target: Target) -> str:
    """Guess the secretary's password 30 times."""
    answers: Counter[int] = Counter()
    async with target.http() as web:
        for number in range(30):
            body = {"user_name": "quantri", "password": f"sai {number}"}
            answers[(await web.post("/api/v1/session", json=body)).status_code] += 1
    return f"answers {dict(sorted(answers.items()))}"


async def times(target: Target) -> str:
    """Ask 500 times what time it is, ten at once."""
    answers: Counter[int] = Counter()
    async with target.http() as web:

        async def ask() -> None:
            for _ in range(50):
                body = {"nonce": secrets.token_hex(32)}
                answers[(await web.post("/api/v1/time", json=body)).status_code] += 1

        await asyncio.gather(*(ask() for _ in range(10)))
    return f"answers {dict(sorted(answers.items()))}"


async def broker_without_certificate(target: Target) -> str:
    """Open 300 connections to the broker; 150 of them begin TLS without a certificate."""
    tls = target.tls()
    tls.check_hostname = False
    held = await _opened(target, "broker", 150)
    return await _left([*held, *await _opened(target, "broker", 150, tls=tls)], 2)


ACTS = (
    Act("stranger-silent-connections", silent_connections, is_short=True),
    Act("stranger-half-requests", half_requests),
    Act(
        "stranger-datagrams",
        datagrams,
        ("diemcau_relay_datagrams_rejected_total",),
    ),
    Act("stranger-checks", checks, ("diemcau_relay_datagrams_rejected_total",)),
    Act("stranger-offers", offers, ("diemcau_relay_requests_refused_total",)),
    Act("stranger-odd-requests", odd_requests, is_short=True),
    Act("stranger-times", times),
    Act("stranger-broker", broker_without_certificate),
)
# Afterwards nobody signs in from this address for a while, as it should be.
LAST = (Act("stranger-guesses", guesses),)
