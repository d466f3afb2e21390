"""After the meeting: converted in the background, again when interrupted; deleted, too old."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import msgspec
import numpy as np

from contracts import codec
from contracts.ids import MeetingId, PointId
from contracts.recordings import (
    CHAPTERS,
    HANDOUT,
    REQUESTS,
    SPEECH,
    RecordingFacts,
    RecordingPhase,
    SpokenChapter,
    SpokenLine,
)
from media.client.codecs import SoundEncoder, VideoEncoder
from media.recorder import folders
from media.recorder.conversion import PART
from media.recorder.disk_threads import DiskThreads
from media.recorder.file_writer import FileWriter
from media.recorder.intake import SlotFrame
from media.recorder.jobs import Jobs
from media.recorder.recording import Recording
from media.recorder.settings import RecorderSettings
from media.wire.sdp_offer import IncomingStream
from runtime import settings
from tests.waiting import until

BEGAN = datetime.now(UTC) - timedelta(hours=1)
SLOTS = (IncomingStream("stage", "video", 1), IncomingStream("sound-0", "audio", 2))
RECORDED_S = 40
TONE = (8_000 * np.sin(np.arange(960) * 2 * np.pi * 500 / 48_000)).astype(np.int16)


def loaded(tmp_path, **more: int) -> tuple[RecorderSettings, Path]:
    config = tmp_path / "recorder.toml"
    keys = "".join(f'{name} = "x"\n' for name in ("ca_file", "cert_file", "key_file"))
    plain = "".join(f"{name} = {value}\n" for name, value in more.items())
    config.write_text(
        f'recorder_id = "recorder-1"\ndata_dir = "data"\nstatus_file = "s"\n{keys}{plain}'
        f'[handout]\nheight = 180\n[broker]\nhost = "127.0.0.1"\n{keys}'
        '[[relays]]\nrelay_id = "relay-1"\nurl = "https://127.0.0.1:8444"\n'
    )
    return settings.load(RecorderSettings, config), config


def put(
    data_dir, meeting_id: str, phase: RecordingPhase, *, length_s: int = 1, spoilt: bytes = b""
) -> RecordingFacts:
    """Put a recording there that was recorded `length_s` long, with a spoilt picture in it."""
    facts = RecordingFacts(
        meeting_id=MeetingId(meeting_id),
        run=folders.run_of(BEGAN),
        begins_at=BEGAN,
        ends_at=None if phase is RecordingPhase.RECORDING else BEGAN,
        phase=phase,
    )
    folders.begin(data_dir, facts, {PointId("p-chair"): "UBND tỉnh"})
    recording = Recording(
        folders.of(data_dir, facts),
        FileWriter(),
        title="",
        chair=PointId("p-chair"),
        slots=SLOTS,
        begins_at=BEGAN,
    )
    video, sound = VideoEncoder(64, 48, rate_hz=25, bitrate_bps=50_000, gop=250), SoundEncoder()
    for index in range(25 * length_s):
        picture = video.encode(is_keyframe=index == 0)
        assert picture is not None
        recording.take(SlotFrame("stage", "video", 40 * index, picture.data, "VP8"))
        if index == 3 and spoilt:
            recording.take(SlotFrame("stage", "video", 40 * index + 1, spoilt, "VP8"))
        for late in (0, 20):
            data = sound.encode(TONE)
            recording.take(SlotFrame("sound-0", "audio", 40 * index + late, data, "OPUS"))
    assert recording.close()
    return facts


@asynccontextmanager
async def running(
    tmp_path,
    *,
    recording_now: Collection[Path] = (),
    now: Callable[[], datetime | None] = lambda: datetime.now(UTC),
    **more: int,
):
    """Run the jobs of a recorder until the block ends."""
    own, config = loaded(tmp_path, **more)
    jobs = Jobs(
        own,
        config,
        now=now,
        is_recording=lambda folder: folder in recording_now,
        has_room=lambda: True,
        threads=DiskThreads(),
    )
    tasks = [asyncio.create_task(x) for x in (jobs.run_conversions(), jobs.run_deletions())]
    try:
        yield jobs
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def test_an_interrupted_conversion_begins_again_and_says_how_far_it_is(tmp_path) -> None:
    own, _ = loaded(tmp_path)
    facts = put(own.data_dir, "m1", RecordingPhase.RECORDING, length_s=RECORDED_S)
    folder = folders.of(own.data_dir, facts)
    line = SpokenLine(at_ms=0, happened_at=BEGAN, speaker=PointId("p-chair"))
    (folder / SPEECH).write_bytes(codec.encode(line) + b"\n")

    def now() -> RecordingFacts:
        (found,) = folders.every(own.data_dir)
        return found

    async with running(tmp_path) as jobs:
        await until(lambda: now().phase is RecordingPhase.CONVERTING, 30, "it is being converted")
        assert jobs.converting == "m1"
        assert 0 < now().progress_ratio < 1
        assert now().ends_at is not None, "killed while it recorded: its end is its last piece's"
    assert not (folder / HANDOUT).exists()
    async with running(tmp_path):
        await until(lambda: now().phase is RecordingPhase.READY, 60, "it is converted")
    assert now().progress_ratio == 1 and not (folder / PART).exists()
    told = codec.decode(SpokenChapter, (folder / CHAPTERS).read_bytes())
    assert (told.at_ms, told.title) == (0, "UBND tỉnh")
    with av.open(folder / HANDOUT, "r") as made:
        assert [one.codec_context.name for one in made.streams.video] == ["h264"]
        assert made.duration is not None
        assert abs(made.duration / av.time_base - RECORDED_S) < 0.5
        heard = [np.abs(frame.to_ndarray()).max() for frame in made.decode(audio=0)]
    assert len(heard) > 40 * RECORDED_S and np.median(heard) > 0.1


async def test_what_cannot_be_converted_is_given_up_and_kept(tmp_path) -> None:
    own, _ = loaded(tmp_path)
    facts = put(own.data_dir, "m1", RecordingPhase.WAITING)
    folder = folders.of(own.data_dir, facts)
    (folder / "recording.mkv").write_bytes(b"not a recording")

    def phase() -> RecordingPhase:
        return next(iter(folders.every(own.data_dir))).phase

    async with running(tmp_path):
        await until(lambda: phase() is RecordingPhase.FAILED, 60, "it is given up")
    (told,) = folders.every(own.data_dir)
    assert "not a recording" in told.detail and (folder / "recording.mkv").exists()


async def test_what_people_want_gone_and_what_is_too_old_goes(tmp_path) -> None:
    own, _ = loaded(tmp_path)
    asked = put(own.data_dir, "m1", RecordingPhase.READY)
    runs = put(own.data_dir, "m2", RecordingPhase.RECORDING)
    kept = put(own.data_dir, "m3", RecordingPhase.READY)
    old = put(own.data_dir, "m4", RecordingPhase.READY)
    week_ago = datetime.now(UTC) - timedelta(days=8)
    folders.tell(own.data_dir, msgspec.structs.replace(old, ends_at=week_ago))
    wishes = own.data_dir / REQUESTS
    wishes.mkdir()
    for name in (f"m1.{asked.run}", f"m2.{runs.run}", "..m3", "m3.", f"m9.{kept.run}"):
        (wishes / name).touch()
    recording_now = [folders.of(own.data_dir, runs)]
    async with running(tmp_path, recording_now=recording_now, keep_days=7):
        await until(lambda: len(list(wishes.iterdir())) == 1, 20, "all wishes are looked at")
        await until(lambda: len(list(folders.every(own.data_dir))) == 2, 20, "two are gone")
        left = {one.meeting_id for one in folders.every(own.data_dir)}
        assert left == {"m2", "m3"}, "what is being recorded, and what nobody asked for"
        recording_now.clear()
        await until(lambda: not list(wishes.iterdir()), 20, "it goes when it has ended")
    assert [one.meeting_id for one in folders.every(own.data_dir)] == ["m3"]
    assert not (own.data_dir / "m1").exists()


async def test_nothing_is_too_old_by_a_clock_in_doubt(tmp_path) -> None:
    own, _ = loaded(tmp_path)
    clock: list[datetime | None] = [None]
    old = put(own.data_dir, "m1", RecordingPhase.READY)
    week_ago = datetime.now(UTC) - timedelta(days=8)
    folders.tell(own.data_dir, msgspec.structs.replace(old, ends_at=week_ago))
    wishes = own.data_dir / REQUESTS
    wishes.mkdir()
    async with running(tmp_path, now=lambda: clock[0], keep_days=7):
        for name in ("m8", "m9"):  # the second is looked at after all else of the first look
            (wishes / f"{name}.none").touch()
            await until(lambda: not list(wishes.iterdir()), 20, "wishes are looked at")
        assert [one.meeting_id for one in folders.every(own.data_dir)] == ["m1"]
        clock[0] = datetime.now(UTC)
        await until(lambda: not list(folders.every(own.data_dir)), 20, "it goes when it may")


async def test_what_still_waits_for_the_disk_is_converted_when_it_is_there(tmp_path) -> None:
    own, _ = loaded(tmp_path)
    first = put(own.data_dir, "m1", RecordingPhase.WAITING)
    put(own.data_dir, "m2", RecordingPhase.WAITING)

    def phases() -> dict[str, RecordingPhase]:
        return {one.meeting_id: one.phase for one in folders.every(own.data_dir)}

    open_now = [folders.of(own.data_dir, first)]
    async with running(tmp_path, recording_now=open_now):
        await until(lambda: phases()["m2"] is RecordingPhase.READY, 60, "the other one is made")
        assert phases()["m1"] is RecordingPhase.WAITING
        open_now.clear()
        await until(lambda: phases()["m1"] is RecordingPhase.READY, 60, "and then the first")


async def test_a_picture_that_no_decoder_takes_leaves_no_meeting_without_its_file(tmp_path) -> None:
    own, _ = loaded(tmp_path)
    nothing_wide = bytes.fromhex("1002009d012a00000000") + bytes(40)
    put(own.data_dir, "m1", RecordingPhase.WAITING, spoilt=nothing_wide)
    over = (RecordingPhase.READY, RecordingPhase.FAILED)
    async with running(tmp_path):
        await until(lambda: next(folders.every(own.data_dir)).phase in over, 60, "it is converted")
    (told,) = folders.every(own.data_dir)
    assert told.phase is RecordingPhase.READY, told.detail
