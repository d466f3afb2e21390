"""A minute of a line in a meeting: the worst of it, and sums where a mean is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from contracts.participants import ParticipantKind
from contracts.relay import Attendee, RungName, StreamLine
from contracts.reports import MediaBody, SlotQuality

RUNGS: tuple[RungName, ...] = ("sound", "content", "low", "speaker", "high")
SLOTS_KEPT = ("stage", "speaker", "content", "sound")
# Of what a stream's running counts are added to: by the direction and the stream's name.
COUNTED = {
    ("publish", "video-high"): "high",
    ("publish", "video-low"): "low",
    **{("play", slot): slot for slot in ("stage", "speaker", "content")},
}
NOTHING: Mapping[str, int] = MappingProxyType({})
N = TypeVar("N", int, float)


class Joined(Enum):
    """How what was said of one minute in two parts becomes one."""

    LEAST = "min"
    MOST = "max"
    SUM = "sum"


@dataclass(slots=True)
class LineMinute:
    """One minute of one participant; None: nothing was said.

    `up` is what it sends, `down` what it plays; `rung_min` the least of the pictures that it was
    sent (0 sound alone, 4 all of them), `moves` how often that changed. `shed`: while the relay
    had too much to do, of which time the figures of the line do not tell. `concealed` to
    `content_px`: its player, sound that was made up, its gaps, pictures that stood still, and how
    high they were. `stage_loss_max` to `sound_bps_max` are of what it was sent, by slot; of all
    sounds the worst. From `stage_gap_max_ms` on: the longest time without a picture that it
    decoded, how long somebody was to be seen and was not, the keyframes that it sent of either
    size, and those that its player asked for, by slot.

    A name says how two parts of a minute become one: `_min` and `_max` are the least and the most,
    what has neither is a sum. The table has a column for each, in their order.
    """

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
    stage_loss_max: float | None = None
    stage_bps_max: int | None = None
    speaker_loss_max: float | None = None
    speaker_bps_max: int | None = None
    content_loss_max: float | None = None
    content_bps_max: int | None = None
    sound_loss_max: float | None = None
    sound_bps_max: int | None = None
    up_bps_min: int | None = None
    down_bps_min: int | None = None
    stage_gap_max_ms: float | None = None
    speaker_gap_max_ms: float | None = None
    content_gap_max_ms: float | None = None
    stage_empty_ms: int = 0
    speaker_empty_ms: int = 0
    content_empty_ms: int = 0
    high_keyframes: int = 0
    low_keyframes: int = 0
    stage_keyframes: int = 0
    speaker_keyframes: int = 0
    content_keyframes: int = 0

    def note(
        self,
        line: Attendee,
        *,
        moves: int = 0,
        counted: Mapping[str, int] = NOTHING,
        is_settled: bool = True,
        least_bps: int | None = None,
    ) -> None:
        """Take in what was said of one of its two lines.

        What is said while the relay has too much to do is no figure of the line.

        Args:
            moves: how often it was sent another rung since it was last said.
            counted: of the streams, what was added since then, by this minute's names.
            is_settled: it has been in for long enough to have sent something.
            least_bps: of its rates while pictures were due, those that count from now on.
        """
        self.moves += moves
        for name, value in counted.items():
            setattr(self, name, getattr(self, name) + value)
        if line.sends == () and is_settled:
            self.silent_samples += 1
        if line.is_shed:
            self._note_shed(line)
            return
        self.rtt_max_ms = _most(self.rtt_max_ms, line.rtt_ms)
        if line.direction == "publish":
            self.up_bps_min = _least(self.up_bps_min, least_bps)
            self._note_up(line)
        else:
            self.down_bps_min = _least(self.down_bps_min, least_bps)
            self._note_down(line)

    def note_played(self, body: MediaBody) -> None:
        """Take in what the point says of what it plays: the worst of its sounds, and its slots."""
        for one in body.slots:
            match one.slot:
                case "stage":
                    self.stage_frozen_max = _most(self.stage_frozen_max, one.frozen_ratio)
                    self.stage_px_min = _least(self.stage_px_min, one.height_px)
                    self.stage_gap_max_ms = _most(self.stage_gap_max_ms, one.gap_max_ms)
                case "speaker":
                    self.speaker_frozen_max = _most(self.speaker_frozen_max, one.frozen_ratio)
                    self.speaker_px_min = _least(self.speaker_px_min, one.height_px)
                    self.speaker_gap_max_ms = _most(self.speaker_gap_max_ms, one.gap_max_ms)
                case "content":
                    self.content_px_min = _least(self.content_px_min, one.height_px)
                    self.content_gap_max_ms = _most(self.content_gap_max_ms, one.gap_max_ms)
                case _ if one.concealed_ratio is not None:
                    self._note_heard(one)

    def take_in(self, later: "LineMinute") -> None:
        """Take in what was said of the same minute later."""
        for name, how in JOINED.items():
            known, value = getattr(self, name), getattr(later, name)
            match how:
                case Joined.LEAST:
                    setattr(self, name, _least(known, value))
                case Joined.MOST:
                    setattr(self, name, _most(known, value))
                case Joined.SUM:
                    setattr(self, name, known + value)

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
        for one in line.streams:
            if one.stream in SLOTS_KEPT:
                self._note_slot(one)
        if line.participant_kind is ParticipantKind.PERSON:
            self.concealed_max = _most(self.concealed_max, line.concealed_ratio)
            self.stage_frozen_max = _most(self.stage_frozen_max, line.frozen_ratio)

    def _note_slot(self, one: StreamLine) -> None:
        for figure, value in (("loss", one.loss_ratio), ("bps", one.bitrate_bps)):
            name = f"{one.stream}_{figure}_max"
            setattr(self, name, _most(getattr(self, name), value))


class BriefMinute(NamedTuple):
    """What a page says of a minute is made of: half of a `LineMinute`, by the same names."""

    up_samples: int
    up_loss_sum: float
    up_loss_max: float | None
    up_mos_min: float | None
    frozen_ratio_max: float | None
    stalled_ratio_max: float | None
    down_samples: int
    down_loss_sum: float
    down_loss_max: float | None
    down_mos_min: float | None
    rung_min: int | None
    rtt_max_ms: float | None
    moves: int
    silent_samples: int
    shed_samples: int
    shed_rung_min: int | None
    concealed_max: float | None
    heard_mos_min: float | None
    stage_frozen_max: float | None
    speaker_frozen_max: float | None
    down_bps_min: int | None
    stage_gap_max_ms: float | None
    speaker_gap_max_ms: float | None
    stage_empty_ms: int
    speaker_empty_ms: int


def _most(known: N | None, value: N | None) -> N | None:
    return known if value is None else value if known is None else max(known, value)


def _least(known: N | None, value: N | None) -> N | None:
    return known if value is None else value if known is None else min(known, value)


def _joined(name: str) -> Joined:
    return Joined.LEAST if "_min" in name else Joined.MOST if "_max" in name else Joined.SUM


JOINED = {one.name: _joined(one.name) for one in fields(LineMinute)}
