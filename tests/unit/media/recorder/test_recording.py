"""One run of a recording: frames of whichever codec to a file that FFmpeg reads."""

from collections import Counter
from datetime import UTC, datetime
from fractions import Fraction

import av
import pytest

from contracts.floor import FloorMode, FloorState
from contracts.ids import PointId
from contracts.recordings import STREAMS
from media.recorder import folders
from media.recorder.file_writer import FileWriter
from media.recorder.intake import SlotFrame
from media.recorder.recording import Recording
from media.wire.sdp_offer import IncomingStream
from media.wire.video_codec import VIDEO_CODECS, CodecName

CHAIR, B = PointId("p-chair"), PointId("p-b")
BEGAN = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
SLOTS = (
    IncomingStream("stage", "video", 1),
    IncomingStream("speaker", "video", 2),
    IncomingStream("sound-0", "audio", 3),
)


def begun(folder) -> Recording:
    return Recording(
        folder, FileWriter(), title="Giao ban", chair=CHAIR, slots=SLOTS, begins_at=BEGAN
    )


def pictures(codec: CodecName, count: int) -> list[bytes]:
    name = {"VP8": "libvpx", "H264": "libx264"}[codec]
    context = av.CodecContext.create(name, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = 64, 48, "yuv420p"
    context.framerate, context.time_base = Fraction(25), Fraction(1, 25)
    context.options = {"VP8": {}, "H264": {"tune": "zerolatency", "x264-params": "annexb=1"}}[codec]
    made = []
    for index in range(count):
        frame = av.VideoFrame(64, 48, "yuv420p")
        frame.pts = index
        made += [bytes(packet) for packet in context.encode(frame)]
    return made + [bytes(packet) for packet in context.encode(None)]


@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_a_recording_of_any_codec_is_played(tmp_path, codec: CodecName) -> None:
    recording = begun(tmp_path / "m1" / "run")
    for index, data in enumerate(pictures(codec, 30)):
        recording.take(SlotFrame("stage", "video", 5_000 + 40 * index, data, codec))
        if index == 10:
            recording.flush()
            recording.floor_moved(
                FloorState(epoch=2, holders=(B,)), None, now_ms=5_400, happened_at=BEGAN
            )
    assert recording.close()
    with av.open(recording.folder / STREAMS, "r") as played:
        times = [round(frame.time or 0.0, 2) for frame in played.decode(video=0)]
    assert times == [round(0.04 * index, 2) for index in range(30)]
    (line,) = folders.spoken(recording.folder)
    assert (line.at_ms, line.speaker) == (400, B)


def test_rooms_of_two_codecs_are_one_recording(tmp_path) -> None:
    recording = begun(tmp_path / "m1" / "run")
    vp8, h264 = pictures("VP8", 30), pictures("H264", 30)
    for index in range(30):
        recording.take(SlotFrame("stage", "video", 40 * index, vp8[index], "VP8"))
        # The floor goes to a room of the other codec, long after the head was written.
        codec: CodecName = "VP8" if index < 10 else "H264"
        data = vp8[index] if index < 10 else h264[index - 10]
        recording.take(SlotFrame("speaker", "video", 40 * index + 1, data, codec))
        recording.flush()
    recording.take(SlotFrame("sound-9", "audio", 40, b"no track: passed over", "OPUS"))
    assert recording.close()
    shown: Counter[tuple[str, str]] = Counter()
    with av.open(recording.folder / STREAMS, "r") as played:
        for packet in played.demux(played.streams.video):
            stream = packet.stream
            shown[stream.metadata["title"], stream.codec_context.name] += len(packet.decode())
    assert +shown == {("stage", "vp8"): 30, ("speaker", "vp8"): 10, ("speaker", "h264"): 20}


def test_in_a_discussion_a_line_is_written_whenever_another_is_the_loudest(tmp_path) -> None:
    recording = begun(tmp_path)
    recording.take(SlotFrame("sound-0", "audio", 0, b"x", "OPUS"))
    talk, given = FloorState(epoch=2, mode=FloorMode.DISCUSSION), FloorState(epoch=3, holders=(B,))
    for at_ms, floor, loudest in (
        (0, talk, None), (100, talk, "p-b"), (200, talk, "p-b"), (300, talk, "p-chair"),
        (400, given, "p-chair"), (500, given, "p-b"),
    ):  # fmt: skip
        recording.floor_moved(floor, loudest, now_ms=at_ms, happened_at=BEGAN)
    recording.close()
    lines = [
        (one.at_ms, one.speaker, one.loudest or None) for one in folders.spoken(recording.folder)
    ]
    assert lines == [
        (0, None, None), (100, None, "p-b"), (300, None, "p-chair"), (400, B, None),
    ]  # fmt: skip
