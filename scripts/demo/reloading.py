"""What the path unit does under systemd: the broker reads its lists again once they change."""

import asyncio
from pathlib import Path

from scripts.demo.process import Process

LOOK_EVERY_S = 0.2


async def reload_broker(broker: Process, revoked: Path) -> None:
    """Look at the list of revoked certificates, for ever."""
    seen = _changed_at(revoked)
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        now = _changed_at(revoked)
        if now != seen:
            seen = now
            broker.reload()


def _changed_at(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0
