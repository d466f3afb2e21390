"""A relay with several addresses: it answers from the one that was asked, media included."""

import asyncio

import pytest

from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.slots import Viewer
from media.wire import rtp, vp8
from tests.fakes.namespace import a_machine
from tests.fakes.raw_peer import RawPeer
from tests.waiting import until

pytestmark = pytest.mark.namespace
ANY = "0.0.0.0"  # noqa: S104 - what the test is about


def keyframe(track) -> int:
    """Inject a keyframe that leaves as a train of packets; return how many there are."""
    data = bytes([0x10, 1]) * 2500
    payloads = list(vp8.packetize(data, picture_id=1, max_payload_size=1000))
    for index, payload in enumerate(payloads):
        is_last = index == len(payloads) - 1
        track.inject(
            rtp.build(
                payload_type=100,
                sequence_number=index,
                timestamp=0,
                ssrc=9,
                payload=payload,
                is_marked=is_last,
            )
        )
    return len(payloads)


@pytest.mark.parametrize(
    ("is_v6", "host"), [(False, ANY), (False, "::"), (True, "::")], ids=["4", "4 on 6", "6"]
)
@pytest.mark.parametrize("which", ["1", "9"])
async def test_everything_leaves_from_the_address_that_was_asked(is_v6, host, which):
    with a_machine(is_v6=is_v6) as machine:
        machine.also_at(f"{machine.host[:-1]}9")
        asked = f"{machine.host[:-1]}{which}"
        engine = RelayEngine(EngineSettings(host=host, port=0, candidates=(asked,)))
        engine.open()
        running = asyncio.create_task(engine.run())
        router = engine.open_router("router", lambda viewer: {"stage": "cam"})
        video = router.source("cam").inject_track("video", on_keyframe_wanted=lambda: None)
        peer = RawPeer(machine.address, where=machine.inside)
        session, answer = engine.play(router, Viewer("p"), peer.offer())
        await peer.connect(answer)
        await until(lambda: session.is_connected)
        count = keyframe(video)
        await until(lambda: len(peer.packets) == count)
        assert peer.socket.senders == {(asked, engine.port)}
        await peer.close()
        running.cancel()
        await asyncio.wait({running})
        await engine.close()
