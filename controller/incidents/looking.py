"""What looks every few seconds for as long as the process runs, and tells pages what is new."""

import asyncio
from collections.abc import Callable, Iterable
from typing import NoReturn

import structlog

from controller.errors import StorageError
from controller.web.live import Hub
from runtime.guard import guarded

_log = structlog.get_logger()


async def look_for_ever(
    kind: str, look: Callable[[], Iterable[int]], hub: Hub, *, every_s: float
) -> NoReturn:
    """Call `look` in a thread, again and again; a database that is away is looked at later.

    Args:
        look: returns the incidents of which pages show something else now.
    """
    while True:
        with guarded(kind):
            try:
                changed = await asyncio.to_thread(look)
            except StorageError as exc:
                _log.warning("not_looked_at", kind=kind, error=str(exc))
            else:
                for number in changed:
                    hub.publish("incident", {"number": number})
        await asyncio.sleep(every_s)
