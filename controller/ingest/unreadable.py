"""What can still be read of a report that cannot: which one it is, so that it is not sent again."""

from typing import Annotated

import msgspec
from msgspec import Meta

from contracts.ids import PointId
from contracts.reports import MAX_SEQ, OutboxId
from controller.ingest.arrivals import OutboxName


class _Key(msgspec.Struct):
    outbox_id: OutboxId
    seq: Annotated[int, Meta(ge=1, le=MAX_SEQ)]


_decoder = msgspec.json.Decoder(_Key)


def key_of(point_id: PointId, payload: bytes) -> tuple[OutboxName, int] | None:
    """Return the outbox and number that a payload names; None: not even those can be read.

    Whatever version it is of, and with every byte that is no text taken for some letter.
    """
    try:
        key = _decoder.decode(payload.decode(errors="replace"))
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError):
        return None
    return OutboxName(point_id, key.outbox_id), key.seq
