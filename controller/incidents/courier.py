"""Has a child deliver a message, and ends it where it takes too long."""

import asyncio
import sys

import msgspec
import structlog

from controller.incidents.parcel import Delivery, Parcel

LIMIT_S = 30.0
_log = structlog.get_logger()


async def deliver(parcel: Parcel, *, limit_s: float = LIMIT_S) -> Delivery:
    """Return what became of it; never longer than the limit, whatever the receiver does."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "controller.incidents.delivery",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(limit_s):
            said, _ = await child.communicate(msgspec.json.encode(parcel))
    except TimeoutError:
        return Delivery("slow")
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    try:
        return msgspec.json.decode(said.strip().rpartition(b"\n")[2], type=Delivery)
    except msgspec.DecodeError:
        _log.warning("delivery_child_failed", exit_code=child.returncode)
        return Delivery("failed")
