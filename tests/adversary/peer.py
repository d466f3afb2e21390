"""A broken peer: allowed to be here, and with a defect that others have met."""

import asyncio
import secrets
from contextlib import suppress

from media.errors import HandshakeFailed
from tests.adversary.act import Act
from tests.adversary.target import Target
from tests.adversary.viewer import watching
from tests.fakes.raw_peer import RawPeer


async def falls_silent(target: Target) -> str:
    """Join, see pictures, and be gone without a word, five times."""
    for _ in range(5):
        async with watching(target):
            pass
    return "five times"


async def breaks_off(target: Target) -> str:
    """Begin the handshake and leave it, 20 times."""
    for _ in range(20):
        peer = RawPeer(target.own_address)
        answer = await target.play(peer.offer())
        assert answer.status_code == 201, answer.text
        connecting = asyncio.create_task(peer.connect(answer.text), name="connect")
        await asyncio.sleep(0.05)
        connecting.cancel()
        with suppress(asyncio.CancelledError, HandshakeFailed):
            await connecting
        await peer.close()
    return "20 times"


async def repeats_itself(target: Target) -> str:
    """Send each of its checks and encrypted packets again, a hundred times, from elsewhere."""
    async with watching(target) as peer:
        other = peer.new_socket()
        for _ in range(100):
            for check in peer.checks[-3:]:
                other.endpoint.send(check, peer.address)
            for packet in peer.socket.encrypted[-3:]:
                other.endpoint.send(packet, peer.address)
            await asyncio.sleep(0.02)
    return "600 repeated"


async def rambles(target: Target) -> str:
    """Send DTLS records of rubbish within an open session."""
    async with watching(target) as peer:
        for _ in range(300):
            size = 20 + secrets.randbelow(1000)
            record = b"\x17\xfe\xfd" + secrets.token_bytes(8) + size.to_bytes(2, "big")
            peer.socket.endpoint.send(record + secrets.token_bytes(size), peer.address)
            await asyncio.sleep(0.01)
    return "300 records"


ACTS = (
    Act("peer-falls-silent", falls_silent),
    Act("peer-breaks-off", breaks_off, is_short=True),
    Act("peer-repeats-itself", repeats_itself),
    Act("peer-rambles", rambles),
)
