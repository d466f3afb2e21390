"""For how much of a meeting a point heard what was to be heard, as its room tells it."""

from typing import Annotated

from msgspec import Meta

from contracts.message import Part

MAX_HEARD = 16
MinuteMs = Annotated[int, Meta(ge=0, le=60_000)]
SpanMs = Annotated[int, Meta(ge=0, le=3_600_000)]


class SoundSpan(Part, frozen=True):
    """For how much of a span within one minute what was to be heard was: decoded, not made up.

    It began `ago_ms` before its report was measured, and is `over_ms` long. Spans follow each
    other, and those of one report on those of the last; they end a few seconds before it, where
    what is missing is not known yet.
    """

    ago_ms: SpanMs
    over_ms: MinuteMs
    heard_ms: MinuteMs
