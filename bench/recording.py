"""`python -m bench.recording [SECONDS]`: a recording's bytes, and the time of its conversion.

Recorded are the stage and the speaker, noise over a moving picture of 1280x720 at 25 pictures a
second that is given 1.5 Mbit/s each, and a sound of 24 kbit/s; then the file to hand out is made of
it with the default settings. Printed are the bytes of both for an hour, and the processor time
of the conversion for each second that was recorded. Run it on a quiet machine.
"""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from contracts.ids import MeetingId, PointId
from contracts.recordings import HANDOUT, STREAMS, RecordingFacts, RecordingPhase
from media.client.codecs import SoundEncoder, VideoEncoder
from media.recorder import folders
from media.recorder.conversion import convert
from media.recorder.file_writer import FileWriter
from media.recorder.intake import SlotFrame
from media.recorder.recording import Recording
from media.recorder.settings import HandoutSettings
from media.wire.sdp_offer import IncomingStream

WIDTH, HEIGHT, RATE_HZ, PICTURE_BPS = 1280, 720, 25, 1_500_000
SLOTS = (
    IncomingStream("stage", "video", 1),
    IncomingStream("speaker", "video", 2),
    IncomingStream("sound-0", "audio", 3),
)
TONE = (8_000 * np.sin(np.arange(960) * 2 * np.pi * 500 / 48_000)).astype(np.int16)
GIB = 2**30


def _pictures(seconds: int) -> list[bytes]:
    """Return pictures that move and are hard enough to fill their rate."""
    noise = np.random.default_rng(7).integers(0, 24, (HEIGHT, 2 * WIDTH), dtype=np.uint8)
    ramp = np.add.outer(np.arange(HEIGHT) // 6, np.arange(WIDTH) // 12).astype(np.uint8)
    encoder = VideoEncoder(WIDTH, HEIGHT, rate_hz=RATE_HZ, bitrate_bps=PICTURE_BPS, gop=250)
    made = []
    for index in range(RATE_HZ * seconds):
        left = 5 * index % WIDTH
        encoder.planes[0][:] = ramp + noise[:, left : left + WIDTH]
        picture = encoder.encode(is_keyframe=index == 0)
        made.append(b"" if picture is None else picture.data)
    return made


def _record(data_dir: Path, seconds: int) -> Path:
    now = datetime.now(UTC)
    facts = RecordingFacts(
        meeting_id=MeetingId("m1"),
        run=folders.run_of(now),
        begins_at=now,
        ends_at=now,
        phase=RecordingPhase.WAITING,
    )
    chair = PointId("p-chair")
    folders.begin(data_dir, facts, {chair: "UBND tỉnh"})
    folder = folders.of(data_dir, facts)
    recording = Recording(folder, FileWriter(), title="", chair=chair, slots=SLOTS, begins_at=now)
    sound = SoundEncoder()
    for index, picture in enumerate(_pictures(seconds)):
        at_ms = 40 * index
        for slot in ("stage", "speaker"):
            if picture:
                recording.take(SlotFrame(slot, "video", at_ms, picture, "VP8"))
        for late_ms in (0, 20):
            data = sound.encode(TONE)
            recording.take(SlotFrame("sound-0", "audio", at_ms + late_ms, data, "OPUS"))
        if index % RATE_HZ == 0:
            recording.flush()
    recording.close()
    return folder


def main() -> None:
    """Record, convert, and say what it took."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as data_dir:
        folder = _record(Path(data_dir), seconds)
        began_s, began_cpu_s = time.monotonic(), time.process_time()
        convert(folder, HandoutSettings(), told=lambda share: None)
        took_s, cpu_s = time.monotonic() - began_s, time.process_time() - began_cpu_s
        for name in (STREAMS, HANDOUT):
            an_hour = (folder / name).stat().st_size * 3600 / seconds / GIB
            sys.stdout.write(f"{name}: {an_hour:.2f} GiB an hour\n")
    sys.stdout.write(
        f"conversion: {cpu_s / seconds:.2f} s of a core and {took_s / seconds:.2f} s of time "
        "for each second recorded\n"
    )


if __name__ == "__main__":
    main()
