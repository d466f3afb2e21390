"""What every message has: a version, and fields that are checked on arrival.

What a decoder lets through, its readers can use: every instant can be turned into UTC
and stored, and no text holds the character NUL, which PostgreSQL refuses.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, ClassVar, Literal, get_args, get_type_hints

import msgspec
from msgspec import Meta

Instant = Annotated[datetime, Meta(tz=True)]
Ratio = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
# Three centuries: more than any of them says, and any date and text can hold it.
Seconds = Annotated[int, Meta(ge=0, le=10**10)]
BitsPerSecond = Annotated[int, Meta(ge=0, le=10**13)]
Milliseconds = Annotated[float, Meta(ge=0, le=10**9)]
Pixels = Annotated[int, Meta(ge=0, le=16_384)]
# Of sound, by the E-model.
OpinionScore = Annotated[float, Meta(ge=1, le=5)]
WITHOUT_NUL = r"^[^\x00]*\Z"
ShortText = Annotated[str, Meta(max_length=120, pattern=WITHOUT_NUL)]
InterfaceName = Annotated[str, Meta(max_length=32, pattern=WITHOUT_NUL)]
Sentence = Annotated[str, Meta(max_length=400, pattern=WITHOUT_NUL)]

# A point with a dead battery may say 1970; nobody has a reason to say more than this.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=256)
def _instants_of(struct_type: type[msgspec.Struct]) -> tuple[str, ...]:
    hints = get_type_hints(struct_type)
    return tuple(name for name, hint in hints.items() if datetime in (hint, *get_args(hint)))


def _refuse_far_instants(struct: msgspec.Struct) -> None:
    for name in _instants_of(type(struct)):
        instant = getattr(struct, name)
        if isinstance(instant, datetime) and not EARLIEST <= instant < LATEST:
            raise ValueError(f"{name} is not between {EARLIEST:%Y} and {LATEST:%Y}")


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value inside a message."""

    def __post_init__(self) -> None:
        """Refuse what the fields' own bounds cannot say."""
        _refuse_far_instants(self)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A whole payload. Subclasses name their fields with units.

    A payload of more than `max_bytes` is not read.
    """

    max_bytes: ClassVar[int] = 64 * 1024

    schema_version: Literal[1] = 1

    def __post_init__(self) -> None:
        """Refuse what the fields' own bounds cannot say."""
        _refuse_far_instants(self)
