"""Has a child deliver a message, and ends it where it takes too long."""

import msgspec
import structlog

from controller.incidents.parcel import Delivery, Parcel
from controller.mail import child

_log = structlog.get_logger()


async def deliver(parcel: Parcel, *, limit_s: float = child.LIMIT_S) -> Delivery:
    """Return what became of it; never longer than the limit, whatever the receiver does."""
    question = msgspec.json.encode(parcel)
    answer = await child.ask("controller.incidents.delivery", question, limit_s=limit_s)
    if answer.line is None:
        return Delivery("slow")
    try:
        return msgspec.json.decode(answer.line, type=Delivery)
    except msgspec.DecodeError:
        _log.warning("delivery_child_failed", exit_code=answer.exit_code)
        return Delivery("failed")
