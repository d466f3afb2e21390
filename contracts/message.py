"""What every message has: a version, and fields that are checked on arrival."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Instant = Annotated[datetime, Meta(tz=True)]
Ratio = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
BitsPerSecond = Annotated[int, Meta(ge=0, le=10**13)]
Milliseconds = Annotated[float, Meta(ge=0, le=10**9)]
ShortText = Annotated[str, Meta(max_length=120)]
Sentence = Annotated[str, Meta(max_length=400)]


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value inside a message."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A whole payload. Subclasses name their fields with units."""

    schema_version: Literal[1] = 1
