"""A trunk's session between two engines in this process: what is wanted crosses, and no more."""

import asyncio

import pytest

from contracts.participants import ParticipantKind
from media.sfu import trunk_lines
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.sizes import Size
from media.sfu.slots import Viewer
from media.sfu.trunk_session import MAX_STREAMS
from media.wire import rtp
from media.wire.video_codec import OPUS_PAYLOAD_TYPE
from tests.waiting import until


@pytest.fixture
async def engines():
    """Two engines, each with a router whose plan shows nobody anything."""
    made = []
    for _ in range(2):
        engine = RelayEngine(EngineSettings(host="127.0.0.1", port=0, candidates=("127.0.0.1",)))
        engine.open()
        made.append((engine, engine.open_router("m", lambda viewer: {})))
    running = [asyncio.create_task(engine.run()) for engine, _ in made]
    yield made
    for task in running:
        task.cancel()
    await asyncio.wait(running)
    for engine, _ in made:
        await engine.close()


async def joined(engines):
    """Return both ends of a trunk, the home's first, once it is up, and the call."""
    (home, home_router), (outer, outer_router) = engines
    call = trunk_lines.TrunkCall()
    viewer = Viewer("relay-2", ParticipantKind.RELAY)
    at_home, answer = trunk_lines.answer(home, home_router, viewer, call.offer)
    away = call.begin(outer, outer_router, Viewer("relay-1", ParticipantKind.RELAY), answer)
    await until(lambda: at_home.is_connected and away.is_connected)
    return at_home, away, call


def sound(number):
    """Return a packet of sound."""
    return rtp.build(
        payload_type=OPUS_PAYLOAD_TYPE,
        sequence_number=number,
        timestamp=960 * number,
        ssrc=7,
        payload=b"\x78" + bytes(40),
    )


async def test_a_sound_crosses_both_ways_once_it_is_to_be_sent(engines):
    ends = await joined(engines)
    call = ends[2]
    for sending, coming in ((0, 1), (1, 0)):
        router, other = engines[sending][1], engines[coming][1]
        track = router.source("p").inject_track("audio", on_keyframe_wanted=lambda: None)
        track.inject(sound(1))
        slot, ssrc = ends[sending].slot_of("p", "audio", Size.HIGH)
        brought = ends[coming].bring(other.source("q"), "audio", (ssrc,))
        assert ends[sending].sent == 0
        ends[sending].slots = {slot: "p"}
        router.fill(ends[sending])
        for number in range(2, 12):
            track.inject(sound(number))
        await until(lambda end=brought: end.encodings[0].intake.reception.packets == 10)
        assert (ends[sending].sent, ends[coming].received) == (10, 10)
        track.close()
        ends[sending].slots = {}
    call.close()


async def test_a_picture_of_the_other_side_can_be_had_and_is_wanted_while_a_slot_shows_it(engines):
    _, away, call = await joined(engines)
    router = engines[1][1]
    track = away.bring(router.source("p"), "video", (11, 12))
    await until(lambda: away.peer.received_at)  # the home's first report
    now = asyncio.get_running_loop().time()
    assert [one.size for one in track.alive(now=now)] == [Size.HIGH, Size.LOW]
    assert away.wanted == set()

    class Slot:
        slot, kind = "stage", "video"

    track.encodings[0].add_waiting(Slot(), now=now, is_urgent=True)
    assert away.wanted == {11}
    away.forget((11, 12))
    assert away.wanted == set()
    call.close()


async def test_a_trunk_takes_as_many_streams_as_it_may_and_no_more(engines):
    at_home, away, call = await joined(engines)
    assert at_home.peer.media.max_streams == away.peer.media.max_streams == MAX_STREAMS
    at_home.peer.media.max_streams = 1
    for number in range(3):
        name = f"p{number}"
        track = engines[1][1].source(name).inject_track("audio", on_keyframe_wanted=lambda: None)
        track.inject(sound(1))
        away.slots = {away.slot_of(name, "audio", Size.HIGH)[0]: name}
        engines[1][1].fill(away)
        track.inject(sound(2))
    counters = engines[0][0].media_port.counters
    await until(lambda: at_home.received == 1 and counters.streams_refused_total >= 2)
    assert at_home.received == 1
    call.close()
