"""What looks every few seconds for as long as the process runs, and tells pages what is new."""

import asyncio
from collections.abc import Callable, Iterable
from typing import NoReturn, TypeVar

import structlog

from controller.errors import StorageError
from runtime.guard import guarded

T = TypeVar("T")
_log = structlog.get_logger()


def _always() -> bool:
    return True


async def look_for_ever(
    kind: str,
    look: Callable[[], Iterable[T]],
    tell: Callable[[T], None],
    *,
    every_s: float,
    may_look: Callable[[], bool] = _always,
) -> NoReturn:
    """Call `look` in a thread, again and again; a database that is away is looked at later.

    Args:
        look: returns of what pages show something else now, each of which `tell` is given.
        may_look: asked each time before; such as whether the clock is without doubt.
    """
    while True:
        with guarded(kind):
            try:
                changed = await asyncio.to_thread(look) if may_look() else ()
            except StorageError as exc:
                _log.warning("not_looked_at", kind=kind, error=str(exc))
            else:
                for one in changed:
                    tell(one)
        await asyncio.sleep(every_s)
