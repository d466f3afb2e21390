"""What is known of a session's line, and of each stream on it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts.played import Played, SlotPlayed
from contracts.relay import RungName
from media.sfu.sizes import TILE, Size
from media.sfu.slots import SPEAKER, STAGE
from media.wire import voice_quality
from media.wire.rtcp import ReportBlock
from media.wire.sdp import Kind

NEW_SHARE = 0.25  # of a second's figures in what is told: some seconds count
PLAYED_OLD_AFTER_S = 15.0  # a page tells every ten seconds


@dataclass(frozen=True, slots=True)
class StreamFigures:
    """One stream over the last seconds; None: not known. `size`: of a picture."""

    kind: Kind
    loss_ratio: float | None = None
    jitter_ms: float | None = None
    bitrate_bps: int | None = None
    size: Size | None = None


@dataclass(slots=True)
class Quality:
    """What is known of a session's line; None: not known.

    `mos` is of its worst sound. `frozen_ratio` and `stalled_ratio`, of one who publishes: the
    share of the last ten seconds in which the line held pictures back, or none was made. Of one
    who plays, and whose page tells: in which pictures stood still (`frozen_ratio`), and the share
    of sound that was made up (`concealed_ratio`).
    `streams` by slot of one who plays, by kind and size of one who publishes; `told` by slot what
    the page of one who plays said of it. Since it joined, by the same names: `keyframes` that
    came, or that a player asked for, and `empty_ms` in which a slot had no picture and should.
    """

    rtt_ms: float | None = None
    loss_ratio: float | None = None
    packets: int = 0
    rung: RungName | None = None  # of a viewer: how much of the pictures his line carries
    line_bps: int | None = None
    mos: float | None = None
    frozen_ratio: float | None = None
    stalled_ratio: float | None = None
    concealed_ratio: float | None = None
    streams: dict[str, StreamFigures] = field(default_factory=dict)
    told: dict[str, SlotPlayed] = field(default_factory=dict)
    keyframes: Counter[str] = field(default_factory=Counter)
    empty_ms: Counter[str] = field(default_factory=Counter)
    _told_at: float | None = None

    def measured(self, streams: dict[str, StreamFigures]) -> None:
        """Take over what was measured of the streams: loss and jitter with what they were.

        One packet of the fifty that a sound has in a second is no verdict.
        """
        before = self.streams
        self.streams = {name: _steadied(one, before.get(name)) for name, one in streams.items()}
        streams = self.streams
        self.mos = voice_mos(streams.values(), rtt_ms=self.rtt_ms)

    def played(self, played: Played, *, now: float) -> None:
        """Take over what a player's page tells; what is shared may stand still by itself."""
        self._told_at = now
        self.told = {one.slot: one for one in played.slots}
        people = [one for one in played.slots if one.slot in (STAGE, SPEAKER)]
        self.frozen_ratio = _worst(one.frozen_ratio for one in people)
        self.concealed_ratio = _worst(one.concealed_ratio for one in played.slots)

    def forget_played(self, *, now: float) -> None:
        """Know no more of what a page told where that was long ago."""
        if self._told_at is not None and now - self._told_at > PLAYED_OLD_AFTER_S:
            self.frozen_ratio = self.concealed_ratio = self._told_at = None
            self.told = {}

    @property
    def steady_loss_ratio(self) -> float | None:
        """What the worst stream loses; what was reported last where no stream is known."""
        worst = _worst(one.loss_ratio for one in self.streams.values())
        return self.loss_ratio if worst is None else worst

    @property
    def jitter_ms(self) -> float | None:
        """The worst jitter of a stream."""
        return _worst(one.jitter_ms for one in self.streams.values())

    @property
    def bitrate_bps(self) -> int | None:
        """What all streams measure together."""
        known = [one.bitrate_bps for one in self.streams.values() if one.bitrate_bps is not None]
        return sum(known) if known else None


def label_of(slot: str) -> str:
    """Return a stream's label: all tiles have one, and so have all sounds."""
    if slot.startswith(TILE):
        return "tile"
    return "sound" if slot.startswith(("sound-", "audio")) else slot


def _worst(ratios: Iterable[float | None]) -> float | None:
    return max((one for one in ratios if one is not None), default=None)


def _steadied(figures: StreamFigures, before: StreamFigures | None) -> StreamFigures:
    if before is None:
        return figures
    return StreamFigures(
        figures.kind,
        _towards(figures.loss_ratio, before.loss_ratio),
        _towards(figures.jitter_ms, before.jitter_ms),
        figures.bitrate_bps,
        figures.size,
    )


def _towards(value: float | None, before: float | None) -> float | None:
    return value if value is None or before is None else before + NEW_SHARE * (value - before)


def figures_of(
    kind: Kind,
    block: ReportBlock | None,
    *,
    clock_rate: int,
    bitrate_bps: float | None,
    size: Size | None = None,
) -> StreamFigures:
    """Return a stream's figures from what its receiver reported of it."""
    return StreamFigures(
        kind=kind,
        loss_ratio=block.fraction_lost / 256 if block else None,
        jitter_ms=round(block.jitter * 1000 / clock_rate, 2) if block else None,
        bitrate_bps=None if bitrate_bps is None else round(bitrate_bps),
        size=size,
    )


def voice_mos(streams: Iterable[StreamFigures], *, rtt_ms: float | None) -> float | None:
    """Return the score of the worst sound; None: no sound is reported of."""
    scores = [
        voice_quality.mos(loss_ratio=one.loss_ratio, rtt_ms=rtt_ms, jitter_ms=one.jitter_ms)
        for one in streams
        if one.kind == "audio" and one.loss_ratio is not None
    ]
    return round(min(scores), 2) if scores else None
