"""A source and a playback joined by the relay engine, over sockets that lose packets."""

import asyncio
import random
import time
from contextlib import asynccontextmanager

import pytest

from media.client.encoded_source import EncodedSource
from media.client.playback import Playback
from media.client.roles import Playing, Publishing
from media.sfu.engine import EngineSettings, RelayEngine
from media.testcard.observed import Observed
from media.testcard.picture import Picture
from media.testcard.source import TestcardSource
from media.transport import leg_sockets
from media.transport.dtls import DtlsCertificate
from media.transport.ice_agent import IceState
from media.transport.udp import UdpEndpoint
from tests.fakes.legs import run_leg
from tests.fakes.rooms import ticking
from tests.waiting import until

LOSS = 0.03


class Lossy(UdpEndpoint):
    """Loses a share of what it sends, the same packets in every run."""

    chance = random.Random(20)
    dropped = 0

    def send(self, data, address):
        if self.chance.random() < LOSS:
            Lossy.dropped += 1
            return
        super().send(data, address)


def wall_ms():
    return time.time() * 1000


def drop(slot, packet):
    """Nobody watches here."""
    del slot, packet


@asynccontextmanager
async def joined():
    engine = RelayEngine(EngineSettings(port=0, candidates=("127.0.0.1",), host="127.0.0.1"))
    engine.open()
    router = engine.open_router("m1", lambda viewer: {"stage": "stage", "sound-0": "stage"})
    source = EncodedSource()
    testcard = TestcardSource(
        Picture(5, "UBND xã Vân Sơn"),
        source,
        point_number=5,
        bitrate_bps=600_000,
        wall_ms=wall_ms,
    )
    observed = Observed()
    playback = Playback(wall_ms, drop, observed)
    certificate = DtlsCertificate()
    tasks = [asyncio.create_task(engine.run()), asyncio.create_task(testcard.run())]
    tasks.append(asyncio.create_task(ticking(playback)))
    try:
        for name, user in (("publish", Publishing(source, "p5")), ("play", Playing(playback))):
            leg, running = await run_leg(engine, router, name, user, certificate)
            tasks.append(running)
        yield source, playback, observed, leg
    finally:
        for task in reversed(tasks):
            task.cancel()
        await asyncio.wait(tasks)
        await engine.close()


@pytest.fixture
def _lossy(monkeypatch):
    monkeypatch.setattr(leg_sockets, "UdpEndpoint", Lossy)


def whole_stretch(watch, flow, count=100):
    """Whether of so many pictures in a row nearly all were there.

    A machine that stands still misses some as well; without what is sent again a tenth would be
    lost in every stretch, and those after each until the next keyframe.
    """
    began = (flow.total.frames, watch.total.frames_missing)

    def is_whole():
        nonlocal began
        frames = flow.total.frames - began[0]
        missing = watch.total.frames_missing - began[1]
        if frames < count:
            return False
        began = (flow.total.frames, watch.total.frames_missing)
        return missing < 0.1 * frames

    return is_whole


@pytest.mark.usefixtures("_lossy")
async def test_lost_packets_are_sent_again_and_pictures_stay_whole():
    async with joined() as (source, playback, observed, leg):
        watch, flow = observed.watch("stage"), playback.videos["stage"].flow
        await until(lambda: flow.total.frames > 150, 30, "pictures over a lossy line")
        assert Lossy.dropped > 0
        assert source.counts.retransmitted > 0
        assert watch.number == 5
        assert watch.total.unreadable == 0
        await until(whole_stretch(watch, flow), 60, "a stretch of whole pictures")
        await until(lambda: observed.heard.numbers_since(0) == (5,), 5)
        assert leg.state is IceState.CONNECTED
        # Asked again too soon on a busy machine, a packet comes twice, and the second is a replay.
        assert leg.counters.undecryptable_total < 0.01 * leg.received
