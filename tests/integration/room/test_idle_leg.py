"""A leg by which nothing comes sleeps until its next check, and is up all the same."""

import asyncio
import time

from media.client.playback import Playback
from media.client.roles import Playing
from media.transport.dtls import DtlsCertificate
from media.transport.ice_agent import IceState
from media.transport.leg import steady_ms
from tests.fakes.legs import run_leg
from tests.integration.relay.test_same_address import an_engine
from tests.waiting import until


async def test_a_leg_that_carries_nothing_sleeps_between_its_checks():
    async with an_engine() as (engine, router):
        playback = Playback(lambda: time.time() * 1000, lambda slot, packet: None)
        leg, running = await run_leg(engine, router, "play", Playing(playback), DtlsCertificate())
        began_ms = steady_ms()
        await until(lambda: leg._nap_s(leg.agent, steady_ms()) > 0.3, 5, "it sleeps for long")
        await until(lambda: steady_ms() - began_ms > 3_000, 5)
        assert leg.state is IceState.CONNECTED
        assert leg.agent.selected.answered_at_ms > began_ms
        running.cancel()
        await asyncio.wait({running})
