"""What a page shares is carried, and ended, each for itself."""

import asyncio
from types import SimpleNamespace

from agent.room.content import ContentShare, LocalContent
from media.client.uplink import UplinkFacts
from media.sfu.router import Router
from tests.waiting import until


class Engine:
    """Takes whatever is offered; the offer is the session's id."""

    def __init__(self) -> None:
        self.sessions: dict[str, SimpleNamespace] = {}

    def publish(self, router, viewer, offer, *, codecs):
        made = SimpleNamespace(info=SimpleNamespace(id=offer), limit=lambda bps: None)
        self.sessions[offer] = made
        return made, "answer"

    def session(self, session_id):
        return self.sessions.get(session_id)

    def close_session(self, session_id, reason):
        self.sessions.pop(session_id, None)


class Closing:
    """An uplink whose session the centre takes its time to close."""

    def __init__(self) -> None:
        self.facts = UplinkFacts(state="up")
        self.is_closing, self.may_end = asyncio.Event(), asyncio.Event()

    async def run(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.is_closing.set()
            await self.may_end.wait()


async def test_what_is_shared_while_the_last_is_being_closed_goes_on():
    engine, uplinks = Engine(), []
    local = LocalContent(engine, Router("room", lambda viewer: {}, None), picture_max_bps=1_000_000)

    def uplink(user):
        uplinks.append(Closing())
        return uplinks[-1]

    share = ContentShare(local, uplink, cname="room", wall_ms=lambda: 0.0)
    running = asyncio.create_task(share.run())
    await until(lambda: local._router.source("shared").sinks, 5)
    local.publish("first")
    await until(lambda: len(uplinks) == 1, 5)
    engine.close_session("first", "the page has stopped")
    await asyncio.wait_for(uplinks[0].is_closing.wait(), 5)
    local.publish("second")
    uplinks[0].may_end.set()
    await until(lambda: len(uplinks) == 2, 5, "the second is carried")
    assert local.is_shared and engine.sessions.keys() == {"second"}
    uplinks[1].may_end.set()
    running.cancel()
    await asyncio.wait({running})
    assert not engine.sessions
