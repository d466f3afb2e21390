"""From what devices said to reports in the outbox, and to the agent's notice at once."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog
from msgspec.structs import replace

from agent.errors import OutboxUnavailable
from agent.point.identity import PointFolder
from agent.point.nudge import nudge
from agent.point.outbox import Outbox
from agent.point.stamp import stamp
from contracts.devices import MAX_TRAPS, SeenTrap, TrapsBody
from runtime.clock import Clock
from runtime.guard import guarded

_log = structlog.get_logger()

MOST_WAITING = 512
GATHER_S = 0.05
AGAIN_S = 2.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    trap: SeenTrap
    seen_s: float
    stored: Callable[[], None]


class Telling:
    """Stores in the order of arrival. `run` is a task.

    While the disk cannot be used the newest 512 wait, and no inform is confirmed.
    """

    def __init__(self, folder: PointFolder) -> None:
        self._outbox = Outbox(folder.outbox_file)
        self._fifo = folder.nudge_fifo
        self._clock = Clock(folder.clock_file)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self._waiting: deque[_Waiting] = deque()
        self._has_news = asyncio.Event()
        self.totals = {"told": 0, "lost": 0}

    def tell(self, trap: SeenTrap, seen_s: float, stored: Callable[[], None]) -> None:
        """Take one; `stored` is called once it is on the disk."""
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            self.totals["lost"] += 1
        self._waiting.append(_Waiting(trap, seen_s, stored))
        self._has_news.set()

    async def run(self) -> None:
        """Store for ever what is to be told."""
        while True:
            await self._has_news.wait()
            await asyncio.sleep(GATHER_S)  # what comes together is one report
            self._has_news.clear()
            while self._waiting:
                if not await self._store([*self._waiting][:MAX_TRAPS]):
                    await asyncio.sleep(AGAIN_S)

    async def close(self) -> None:
        """Store what still waits, as far as that can be done, and close the file."""
        while self._waiting and await self._store([*self._waiting][:MAX_TRAPS]):
            continue
        await asyncio.get_running_loop().run_in_executor(self._thread, self._outbox.close)
        self._thread.shutdown(wait=False)

    async def _store(self, some: list[_Waiting]) -> bool:
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._append, some)
        except OutboxUnavailable as exc:
            _log.error("traps_wait", waiting=len(self._waiting), error=str(exc))
            return False
        self._stored(some)
        return True

    def _append(self, some: list[_Waiting]) -> None:
        now_s = time.monotonic()
        traps = (replace(one.trap, age_ms=_age_ms(now_s - one.seen_s)) for one in some)
        self._outbox.append(TrapsBody(traps=tuple(traps)), stamp(self._clock))
        nudge(self._fifo)

    def _stored(self, some: list[_Waiting]) -> None:
        for one in some:
            if self._waiting and self._waiting[0] is one:
                self._waiting.popleft()
            with guarded("confirm"):
                one.stored()
        self.totals["told"] += len(some)


def _age_ms(age_s: float) -> float:
    return round(min(max(age_s, 0.0) * 1000, 10**9), 1)
