"""A minute of a point's line in a meeting: the worst of it, and sums where a mean is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from contracts.relay import Attendee, RungName
from contracts.reports import MediaBody, SlotQuality

RUNGS: tuple[RungName, ...] = ("sound", "content", "low", "speaker", "high")
N = TypeVar("N", int, float)


@dataclass(slots=True)
class LineMinute:
    """One minute of one point, in the order of the table's columns; None: nothing was said."""

    up_samples: int = 0
    up_loss_sum: float = 0.0
    up_loss_max: float | None = None
    up_jitter_max_ms: float | None = None
    up_mos_min: float | None = None
    up_bps_max: int | None = None
    frozen_ratio_max: float | None = None
    stalled_ratio_max: float | None = None
    down_samples: int = 0
    down_loss_sum: float = 0.0
    down_loss_max: float | None = None
    down_jitter_max_ms: float | None = None
    down_mos_min: float | None = None
    down_bps_max: int | None = None
    rung_min: int | None = None
    rtt_max_ms: float | None = None
    moves: int = 0
    silent_samples: int = 0
    shed_samples: int = 0
    shed_rung_min: int | None = None
    concealed_max: float | None = None
    heard_mos_min: float | None = None
    sound_gap_max_ms: float | None = None
    buffer_max_ms: float | None = None
    stage_frozen_max: float | None = None
    speaker_frozen_max: float | None = None
    stage_px_min: int | None = None
    speaker_px_min: int | None = None
    content_px_min: int | None = None

    def note(self, line: Attendee, *, moves: int = 0, is_settled: bool = True) -> None:
        """Take in what was said of one of the point's two lines.

        What is said while the relay has too much to do is no figure of the line.

        Args:
            moves: how often it was sent another rung since it was last said.
            is_settled: it has been in for long enough to have sent something.
        """
        self.moves += moves
        if line.sends == () and is_settled:
            self.silent_samples += 1
        if line.is_shed:
            self._note_shed(line)
            return
        self.rtt_max_ms = _most(self.rtt_max_ms, line.rtt_ms)
        if line.direction == "publish":
            self._note_up(line)
        else:
            self._note_down(line)

    def note_played(self, body: MediaBody) -> None:
        """Take in what the point says of what it plays: the worst of its sounds, and its slots."""
        for one in body.slots:
            match one.slot:
                case "stage":
                    self.stage_frozen_max = _most(self.stage_frozen_max, one.frozen_ratio)
                    self.stage_px_min = _least(self.stage_px_min, one.height_px)
                case "speaker":
                    self.speaker_frozen_max = _most(self.speaker_frozen_max, one.frozen_ratio)
                    self.speaker_px_min = _least(self.speaker_px_min, one.height_px)
                case "content":
                    self.content_px_min = _least(self.content_px_min, one.height_px)
                case _ if one.concealed_ratio is not None:
                    self._note_heard(one)

    def take_in(
        self,
        later: "LineMinute",
        *,
        sums: Iterable[str],
        lowest: Iterable[str],
        highest: Iterable[str],
    ) -> None:
        """Take in what was said of the same minute later."""
        for name in sums:
            setattr(self, name, getattr(self, name) + getattr(later, name))
        for name in lowest:
            setattr(self, name, _least(getattr(self, name), getattr(later, name)))
        for name in highest:
            setattr(self, name, _most(getattr(self, name), getattr(later, name)))

    def _note_heard(self, sound: SlotQuality) -> None:
        self.concealed_max = _most(self.concealed_max, sound.concealed_ratio)
        self.heard_mos_min = _least(self.heard_mos_min, sound.mos)
        self.sound_gap_max_ms = _most(self.sound_gap_max_ms, sound.gap_max_ms)
        self.buffer_max_ms = _most(self.buffer_max_ms, sound.buffer_ms)

    def _note_shed(self, line: Attendee) -> None:
        if line.rung is not None:
            self.shed_samples += 1
            self.shed_rung_min = _least(self.shed_rung_min, RUNGS.index(line.rung))

    def _note_up(self, line: Attendee) -> None:
        if line.loss_ratio is not None:
            self.up_samples += 1
            self.up_loss_sum += line.loss_ratio
        self.up_loss_max = _most(self.up_loss_max, line.loss_ratio)
        self.up_jitter_max_ms = _most(self.up_jitter_max_ms, line.jitter_ms)
        self.up_mos_min = _least(self.up_mos_min, line.mos)
        self.up_bps_max = _most(self.up_bps_max, line.bitrate_bps)
        self.frozen_ratio_max = _most(self.frozen_ratio_max, line.frozen_ratio)
        self.stalled_ratio_max = _most(self.stalled_ratio_max, line.stalled_ratio)

    def _note_down(self, line: Attendee) -> None:
        if line.loss_ratio is not None:
            self.down_samples += 1
            self.down_loss_sum += line.loss_ratio
        self.down_loss_max = _most(self.down_loss_max, line.loss_ratio)
        self.down_jitter_max_ms = _most(self.down_jitter_max_ms, line.jitter_ms)
        self.down_mos_min = _least(self.down_mos_min, line.mos)
        self.down_bps_max = _most(self.down_bps_max, line.bitrate_bps)
        rung = None if line.rung is None else RUNGS.index(line.rung)
        self.rung_min = _least(self.rung_min, rung)


def _most(known: N | None, value: N | None) -> N | None:
    return known if value is None else value if known is None else max(known, value)


def _least(known: N | None, value: N | None) -> N | None:
    return known if value is None else value if known is None else min(known, value)
