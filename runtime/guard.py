"""One thing's failure stays its own.

A process does things for many: peers, points, messages, connections, meetings, pages.
Whatever is done for one of them runs under a guard. Any exception in it ends that thing
alone, is counted under its kind and origin, logged with its traceback (once a minute for
the same origin, however often it happens), and shown in the process' `/metrics`.

    with guarded("message", topic=topic):              one call
        handle(message)
    start(tasks, peer.connect(), kind="peer", on_failed=peer.fail, session=id)      a task
    keep(tasks, self._run_timers, name="timers")       a part of the process, begun again
    async with beside(call.pace, name="pacing"):       the same, for as long as a block

`start` and `keep` are the only ways into a process' task group; `make check` sees to it.
What cannot be begun again before people change something (a port that is taken, settings
that cannot be used: a RuntimeFault with `needs_people`) ends the process.
"""

import asyncio
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import structlog

from runtime.errors import RuntimeFault
from runtime.limits import Seldom

FIRST_PAUSE_S, LAST_PAUSE_S = 0.5, 30.0
QUIET_S = 60.0
MAX_ORIGINS = 256

OnFailed = Callable[[Exception], None]

_ROOT = Path(__file__).resolve().parents[1]
_log = structlog.get_logger()


class Failures:
    """What has failed since the process began, by kind and origin. One a process, like its log."""

    def __init__(self) -> None:
        self.totals: Counter[tuple[str, str]] = Counter()
        self._log_lines: Seldom[tuple[str, str]] = Seldom(every_s=QUIET_S, limit=MAX_ORIGINS)

    def note(self, kind: str, exc: BaseException, **who: object) -> None:
        """Count one failure, and log it unless the same was logged within the last minute."""
        key = (kind, origin_of(exc))
        if key not in self.totals and len(self.totals) >= MAX_ORIGINS:
            key = (kind, "elsewhere")
        self.totals[key] += 1
        if self._log_lines.untold(key, now_s=time.monotonic()) is None:
            return
        _log.error(
            "failed",
            kind=kind,
            origin=key[1],
            error=f"{type(exc).__name__}: {exc}"[:500],
            total=self.totals[key],
            exc_info=exc,
            **who,
        )

    def total(self, kind: str) -> int:
        """Return how often this kind of thing has failed."""
        return sum(count for (of, _), count in self.totals.items() if of == kind)


FAILURES = Failures()


def origin_of(exc: BaseException) -> str:
    """Return `file:line` of the innermost place of ours that the exception came through."""
    if isinstance(exc, BaseExceptionGroup):
        return origin_of(exc.exceptions[0])
    frames = traceback.extract_tb(exc.__traceback__)
    for frame in reversed(frames):
        path = Path(frame.filename)
        if path.is_relative_to(_ROOT) and "site-packages" not in path.relative_to(_ROOT).parts:
            return f"{path.relative_to(_ROOT)}:{frame.lineno}"
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"


@contextmanager
def guarded(
    kind: str,
    on_failed: OnFailed | None = None,
    through: tuple[type[Exception], ...] = (),
    **who: object,
) -> Iterator[None]:
    """Keep an exception in the block to the block; cancellation and the end go through.

    Args:
        on_failed: told of the exception, to put the thing away; guarded as well.
        through: errors that concern more than this one thing, and go on.
    """
    try:
        yield
    except through:
        raise
    except Exception as exc:  # noqa: BLE001 - the one place where anything at all is kept
        FAILURES.note(kind, exc, **who)
        if on_failed is not None:
            with guarded(kind, None, (), **who):
                on_failed(exc)


def start(
    tasks: asyncio.TaskGroup,
    work: Coroutine[Any, Any, None],
    *,
    kind: str,
    on_failed: OnFailed | None = None,
    **who: object,
) -> asyncio.Task[None]:
    """Begin a task for one of many; its failure is its own, as with `guarded`."""
    return tasks.create_task(_alone(work, kind, on_failed, who), name=kind)


async def _alone(
    work: Coroutine[Any, Any, None],
    kind: str,
    on_failed: OnFailed | None,
    who: dict[str, object],
) -> None:
    with guarded(kind, on_failed, (), **who):
        await work


def keep(
    tasks: asyncio.TaskGroup, part: Callable[[], Awaitable[None]], *, name: str
) -> asyncio.Task[None]:
    """Keep a part of the process running: where it fails it is begun again, after a pause.

    The pause doubles from half a second to thirty, and is short again after a minute
    without a failure. The part ends when it returns.

    Raises (through the group):
        RuntimeFault: people must change something first (`needs_people`).
    """
    return tasks.create_task(_kept(part, name), name=name)


@asynccontextmanager
async def beside(part: Callable[[], Awaitable[None]], *, name: str) -> AsyncIterator[None]:
    """Keep a part running for as long as the block, as `keep` does; it has ended with the block.

    Raises:
        RuntimeFault: at the block's end, where people must change something first.
    """
    task = asyncio.create_task(_kept(part, name), name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()


async def _kept(part: Callable[[], Awaitable[None]], name: str) -> None:
    pause_s = FIRST_PAUSE_S
    while True:
        began_s = time.monotonic()
        try:
            await part()
            return
        except Exception as exc:
            if _needs_people(exc):
                raise
            FAILURES.note("part", exc, part=name)
        if time.monotonic() - began_s > QUIET_S:
            pause_s = FIRST_PAUSE_S
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, LAST_PAUSE_S)


def _needs_people(exc: BaseException) -> bool:
    if isinstance(exc, BaseExceptionGroup):
        return any(_needs_people(inner) for inner in exc.exceptions)
    return isinstance(exc, RuntimeFault) and exc.needs_people
