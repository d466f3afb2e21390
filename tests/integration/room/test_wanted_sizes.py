"""Which sizes the room's browser is asked for: what goes up, and what somebody looks at here."""

import asyncio
import contextlib

from agent.room.feed import OWN, VIDEO_SLOTS, LocalRelay
from agent.room.settings import LocalRelaySettings, SourceSettings
from contracts.participants import ParticipantKind
from media.sfu.sizes import Size
from media.sfu.slots import Viewer
from tests.fakes.raw_peer import RawPeer
from tests.integration.relay.test_engine import frame
from tests.waiting import until

HOST = "127.0.0.1"


async def test_another_page_that_looks_in_has_the_large_picture_made():
    settings = LocalRelaySettings(host=HOST, addresses=(HOST,))
    feed = LocalRelay(settings, SourceSettings(kind="browser"))
    running = asyncio.create_task(feed.engine.run())
    captured = RawPeer(HOST, kinds=("video",) * (len(VIDEO_SLOTS) - 1))
    looking_in = RawPeer(HOST, kinds=("video",) * len(VIDEO_SLOTS))
    viewer = Viewer("kiosk", ParticipantKind.PERSON)
    _, answer = feed.engine.play(feed.router, viewer, captured.offer())
    await captured.connect(answer)
    await until(lambda: len(feed.router.subscribers) == 1)
    assert feed.sizes == frozenset()
    feed.want_sizes(frozenset((Size.LOW,)))
    session, answer = feed.engine.play(feed.router, viewer, looking_in.offer())
    await looking_in.connect(answer)
    await until(lambda: feed.sizes == {Size.LOW, Size.HIGH})
    feed.engine.close_session(session.info.id)
    assert feed.sizes == {Size.LOW}
    for peer in (captured, looking_in):
        await peer.close()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await feed.engine.close()


async def test_a_page_is_told_at_once_when_other_sizes_are_wanted():
    feed = LocalRelay(
        LocalRelaySettings(host=HOST, addresses=(HOST,)), SourceSettings(kind="browser")
    )
    waiting = asyncio.create_task(feed.wanted_changed())
    await asyncio.wait({waiting}, timeout=0.01)
    feed.want_sizes(frozenset())
    assert await asyncio.wait({waiting}, timeout=0.01) == (set(), {waiting})
    feed.want_sizes(frozenset((Size.HIGH,)))
    async with asyncio.timeout(1):
        await waiting
    assert feed.sizes == {Size.HIGH}
    await feed.engine.close()


async def test_the_room_rations_no_keyframes_that_the_relay_has_counted():
    feed = LocalRelay(
        LocalRelaySettings(host=HOST, addresses=(HOST,)), SourceSettings(kind="gstreamer")
    )
    asked: list[str] = []
    feed.want_keyframe = asked.append
    number = 0

    def is_asked_for_each() -> bool:
        nonlocal number
        number += 1
        frame(feed._tracks[OWN], number, is_key=True)
        feed.ask_own_keyframe(Size.HIGH)
        return len(asked) >= 5  # two at once, and one in three seconds, if they were rationed

    await until(is_asked_for_each, 4)
    await feed.engine.close()
