"""What one who may be there does at the relay's door, over HTTPS: the acts of `bench.hostile_door`.

    python -m bench._door_floods ACT < {"url", "ca", "seconds", "token", "session", "etag"}

A process of its own, so that it takes no time from the players' clocks. It prints how often
it asked, and what was answered.
"""

import asyncio
import json
import secrets
import ssl
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from runtime.tls import client_context

AT_ONCE = 8
_SDP, _FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
_HEAVY = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    f"m=video 9 UDP/TLS/RTP/SAVPF {' '.join(['96'] * 15_000)}\r\na=mid:0\r\na=recvonly\r\n"
    f"a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;{'a=1;' * 3_500}\r\n"
)
_LINE = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=recvonly\r\na=rtpmap:96 VP8/90000\r\n"
_LINES = f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n{_LINE * 200}"


@dataclass(frozen=True, slots=True)
class Known:
    """What the act knows: the door, a sign-in that is valid, and a session of its own."""

    url: str
    ca: str
    seconds: float
    token: str
    session: str
    etag: str

    def tls(self) -> ssl.SSLContext:
        """Trust the installation's authority."""
        return client_context(Path(self.ca))


Ask = Callable[[Known, httpx.AsyncClient], Awaitable[str]]


async def offers(known: Known, client: httpx.AsyncClient) -> str:
    """Offer 60 kB that are long to read, and 200 m-lines."""
    headers = {"Content-Type": _SDP, "Authorization": known.token}
    offer = secrets.choice((_HEAVY, _LINES))
    return str((await client.post("/whep/m1", content=offer, headers=headers)).status_code)


async def restarts(known: Known, client: httpx.AsyncClient) -> str:
    """Restart ICE in a loop."""
    body = f"a=ice-ufrag:{secrets.token_hex(4)}\r\na=ice-pwd:{secrets.token_hex(12)}\r\n"
    headers = {"Content-Type": _FRAGMENT, "If-Match": "*"}
    return str((await client.patch(known.session, content=body, headers=headers)).status_code)


async def guesses(known: Known, client: httpx.AsyncClient) -> str:
    """Guess sessions of others, to end them."""
    path = f"/session/{secrets.token_urlsafe(16)}"
    return str((await client.delete(path)).status_code)


async def tunnels(known: Known, client: httpx.AsyncClient) -> str:
    """Open media over TLS for one's own session, again and again, and read nothing."""
    place = urlsplit(known.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, ssl=known.tls())
    head = f"GET {known.session}/media HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n"
    writer.write(f"{head}upgrade: diemcau-media\r\n\r\n".encode() + b"\0\x14" + bytes(20))
    try:
        return (await asyncio.wait_for(reader.readline(), 5)).split()[1].decode()
    finally:
        _HELD.append(writer)


async def hands(known: Known, client: httpx.AsyncClient) -> str:
    """Shake hands by TLS, and leave."""
    place = urlsplit(known.url)
    _, writer = await asyncio.open_connection(place.hostname, place.port, ssl=known.tls())
    writer.transport.abort()
    return "shaken"


_HELD: list[asyncio.StreamWriter] = []
ACTS: dict[str, Ask] = {
    "offers": offers,
    "restarts": restarts,
    "guesses": guesses,
    "tunnels": tunnels,
    "hands": hands,
}


async def attack(ask: Ask, known: Known) -> Counter[str]:
    """Ask as often as may be, some at once."""
    answers: Counter[str] = Counter()
    until_s = time.monotonic() + known.seconds

    async def asked(client: httpx.AsyncClient) -> None:
        while time.monotonic() < until_s:
            try:
                answers[await ask(known, client)] += 1
            except (httpx.HTTPError, OSError, TimeoutError, IndexError) as exc:
                answers[type(exc).__name__] += 1

    async with httpx.AsyncClient(base_url=known.url, verify=known.tls(), timeout=10) as client:
        await asyncio.gather(*(asked(client) for _ in range(AT_ONCE)))
    return answers


def main() -> None:
    """Do the act that is named."""
    known = Known(**json.load(sys.stdin))
    answers = asyncio.run(attack(ACTS[sys.argv[1]], known))
    print(json.dumps(answers), flush=True)


if __name__ == "__main__":
    main()
