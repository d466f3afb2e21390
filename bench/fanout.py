"""CPU of the fast path alone, per outgoing packet: for machines too busy for `bench.relay`.

Frames of a video and packets of sound go through the relay's own `Fanout`: written, encrypted
and handed to the kernel, to sockets nobody reads. `--repeat` rounds, and the smallest counts.
"""

import argparse
import asyncio
import gc
import socket
import sys
import time
from types import SimpleNamespace
from typing import Any, cast

from pylibsrtp import Policy, Session

from media.sfu.down_track import DownTrack
from media.sfu.fanout import Fanout
from media.sfu.munger import Munger
from media.sfu.packet_cache import PacketCache
from media.transport.dtls import SrtpContext
from media.transport.udp import UdpEndpoint
from media.wire.media_packet import MediaPacket

FRAME_PACKETS = 6
PICTURE_BYTES, SOUND_BYTES = 1_100, 60
CLOCK_RATE = 90_000


def _slots(subscribers: int, numbered: int | None) -> tuple[list[DownTrack], list[object]]:
    """Return a slot of each subscriber, and what has to be kept alive."""
    profile = Policy.SRTP_PROFILE_AEAD_AES_128_GCM
    kept: list[object] = []
    slots = []
    for index in range(subscribers):
        sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sink.bind(("127.0.0.1", 0))
        policy = Policy(key=bytes(28), ssrc_type=Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile)
        session = cast(Any, Session(policy))
        kept += [sink, session]
        context = SrtpContext(session._srtp, session._srtp, is_gcm=True)
        peer = SimpleNamespace(may_send=True, srtp=context, address=sink.getsockname())
        rewriter = Munger(ssrc=index + 1, payload_type=96, clock_rate=CLOCK_RATE, numbered=numbered)
        slots.append(DownTrack("stage", "video", cast(Any, peer), rewriter))
    return slots, kept


def _round(fanout: Fanout, slots: list[DownTrack], bursts: list[list[MediaPacket]]) -> float:
    began = time.process_time()
    for burst in bursts:
        now = time.monotonic()
        fanout.send_all(slots, burst, now=now)
    sent = len(slots) * sum(map(len, bursts))
    return (time.process_time() - began) / sent * 1e6


def _bursts(count: int, size: int, packets: int, first: int) -> list[list[MediaPacket]]:
    body = bytes((0x10,)) + bytes(size - 1)
    numbers = iter(range(first, first + count * packets))
    return [
        [
            MediaPacket(next(numbers) & 0xFFFF, index * 3_000, at == packets - 1, body)
            for at in range(packets)
        ]
        for index in range(count)
    ]


async def measured(subscribers: int, repeat: int, numbered: int | None) -> tuple[float, float]:
    """Return the microseconds of a packet of a picture and of a sound."""
    endpoint = UdpEndpoint("127.0.0.1", 0)
    try:
        fanout, found = Fanout(endpoint), []
        for size, packets in ((PICTURE_BYTES, FRAME_PACKETS), (SOUND_BYTES, 1)):
            slots, kept = _slots(subscribers, numbered)
            first = _bursts(1, size, 1, 0)[0][0]
            for slot in slots:
                slot.rewriter.switch(PacketCache(), first, now=time.monotonic())
            rounds, at = [], 0
            for _ in range(repeat):
                bursts = _bursts(50, size, packets, at)
                at += 50 * packets
                gc.collect()
                rounds.append(_round(fanout, slots, bursts))
            found.append(min(rounds))
            del kept
    finally:
        endpoint.close()
    return found[0], found[1]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscribers", type=int, default=40)
    parser.add_argument("--repeat", type=int, default=15)
    given = parser.parse_args()
    for name, numbered in (("plain", None), ("with transport-wide numbers", 3)):
        picture, sound = asyncio.run(measured(given.subscribers, given.repeat, numbered))
        sys.stdout.write(
            f"{name}: {picture:.2f} us a packet of a picture, {sound:.2f} us one of sound\n"
        )


if __name__ == "__main__":
    main()
