"""What is left to do for a session that has ended: DTLS' goodbye, and its memory."""

import asyncio

import structlog

from media.transport.peer import Peer
from runtime import memory
from runtime.guard import guarded

LIMIT_S = 2.0
# A province that comes and goes all day must not leave a heap full of holes. A trim costs
# about 4 ms a MiB, so it is done a little at a time.
TRIM_AFTER = 10

_log = structlog.get_logger()


class Goodbyes:
    """The peers that have ended, in their order."""

    def __init__(self) -> None:
        self._ended: asyncio.Queue[Peer] = asyncio.Queue()

    def add(self, peer: Peer) -> None:
        """Note a peer that has ended."""
        self._ended.put_nowait(peer)

    async def run(self) -> None:
        """Say goodbye to each, until cancelled."""
        count = 0
        while True:
            peer = await self._ended.get()
            with guarded("goodbye"):
                await peer.farewell()
            del peer
            count += 1
            if count % TRIM_AFTER == 0:
                memory.trim()

    async def say_all(self) -> None:
        """Say goodbye to all that wait for it, within a limit."""
        try:
            async with asyncio.timeout(LIMIT_S):
                while not self._ended.empty():
                    with guarded("goodbye"):
                        await self._ended.get_nowait().farewell()
        except TimeoutError:
            _log.warning("goodbyes_unsent", count=self._ended.qsize())
