"""What we write is read by FFmpeg: whole, torn at any byte, and completed."""

import io
import json
import subprocess
from datetime import UTC, datetime

import av
import numpy as np
import pytest

from media.client.codecs import SoundEncoder, VideoEncoder
from media.errors import BrokenRecording
from media.recorder import matroska, matroska_file
from media.recorder.matroska import Block, Chapter, Track

TRACKS = (
    Track(1, "video", "stage", "VP8", 64, 48),
    Track(2, "video", "speaker", "VP8"),
    Track(3, "audio", "s", "OPUS"),
)
BEGAN = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
FRAMES = 50


@pytest.fixture(scope="module")
def clusters() -> list[bytes]:
    """Two seconds of a picture and a sound; the second slot stays empty."""
    video = VideoEncoder(64, 48, rate_hz=25, bitrate_bps=100_000, gop=25)
    sound = SoundEncoder()
    made: list[bytes] = []
    for first in range(0, FRAMES, 10):
        blocks = []
        for index in range(first, first + 10):
            picture = video.encode(is_keyframe=index % 25 == 0)
            assert picture is not None
            blocks.append(Block(1, index * 40, picture.data, picture.is_keyframe))
            for half in (0, 20):
                data = sound.encode(np.zeros(960, dtype=np.int16))
                blocks.append(Block(3, index * 40 + half, data, True))
        made.append(matroska.cluster(blocks))
    return made


def head() -> bytes:
    return matroska.head(TRACKS, title="Giao ban", begins_at=BEGAN)


def pictures(data: bytes) -> list[int]:
    with av.open(io.BytesIO(data), "r") as recording:
        return [int(frame.time * 1000 + 0.5) for frame in recording.decode(video=0)]


def test_what_was_written_so_far_is_played(clusters: list[bytes]) -> None:
    assert pictures(head() + clusters[0]) == [index * 40 for index in range(10)]
    assert len(pictures(head() + b"".join(clusters))) == FRAMES


def test_a_file_torn_at_any_byte_is_completed_up_to_its_last_whole_cluster(
    tmp_path, clusters: list[bytes]
) -> None:
    whole = head() + b"".join(clusters[:3])
    path = tmp_path / "torn.mkv"
    for cut in range(1, len(clusters[2]), max(1, len(clusters[2]) // 60)):
        path.write_bytes(whole[:-cut])
        assert matroska_file.finish(path, ()) == 780
        assert len(pictures(path.read_bytes())) == 20


def test_a_completed_file_has_its_length_its_chapters_and_can_be_completed_again(
    tmp_path, clusters: list[bytes]
) -> None:
    path = tmp_path / "whole.mkv"
    path.write_bytes(head() + b"".join(clusters))
    given = [Chapter(0, 1000, "UBND tỉnh"), Chapter(1000, 1980, "Xã Mậu A")]
    once = matroska_file.finish(path, given), path.read_bytes()
    assert (matroska_file.finish(path, given), path.read_bytes()) == once
    words = ["ffprobe", "-v", "warning", "-show_chapters", "-show_format", "-of", "json", str(path)]
    told = subprocess.run(words, capture_output=True, check=True)
    found = json.loads(told.stdout)
    assert [one["tags"]["title"] for one in found["chapters"]] == ["UBND tỉnh", "Xã Mậu A"]
    assert float(found["format"]["duration"]) == pytest.approx(1.98, abs=0.05)
    assert told.stderr == b""
    with av.open(path, "r") as recording:
        recording.seek(1_500_000)  # by the cues
        first = next(recording.decode(video=0))
        assert first.time is not None and 0.9 <= first.time <= 1.1


@pytest.mark.parametrize("data", [b"", b"x" * 100, head()[:40], bytes(64)])
def test_what_is_no_recording_is_refused(tmp_path, data: bytes) -> None:
    path = tmp_path / "bad.mkv"
    path.write_bytes(data)
    with pytest.raises(BrokenRecording):
        matroska_file.finish(path, ())
    assert path.read_bytes() == data
