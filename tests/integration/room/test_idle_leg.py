"""A leg by which nothing comes sleeps until its next check, and is up all the same."""

import asyncio
import time

from media.client.playback import Playback
from media.client.roles import Playing
from media.transport.dtls import DtlsCertificate
from media.transport.ice_agent import IceAgent, IceState
from media.transport.leg import steady_ms
from tests.fakes.legs import run_leg
from tests.integration.relay.test_same_address import an_engine
from tests.waiting import until

CHECKED_FOR_MS = 2_500
MOST_PER_S = 10


async def test_a_leg_that_carries_nothing_sleeps_between_its_checks(monkeypatch):
    turned_ms, poll = [], IceAgent.poll

    def counted(agent, now_ms):
        turned_ms.append(now_ms)
        return poll(agent, now_ms)

    async with an_engine() as (engine, router):
        playback = Playback(lambda: time.time() * 1000, lambda slot, packet: None)
        leg, running = await run_leg(engine, router, "play", Playing(playback), DtlsCertificate())
        monkeypatch.setattr(IceAgent, "poll", counted)
        began_ms, agent = steady_ms(), leg.agent
        await until(lambda: agent.selected.answered_at_ms > began_ms + CHECKED_FOR_MS, 10)
        took_s = (steady_ms() - began_ms) / 1000
        assert leg.state is IceState.CONNECTED
        assert 1 <= len(turned_ms) <= MOST_PER_S * took_s, f"turns in {took_s:.1f} s"
        running.cancel()
        await asyncio.wait({running})
