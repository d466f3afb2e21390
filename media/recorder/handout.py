"""The door to PyAV's files: a recording becomes an MP4 that every player shows (H.264, AAC).

Pictures and sounds are decoded, put together and encoded; the recording itself is only read.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.resampler import AudioResampler

from media.errors import BrokenRecording
from media.recorder import composition, sound_mix
from media.recorder.composition import Planes
from media.recorder.matroska import Chapter
from media.recorder.settings import HandoutSettings
from media.recorder.sound_mix import SoundMix

AAC_SAMPLES = 1024
# As late as a packet may come in the file behind one of a later time.
LATENESS_MS = 3_000
# A picture that does not change is repeated now and then, or players think it has ended.
REPEAT_MS = 1_000
SOUND_BPS = 64_000

Progress = Callable[[int], None]


class Handout:
    """One conversion."""

    def __init__(
        self, target: Path, settings: HandoutSettings, chapters: Sequence[Chapter]
    ) -> None:
        self._out = av.open(target, "w", format="mp4", options={"movflags": "+faststart"})
        self._size = settings.height * 16 // 9 // 2 * 2, settings.height
        self._step_ms = 1000 // settings.fps
        self._frames: dict[str, av.VideoFrame] = {}
        self._shown_at_ms: dict[str, int] = {}
        self._next_ms = 0
        self._encoded_at_ms = -REPEAT_MS
        self._has_changed = True
        self._mix = SoundMix()
        self._resamplers: dict[int, AudioResampler] = {}
        video = self._out.add_stream("libx264", rate=settings.fps)
        video.width, video.height = self._size
        video.pix_fmt = "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        video.codec_context.thread_count = 1
        video.options = {"preset": "veryfast", "crf": str(settings.crf)}
        sound = self._out.add_stream("aac", rate=sound_mix.RATE_HZ, layout="mono")
        sound.bit_rate = SOUND_BPS
        self._video, self._sound = video, sound
        self._out.set_chapters([_entry(index, one) for index, one in enumerate(chapters)])

    def show(self, slot: str, frame: av.VideoFrame, at_ms: int) -> None:
        """A slot has a new picture."""
        self.go_on_to(at_ms)
        self._frames[slot] = frame
        self._shown_at_ms[slot] = at_ms
        self._has_changed = True

    def hear(self, track: int, frame: av.AudioFrame, at_ms: int) -> None:
        """A track has a piece of sound."""
        if track not in self._resamplers:
            self._resamplers[track] = AudioResampler("s16", "mono", sound_mix.RATE_HZ)
        frame.pts = None  # gaps are the mix's
        for piece in self._resamplers[track].resample(frame):
            samples = piece.to_ndarray()[0].astype(np.int16)
            self._mix.add(track, at_ms * sound_mix.RATE_HZ // 1000, samples)

    def go_on_to(self, until_ms: int) -> None:
        """Encode what is before this time."""
        while self._next_ms < until_ms:
            chosen = composition.choose(self._shown_at_ms, now_ms=self._next_ms)
            is_due = self._next_ms - self._encoded_at_ms >= REPEAT_MS
            if self._has_changed or is_due:
                self._encode(chosen)
            self._next_ms += self._step_ms

    def _encode(self, chosen: composition.Chosen) -> None:
        width, height = self._size
        share = width // composition.INSET_SHARE, height // composition.INSET_SHARE
        planes = composition.composed(
            self._fitted(chosen.large, self._size), self._fitted(chosen.inset, share), self._size
        )
        whole = np.concatenate([plane.reshape(-1, width) for plane in planes])
        frame = av.VideoFrame.from_ndarray(whole, format="yuv420p")
        frame.pts, frame.time_base = self._next_ms, Fraction(1, 1000)
        self._out.mux(self._video.encode(frame))
        self._encoded_at_ms = self._next_ms
        self._has_changed = False

    def _fitted(self, slot: str | None, into: tuple[int, int]) -> Planes | None:
        if slot is None:
            return None
        frame = self._frames[slot]
        width, height = composition.fitted(frame.width, frame.height, into=into)
        whole = frame.reformat(width, height, "yuv420p").to_ndarray().astype(np.uint8, copy=False)
        chroma = whole[height:].reshape(-1)
        half = width // 2 * (height // 2)
        return (
            whole[:height],
            chroma[:half].reshape(height // 2, width // 2),
            chroma[half : 2 * half].reshape(height // 2, width // 2),
        )

    def close_sound(self, until_ms: int) -> None:
        """Encode the sound before this time."""
        until = until_ms * sound_mix.RATE_HZ // 1000
        while self._mix.position + AAC_SAMPLES <= until:
            at = self._mix.position
            piece = self._mix.take(AAC_SAMPLES).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
            frame.sample_rate = sound_mix.RATE_HZ
            frame.pts, frame.time_base = at, Fraction(1, sound_mix.RATE_HZ)
            self._out.mux(self._sound.encode(frame))

    def close(self, length_ms: int) -> None:
        """Encode the rest, and complete the file."""
        self.go_on_to(length_ms)
        self.close_sound(length_ms)
        self._out.mux(self._video.encode(None))
        self._out.mux(self._sound.encode(None))
        self._out.close()


def _entry(index: int, chapter: Chapter) -> Any:  # noqa: ANN401 - av's own type of a chapter
    return {
        "id": index + 1,
        "start": chapter.begins_ms,
        "end": chapter.ends_ms,
        "time_base": Fraction(1, 1000),
        "metadata": {"title": chapter.title},
    }


def convert(
    source: Path,
    target: Path,
    chapters: Sequence[Chapter],
    settings: HandoutSettings,
    *,
    length_ms: int,
    progress: Progress,
) -> None:
    """Make the MP4.

    Args:
        progress: told up to which time (ms) it is done.

    Raises:
        BrokenRecording: the source cannot be read.
        OSError: the target cannot be written.
    """
    handout = Handout(target, settings, chapters)
    try:
        with av.open(source, "r") as recording:
            for packet in recording.demux():
                if packet.pts is None or packet.time_base is None:
                    continue
                at_ms = int(packet.pts * packet.time_base * 1000)
                _take(handout, packet, at_ms)
                handout.close_sound(at_ms - LATENESS_MS)
                progress(at_ms)
    except av.InvalidDataError as exc:
        raise BrokenRecording(str(exc)) from exc
    handout.close(length_ms)


def _take(handout: Handout, packet: Any, at_ms: int) -> None:  # noqa: ANN401 - of a picture or a sound
    stream = packet.stream
    try:
        frames = packet.decode()
    except av.FFmpegError:
        return  # one frame that cannot be decoded, whatever is wrong, costs nothing but itself
    for frame in frames:
        if isinstance(frame, av.VideoFrame):
            handout.show(stream.metadata.get("title", ""), frame, at_ms)
        elif isinstance(frame, av.AudioFrame):
            handout.hear(stream.index, frame, at_ms)
