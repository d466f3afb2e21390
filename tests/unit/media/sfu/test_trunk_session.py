"""A trunk's session between two engines in this process: what is wanted crosses, and no more."""

import asyncio
import socket
import time

import pytest
from msgspec.structs import replace

from contracts.participants import ParticipantKind
from contracts.trunk import MAX_SOURCES, MediaAddress
from media.sfu import trunk_lines
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.sizes import Size
from media.sfu.slots import Viewer
from media.sfu.trunk_session import FORGOTTEN_S, GIVEN_BACK_S, MAX_STREAMS
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


async def joined(engines, *, before=(), attempt=0):
    """Return both ends of a trunk, the home's first, once it is up, and the call.

    Args:
        before: addresses that the home names besides, before its own.
    """
    (home, home_router), (outer, outer_router) = engines
    call = trunk_lines.TrunkCall()
    viewer = Viewer("relay-2", ParticipantKind.RELAY)
    at_home, answer = trunk_lines.answer(home, home_router, viewer, call.offer)
    answer = replace(answer, addresses=(*before, *answer.addresses))
    viewer = Viewer("relay-1", ParticipantKind.RELAY)
    away = call.begin(outer, outer_router, viewer, answer, attempt=attempt)
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
        slot, ssrc = ends[sending].slot_of("p", "audio", Size.HIGH, now=time.monotonic())
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
    assert MAX_STREAMS > 3 * MAX_SOURCES, (
        "padding, and two sizes and a sound of each source that may be told"
    )
    at_home.peer.media.max_streams = 1
    for number in range(3):
        name = f"p{number}"
        track = engines[1][1].source(name).inject_track("audio", on_keyframe_wanted=lambda: None)
        track.inject(sound(1))
        away.slots = {away.slot_of(name, "audio", Size.HIGH, now=time.monotonic())[0]: name}
        engines[1][1].fill(away)
        track.inject(sound(2))
    counters = engines[0][0].media_port.counters
    await until(lambda: at_home.received == 1 and counters.streams_refused_total >= 2)
    assert at_home.received == 1
    call.close()


async def test_padding_crosses_counts_as_arrived_and_is_nothing_else(engines):
    at_home, away, call = await joined(engines)
    at_home.line.is_far = away.line.is_far = True
    at_home.slot_of("p", "audio", Size.HIGH, now=time.monotonic())
    sent = engines[0][0].fanout.counters
    at_home.line.probe.aim(500_000.0, now=time.monotonic())
    at_home.follow_line()
    await until(lambda: away.received >= 3)
    assert sent.padding_total >= 3
    await until(lambda: at_home.line.estimate.has_feedback)
    assert engines[1][0].fanout.counters.unrouted_total == 0
    call.close()


async def test_streams_that_are_named_no_more_are_given_back_at_both_ends(engines):
    at_home, away, call = await joined(engines)
    router, other = engines[1][1], engines[0][1]
    now = time.monotonic()
    at_home.peer.media.max_streams = 1
    at_home.is_given_back_to = True
    for at, name in enumerate(("p", "q")):
        at_s = now + 200 * at
        track = router.source(name).inject_track("audio", on_keyframe_wanted=lambda: None)
        track.inject(sound(1))
        slot, ssrc = away.slot_of(name, "audio", Size.HIGH, now=at_s)
        at_home.named(frozenset({ssrc}), now=at_s)
        brought = at_home.bring(other.source(name), "audio", (ssrc,))
        away.slots = {slot: name}
        router.fill(away)
        track.inject(sound(2))
        await until(lambda end=brought: end.encodings[0].intake.reception.packets == 1)
        at_home.forget((ssrc,))
        at_home.named(frozenset(), now=at_s + 1)
        away.give_back(now=at_s + GIVEN_BACK_S)
        at_home.tick(now=at_s + FORGOTTEN_S)
        assert [out.slot for out in away.outs] == [slot], "one that is back soon has what it had"
        away.give_back(now=at_s + GIVEN_BACK_S + 1)
        at_home.tick(now=at_s + FORGOTTEN_S + 2)
        assert (away.outs, away.sent) == ([], at + 1)
    call.close()


@pytest.mark.parametrize(("gives_back", "known"), [(False, 1), (True, 0)])
async def test_the_keys_of_a_stream_are_kept_where_the_other_side_goes_on_with_it(
    engines, gives_back, known
):
    at_home, away, call = await joined(engines)
    at_home.is_given_back_to = gives_back
    now = time.monotonic()
    track = engines[1][1].source("p").inject_track("audio", on_keyframe_wanted=lambda: None)
    track.inject(sound(1))
    slot, ssrc = away.slot_of("p", "audio", Size.HIGH, now=now)
    at_home.named(frozenset({ssrc}), now=now)
    brought = at_home.bring(engines[0][1].source("p"), "audio", (ssrc,))
    away.slots = {slot: "p"}
    engines[1][1].fill(away)
    track.inject(sound(2))
    await until(lambda: brought.encodings[0].intake.reception.packets == 1)
    at_home.named(frozenset(), now=now + 1)
    at_home.tick(now=now + FORGOTTEN_S + 2)
    assert len(at_home.peer.media._newest) == known
    call.close()


async def test_a_call_that_has_failed_goes_by_the_other_family_of_addresses(engines):
    nowhere = MediaAddress(host="2001:db8::1", port=9)
    _, away, call = await joined(engines, before=(nowhere,), attempt=1)
    assert away.peer.address == ("127.0.0.1", engines[0][0].port)
    call.close()


async def test_what_a_call_sends_and_refuses_is_counted_with_all_else(engines):
    _, away, call = await joined(engines)
    outer = engines[1][0]
    (endpoint,) = outer.endpoints
    own = outer.media_port.endpoint
    assert endpoint.sent_total and not own.sent_total
    before = outer.media_port.counters.stun_rejected_total + outer.media_port.counters.unknown_total
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(b"\x80" + bytes(40), ("127.0.0.1", endpoint.port))
    counters = outer.media_port.counters
    await until(lambda: counters.stun_rejected_total + counters.unknown_total > before)
    assert away._fanout.counters is outer.fanout.counters
    away.peer.close("over")
    call.close()
    await until(lambda: not outer.endpoints)
    assert own.sent_total >= endpoint.sent_total > 0
