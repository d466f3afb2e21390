"""Legs to an engine in this process."""

import asyncio
from dataclasses import replace

from media.sfu.slots import Viewer
from media.transport.leg import Leg
from media.wire import sdp
from media.wire.sdp_offer import Own, remote_of


def _accepted(engine, router, name, offer):
    if name == "publish":
        return engine.publish(router, Viewer("stage"), offer)[1]
    return engine.play(router, Viewer("viewer"), offer)[1]


async def run_leg(engine, router, name, user, certificate, *, through_port=None):
    """Connect a user of a leg and return the leg and its task.

    Args:
        name: "publish" or "play".
        through_port: a line's, in place of the engine's.
    """
    leg = Leg(
        certificate=certificate,
        bind_hosts=("127.0.0.1",),
        on_rtp=user.take_rtp,
        on_rtcp=user.take_rtcp_bytes,
    )
    own = Own(leg.local, certificate.fingerprint, await leg.sockets.candidates("127.0.0.1"), 1)
    answer = sdp.parse(_accepted(engine, router, name, sdp.render(user.offer(own))))
    user.opened(leg, answer)
    remote = remote_of(answer)
    if through_port is not None:
        remote = replace(remote, addresses=(("127.0.0.1", through_port),))
    running = asyncio.create_task(leg.run(remote))
    async with asyncio.timeout(10):
        await leg.is_up.wait()
    user.up(leg)
    return leg, running
