"""What the child that delivers is given, and what it says became of it."""

from datetime import datetime
from typing import Literal

import msgspec

from controller.incidents.channel_entered import ChannelPlace

Fate = Literal[
    "sent", "partly", "unreachable", "slow", "tls", "login", "recipients", "address", "refused",
    "failed",
]  # fmt: skip
"""How it ended; `partly`: some recipients were refused, the others have it."""

DELIVERED: tuple[Fate, ...] = ("sent", "partly")


class Parcel(msgspec.Struct, frozen=True):
    """One message, and where to. Holds a secret: it goes through a pipe, never an argument.

    `answer_to`: where mail is answered. `number` 0: of no incident. `event`, `priority`, `link`,
    `take_link`: for programs alone, as `said_at`: when it was written.
    """

    kind: str
    place: ChannelPlace
    secret: str
    title: str
    text: str
    message_id: str
    event: str = ""
    number: int = 0
    priority: str = ""
    link: str = ""
    take_link: str = ""
    said_at: datetime | None = None
    answer_to: str = ""


class Delivery(msgspec.Struct, frozen=True):
    """What became of it. `detail`: a number of the other side's, nothing that it says."""

    fate: Fate
    detail: str = ""

    @property
    def is_delivered(self) -> bool:
        """Whether somebody has it."""
        return self.fate in DELIVERED
