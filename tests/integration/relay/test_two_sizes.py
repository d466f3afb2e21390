"""A point publishes its picture in two sizes; who plays is shown the one that fits."""

import asyncio
import time
from contextlib import asynccontextmanager, suppress

from contracts.ids import PointId
from media.client.encoded_source import EncodedSource
from media.client.roles import Publishing
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.sizes import Size
from media.sfu.slots import TILE_SLOTS, Viewer
from media.testcard import source as testcard
from media.testcard.picture import Picture
from media.transport.dtls import DtlsCertificate
from media.wire import vp8
from tests.fakes.legs import run_leg
from tests.fakes.raw_peer import RawPeer
from tests.waiting import until

HOST = "127.0.0.1"


def shown_to(viewer):
    return {"stage": "stage", **dict(zip(TILE_SLOTS, viewer.tiles, strict=False))}


@asynccontextmanager
async def a_point():
    """Run an engine and a testcard that publishes to it as the point "stage"."""
    engine = RelayEngine(EngineSettings(host=HOST, port=0, candidates=(HOST,)))
    engine.open()
    running = [asyncio.create_task(engine.run())]
    router = engine.open_router("m", shown_to, video_slots=("stage", "speaker"), sound_slots=())
    card = testcard.TestcardSource(
        Picture(7, "Lao Chải"),
        EncodedSource(),
        point_number=7,
        bitrate_bps=600_000,
        wall_ms=lambda: time.time() * 1000,
    )
    running.append(asyncio.create_task(card.run()))
    leg, leg_task = await run_leg(
        engine, router, "publish", Publishing(card.media, "cname"), DtlsCertificate()
    )
    running.append(leg_task)
    try:
        yield engine, router
    finally:
        for task in running:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*running, return_exceptions=True)
        leg.sockets.close()
        await engine.close()


def sizes(router):
    now = time.monotonic()
    alive = router.source("stage").alive(now=now)
    return sorted(one.size for one in alive if one.kind == "video")


def height(peer, out=None):
    """Return the height of the last keyframe that a player got, in one slot or in any."""
    for packet in reversed(peer.packets):
        if out is not None and packet.ssrc != out.rewriter.ssrc:
            continue
        read = vp8.parse(packet.payload)
        size = vp8.picture_size(packet.payload[read.size :]) if read.is_keyframe else None
        if size:
            return size[1]
    return None


async def test_a_slot_goes_from_one_size_to_the_other_within_its_stream():
    async with a_point() as (engine, router):
        await until(lambda: sizes(router) == [Size.LOW, Size.HIGH], 10, "both sizes come")
        peer = RawPeer(HOST)
        session, answer = engine.play(router, Viewer("p"), peer.offer())
        await peer.connect(answer)
        await until(lambda: height(peer) == 360, 10, "the high one is shown")
        limit = Size.LOW
        session.line.limit_of = lambda slot: limit
        router.fill(session)
        await until(lambda: height(peer) == 180, 10, "the line carries the low one only")
        limit = Size.HIGH
        router.fill(session)
        await until(lambda: height(peer) == 360, 10, "and the high one again")
        numbers = [packet.sequence_number for packet in peer.packets]
        assert sorted(numbers) == list(range(1000, 1000 + len(numbers)))
        assert len({packet.ssrc for packet in peer.packets}) == 1
        await peer.close()


async def test_a_tile_is_small_and_shows_whom_its_page_asks_for():
    async with a_point() as (engine, router):
        await until(lambda: sizes(router) == [Size.LOW, Size.HIGH], 10, "both sizes come")
        peer = RawPeer(HOST, kinds=("video",) * 4)
        session, answer = engine.play(router, Viewer("p"), peer.offer(), has_tiles=True)
        await peer.connect(answer)
        stage, _, *tiles = session.outs
        assert [out.slot for out in tiles] == ["tile-0", "tile-1"]
        router.show_tiles(session, (PointId("nobody"), PointId("stage")))
        await until(lambda: height(peer, tiles[1]) == 180, 10, "the tile is small")
        await until(lambda: height(peer, stage) == 360, 10, "the stage is large")
        assert tiles[0].shown is None
        router.show_tiles(session, (PointId("stage"),))
        await until(lambda: height(peer, tiles[0]) == 180, 10, "the next page")
        assert tiles[1].shown is None
        await peer.close()


def encodings(router):
    return next(track for track in router.source("stage").tracks if track.kind == "video").encodings


def received(router):
    """Return how many packets of each size have come."""
    return [encoding.intake.reception.packets for encoding in encodings(router)]


def flowing(router):
    """Return the sizes of which a packet has come within 300 ms."""
    now = time.monotonic()
    return [one.size for one in encodings(router) if now - one.intake.received_at < 0.3]


async def test_what_nobody_sees_is_not_sent_and_comes_at_once_when_it_is_shown():
    async with a_point() as (engine, router):
        await until(lambda: sizes(router) == [Size.LOW, Size.HIGH], 10, "both sizes come")
        await until(lambda: not flowing(router), 10, "both are paused")
        before = received(router)
        assert router.present() == ("stage",), "it is there all the same"
        peer = RawPeer(HOST, kinds=("video",) * 3)
        session, answer = engine.play(router, Viewer("p"), peer.offer(), has_tiles=True)
        await peer.connect(answer)
        await until(lambda: height(peer, session.outs[0]) == 360, 10, "the high one is shown")
        waits_ms = []
        for _ in range(3):
            session.outs[0].clear()
            await until(lambda: not flowing(router), 10, "the high one is paused again")
            asked_at = time.monotonic()
            router.fill(session, is_urgent=True)
            await until(lambda: session.outs[0].shown is not None, 10, "it is shown")
            waits_ms.append(1000 * (time.monotonic() - asked_at))
        assert min(waits_ms) <= 300, waits_ms
        assert received(router)[1] == before[1], "no tile shows the low one"
        router.show_tiles(session, (PointId("stage"),))
        await until(lambda: height(peer, session.outs[2]) == 180, 10, "the low one comes too")
        await peer.close()
