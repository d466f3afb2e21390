"""The streams of a session as the relay's state tells of them: a few, whatever it plays."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from msgspec.structs import replace

from contracts import codec
from contracts.relay import MAX_STREAMS, RelayState, StreamLine
from media.sfu.quality import Quality, label_of, voice_mos
from media.sfu.sizes import Size

V = TypeVar("V", int, float)


def streams_told(quality: Quality) -> tuple[StreamLine, ...]:
    """Return a session's streams; all sounds are one, and so are all tiles."""
    slots: dict[str, list[str]] = {}
    for slot in sorted(quality.streams.keys() | quality.keyframes.keys() | quality.empty_ms.keys()):
        slots.setdefault(label_of(slot), []).append(slot)
    return tuple(_line(label, ones, quality) for label, ones in slots.items())[:MAX_STREAMS]


def fitting(state: RelayState) -> RelayState:
    """Return a state as it may be sent: where it would be too large, without all streams.

    Who reads it refuses a larger one whole, and with it who is there.
    """
    if len(codec.encode(state)) <= RelayState.max_bytes:
        return state
    meetings = tuple(
        replace(one, attendees=tuple(replace(who, streams=()) for who in one.attendees))
        for one in state.meetings
    )
    return replace(state, meetings=meetings)


def _line(label: str, slots: list[str], quality: Quality) -> StreamLine:
    figures = [quality.streams[slot] for slot in slots if slot in quality.streams]
    told = [quality.told[slot] for slot in slots if slot in quality.told]
    rates = [one.bitrate_bps for one in figures if one.bitrate_bps is not None]
    loss_ratio = _most(one.loss_ratio for one in figures)
    size = min((one.size for one in figures if one.size), default=None)
    decoded = [one.decoded for one in told if one.decoded is not None]
    heights = [one.height_px for one in told if one.height_px is not None]
    return StreamLine(
        stream=label,
        loss_ratio=None if loss_ratio is None else round(loss_ratio, 4),
        jitter_ms=_most(one.jitter_ms for one in figures),
        bitrate_bps=sum(rates) if rates else None,
        mos=voice_mos(figures, rtt_ms=quality.rtt_ms),
        size=None if size is None else "high" if size is Size.HIGH else "low",
        decoded=sum(decoded) if decoded else None,
        frozen_ratio=_most(one.frozen_ratio for one in told),
        height_px=min(heights, default=None),
        concealed_ratio=_most(one.concealed_ratio for one in told),
        keyframes=_sum(quality.keyframes, slots),
        empty_ms=_sum(quality.empty_ms, slots),
    )


def _sum(counts: Mapping[str, int], slots: Iterable[str]) -> int | None:
    return sum(counts[slot] for slot in slots if slot in counts) or None


def _most(values: Iterable[V | None]) -> V | None:
    return max((one for one in values if one is not None), default=None)
