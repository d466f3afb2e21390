"""What a browser's own counters say of what it sends and plays, between two readings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
# Chromium goes no lower with a picture of 640x360 while its size can still be made smaller.
MIN_SLOWED_PER_S = 10.0


@dataclass(frozen=True, slots=True)
class Counted:
    """The rows of getStats at an instant (ms of the page's steady clock)."""

    at_ms: float
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a browser sends, of the largest picture if it sends several.

    One that is short of CPU sends fewer or smaller ones, and says so.
    """

    pictures_per_s: float
    size: tuple[int, int]
    limited_by: str
    sounds_per_s: float
    loudness: float

    @property
    def is_slowed(self) -> bool:
        """Whether it sends fewer pictures than its camera gives, for want of CPU."""
        return self.limited_by == "cpu" and self.pictures_per_s >= MIN_SLOWED_PER_S


@dataclass(frozen=True, slots=True)
class Played:
    """What it plays: a rate for each picture, the largest first; None: no sound came."""

    pictures_per_s: tuple[float, ...]
    concealed_ratio: float | None


def sent(before: Counted, after: Counted) -> Sent:
    """Return what was sent in between; nothing where there was nothing to count."""
    seconds = _seconds(before, after)
    pictures = _pairs(before, after, "outbound-rtp", "video")
    sounds = _pairs(before, after, "outbound-rtp", "audio")
    # A microphone that was opened in between is a source of its own, from nothing on.
    known = {row["id"]: row for row in before.rows}
    makers = [(known.get(r["id"], {}), r) for r in after.rows if _is(r, "media-source", "audio")]
    earlier, largest = max(pictures, key=lambda pair: _size(pair[1]), default=({}, {}))
    rates = [
        min(_grown(pair, "framesSent"), _grown(pair, "framesEncoded")) / seconds
        for pair in pictures
        if _size(pair[1]) == _size(largest)
    ]
    return Sent(
        pictures_per_s=max(rates, default=0.0),
        size=_size(largest),
        limited_by=_limited_by(earlier, largest),
        sounds_per_s=max((_grown(p, "packetsSent") for p in sounds), default=0.0) / seconds,
        loudness=max((_grown(p, "totalAudioEnergy") for p in makers), default=0.0) / seconds,
    )


def played(before: Counted, after: Counted) -> Played:
    """Return what was played in between."""
    seconds = _seconds(before, after)
    pictures = _pairs(before, after, "inbound-rtp", "video")
    sounds = _pairs(before, after, "inbound-rtp", "audio")
    rates = sorted((_grown(p, "framesDecoded") / seconds for p in pictures), reverse=True)
    heard = [p for p in sounds if _grown(p, "packetsReceived") > 0]
    samples = sum(_grown(p, "totalSamplesReceived") for p in heard)
    concealed = sum(
        _grown(p, "concealedSamples") - _grown(p, "silentConcealedSamples") for p in heard
    )
    return Played(tuple(rates), concealed / samples if samples else None)


def phase_ms(begun_ms: Sequence[float], period_ms: float) -> float | None:
    """Return when in its period a rhythm begins, from 0 on; None: it was not heard.

    The middle of what was seen, around the end of a period too.
    """
    if not begun_ms:
        return None
    first = begun_ms[0]
    offs = sorted(
        (at - first + period_ms / 2) % period_ms - period_ms / 2 for at in begun_ms
    )  # fmt: skip
    return (first + offs[len(offs) // 2]) % period_ms


def _limited_by(before: Row, after: Row) -> str:
    """Return "cpu" where the encoder was short of that for a while, else its reason at the end."""
    spent: tuple[float, ...] = tuple(
        float(row.get("qualityLimitationDurations", {}).get("cpu", 0)) for row in (before, after)
    )
    return "cpu" if spent[1] > spent[0] else str(after.get("qualityLimitationReason", "none"))


def _seconds(before: Counted, after: Counted) -> float:
    return max(0.001, (after.at_ms - before.at_ms) / 1000)


def _pairs(before: Counted, after: Counted, kind: str, medium: str) -> list[tuple[Row, Row]]:
    """Return the rows that are in both readings, those of one kind."""

    def chosen(rows: Iterable[Row]) -> dict[str, Row]:
        return {row["id"]: row for row in rows if _is(row, kind, medium)}

    earlier = chosen(before.rows)
    return [(earlier[i], row) for i, row in chosen(after.rows).items() if i in earlier]


def _is(row: Row, kind: str, medium: str) -> bool:
    return bool(row["type"] == kind and row.get("kind") == medium)


def _grown(pair: tuple[Row, Row], name: str) -> float:
    return float(pair[1].get(name, 0)) - float(pair[0].get(name, 0))


def _size(row: Row) -> tuple[int, int]:
    return int(row.get("frameWidth", 0)), int(row.get("frameHeight", 0))
