"""A meeting's lines are kept by the minute: gathered, written once over, merged, pruned."""

from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import Engine
from sqlmodel import select

from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId
from contracts.participants import ParticipantKind
from contracts.relay import Attendee, MeetingState, RelayState, StreamLine
from contracts.reports import MediaBody, SlotQuality
from controller.db.engine import open_engine, reading
from controller.db.migrate import configuration, upgrade
from controller.errors import StorageError
from controller.ingest import retention
from controller.ingest.call_minutes import MAX_MINUTES, MAX_PLAYED, CallMinutes
from controller.ingest.call_tables import CallMinute
from controller.ingest.store import SeriesStore
from controller.ingest.writer import Writer

T0 = datetime(2026, 11, 24, 1, 31, 0, tzinfo=UTC)
UP = {"direction": "publish", "loss_ratio": 0.02, "mos": 4.2, "jitter_ms": 3.0,
      "bitrate_bps": 900_000, "frozen_ratio": 0.0, "stalled_ratio": 0.1}  # fmt: skip
DOWN = {"direction": "play", "loss_ratio": 0.0, "mos": 4.4, "rung": "high", "rtt_ms": 40.0}


def line(subject="xa-a", is_connected=True, kind=ParticipantKind.POINT, **figures):
    return Attendee(
        subject=subject,
        joined_at=figures.pop("joined_at", T0),
        is_connected=is_connected,
        participant_kind=kind,
        **figures,
    )


def said(*attendees, is_forwarding=True):
    meeting = MeetingState(
        meeting_id=MeetingId("m1"),
        is_forwarding=is_forwarding,
        floor=FloorState(epoch=1),
        attendees=attendees,
    )
    return RelayState(reported_at=T0, meetings=(meeting,))


@pytest.fixture
def store(series: Engine) -> SeriesStore:
    return SeriesStore(series)


@pytest.fixture
def writer(store: SeriesStore):
    async def nobody(committed):
        """Tell nobody of reports."""

    made = Writer(store, on_committed=nobody)
    yield made
    made.close()


def rows(series):
    with reading(series) as session:
        query = select(CallMinute).order_by(CallMinute.subject, CallMinute.begins_at)
        return list(session.exec(query))


async def test_a_minute_has_its_worst_and_the_sums_of_its_means(series, store, writer):
    calls = CallMinutes()
    calls.note(said(line(**UP), line(**DOWN)), T0 + timedelta(seconds=5))
    worse = UP | {"loss_ratio": 0.08, "mos": 3.1, "jitter_ms": 1.0}
    calls.note(said(line(**worse), line(**DOWN | {"rung": "low"})), T0 + timedelta(seconds=55))
    assert calls.due(T0 + timedelta(seconds=59)) == []
    await calls.write(calls.due(T0 + timedelta(minutes=1)), writer, store)
    (row,) = rows(series)
    assert (row.meeting_id, row.subject, row.begins_at) == ("m1", "xa-a", T0)
    assert (row.up_samples, row.up_loss_sum) == (2, pytest.approx(0.1))
    assert (row.up_loss_max, row.up_mos_min, row.up_jitter_max_ms) == (0.08, 3.1, 3.0)
    assert (row.stalled_ratio_max, row.up_bps_max) == (0.1, 900_000)
    assert (row.down_samples, row.down_mos_min, row.rung_min) == (2, 4.4, 2)
    assert (row.rtt_max_ms, row.down_bps_max) == (40.0, None)
    assert calls.due(T0 + timedelta(hours=1)) == []


async def test_a_minute_that_is_written_in_two_parts_is_one_row(series, store, writer):
    for loss, mos in ((0.02, 4.2), (0.06, 3.9)):
        calls = CallMinutes()  # ingest is begun anew in between
        calls.note(said(line(**UP | {"loss_ratio": loss, "mos": mos})), T0)
        await calls.finish(writer, store)
    (row,) = rows(series)
    assert (row.up_samples, row.up_loss_sum) == (2, pytest.approx(0.08))
    assert (row.up_loss_max, row.up_mos_min, row.down_samples) == (0.06, 3.9, 0)


async def test_only_who_is_in_a_meeting_that_is_on_is_kept(series, store, writer):
    calls = CallMinutes()
    calls.note(said(line(**UP), is_forwarding=False), T0)
    calls.note(
        said(
            line(is_connected=False, **UP),
            line(kind=ParticipantKind.RECORDER, **DOWN),
            line(**UP | {"direction": "share"}),
        ),
        T0,
    )
    await calls.finish(writer, store)
    assert rows(series) == []


async def test_a_person_is_kept_beside_a_point_of_the_same_name(series, store, writer):
    calls, name = CallMinutes(), "n" * 60
    told = DOWN | {"concealed_ratio": 0.04, "frozen_ratio": 0.2}
    calls.note(said(line(subject=name, kind=ParticipantKind.PERSON, **told)), T0)
    calls.note(said(line(subject="xa-a", kind=ParticipantKind.PERSON, **UP), line(**UP)), T0)
    await calls.finish(writer, store)
    first, second, point = rows(series)
    assert {first.subject, second.subject} == {f"person:{name}", "person:xa-a"}
    kept = first if first.subject.endswith(name) else second
    assert (kept.concealed_max, kept.stage_frozen_max, kept.down_mos_min) == (0.04, 0.2, 4.4)
    assert (point.subject, point.up_loss_max) == ("xa-a", 0.02)


async def test_loss_and_rate_are_kept_by_slot(series, store, writer):
    calls = CallMinutes()
    for loss_ratio, bitrate_bps in ((0.01, 900_000), (0.06, 400_000)):
        streams = (
            StreamLine(stream="stage", loss_ratio=loss_ratio, bitrate_bps=bitrate_bps),
            StreamLine(stream="sound", loss_ratio=0.0, bitrate_bps=48_000),
            StreamLine(stream="tile", loss_ratio=0.5),
        )
        calls.note(said(line(**DOWN, streams=streams)), T0)
    await calls.finish(writer, store)
    (row,) = rows(series)
    assert (row.stage_loss_max, row.stage_bps_max) == (0.06, 900_000)
    assert (row.sound_loss_max, row.sound_bps_max) == (0.0, 48_000)
    assert (row.speaker_loss_max, row.content_bps_max) == (None, None)


async def test_the_least_rate_and_what_streams_count_are_kept_by_the_minute(series, store, writer):
    calls = CallMinutes()
    said_of = ((0, 3, 1_400), (15, 3, 900_000), (30, 5, 300_000), (40, 5, 900_000), (50, 9, 7_000))
    for seconds, count, bps in said_of:
        sent = (
            StreamLine(stream="video-high", keyframes=count),
            StreamLine(stream="video-low", keyframes=count + 1),
        )
        shown = (
            StreamLine(stream="stage", bitrate_bps=bps, keyframes=2 * count, empty_ms=1000 * count),
            StreamLine(stream="speaker", empty_ms=1000 * (count - 3) or None),
            StreamLine(stream="tile", keyframes=7, empty_ms=7),
        )
        up = line(**UP | {"bitrate_bps": bps}, streams=sent, sends=("audio", "video"))
        down = line(**DOWN, bitrate_bps=2 * bps, streams=shown)
        calls.note(said(up, down), T0 + timedelta(seconds=seconds))
    gaps = [SlotQuality(slot=slot, gap_max_ms=700) for slot in ("stage", "speaker", "content")]
    calls.note_played(PointId("xa-a"), played(*gaps), T0 + timedelta(seconds=40))
    again = line(**DOWN, joined_at=T0 + timedelta(seconds=55),
                 streams=(StreamLine(stream="stage", empty_ms=200),))  # fmt: skip
    calls.note(said(again), T0 + timedelta(seconds=56))
    await calls.finish(writer, store)
    (row,) = rows(series)
    assert (row.up_bps_min, row.up_bps_max) == (300_000, 900_000)
    assert (row.down_bps_min, row.down_bps_max) == (600_000, 1_800_000)
    assert (row.high_keyframes, row.low_keyframes, row.stage_keyframes) == (6, 6, 12)
    assert (row.stage_empty_ms, row.speaker_empty_ms) == (6_200, 6_000)
    assert (row.stage_gap_max_ms, row.speaker_gap_max_ms, row.content_gap_max_ms) == (700,) * 3


def test_what_was_kept_before_people_and_slots_is_kept_on(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/series.db")
    with engine.begin() as connection:
        command.upgrade(configuration("series", connection), "0008")
        connection.exec_driver_sql(
            "INSERT INTO call_minute (meeting_id, point_id, begins_at, up_samples, up_loss_sum, "
            "down_samples, down_loss_sum, moves, silent_samples, shed_samples) "
            "VALUES ('m1', 'xa-a', 1000, 3, 0.5, 0, 0, 0, 0, 0)"
        )
    upgrade(engine, "series")
    (row,) = rows(engine)
    assert (row.subject, row.up_samples, row.stage_loss_max) == ("xa-a", 3, None)
    assert (row.up_bps_min, row.stage_gap_max_ms, row.stage_empty_ms) == (None, None, 0)
    with engine.connect() as connection:
        made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name='call_minute'")
        assert "WITHOUT ROWID" in str(made.scalar())
    engine.dispose()


async def test_moves_are_counted_from_what_was_said_before_and_a_new_session_begins_anew(
    series, store, writer
):
    calls = CallMinutes()
    for seconds, joined_s, moves in ((5, 0, 7), (10, 0, 9), (70, 0, 10), (75, 72, 2)):
        again = line(**DOWN, moves=moves, joined_at=T0 + timedelta(seconds=joined_s))
        calls.note(said(again), T0 + timedelta(seconds=seconds))
    await calls.finish(writer, store)
    assert [row.moves for row in rows(series)] == [2, 3]


async def test_what_is_said_while_the_relay_is_overloaded_is_no_figure_of_the_line(
    series, store, writer
):
    calls = CallMinutes()
    calls.note(said(line(**UP), line(**DOWN)), T0)
    bad = {"loss_ratio": 0.5, "mos": 1.5, "is_shed": True}
    calls.note(said(line(**UP | bad), line(**DOWN | bad | {"rung": "sound"})), T0)
    calls.note(said(line(**UP | {"sends": (), "loss_ratio": None})), T0 + timedelta(seconds=3))
    await calls.finish(writer, store)
    (row,) = rows(series)
    assert (row.up_samples, row.up_loss_max, row.up_mos_min) == (1, 0.02, 4.2)
    assert (row.down_samples, row.down_mos_min, row.rung_min) == (1, 4.4, 4)
    assert (row.shed_samples, row.shed_rung_min, row.silent_samples) == (1, 0, 1)


def played(*slots, meeting_id="m1"):
    return MediaBody(meeting_id=MeetingId(meeting_id), is_sending=True, slots=slots)


async def test_what_a_point_says_of_its_player_is_kept_late_or_twice_too(series, store, writer):
    calls = CallMinutes()
    calls.note(said(line(**UP)), T0)
    await calls.finish(writer, store)
    body = played(
        SlotQuality(slot="stage", frozen_ratio=0.1, height_px=720),
        SlotQuality(slot="speaker", frozen_ratio=0.0, height_px=360),
        SlotQuality(slot="content", frozen_ratio=0.9, height_px=1080),
        SlotQuality(slot="sound-0", concealed_ratio=0.03, mos=4.1, gap_max_ms=80, buffer_ms=60),
        SlotQuality(slot="sound-1", concealed_ratio=0.01, mos=4.3),
    )
    for _ in range(2):
        calls.note_played(PointId("xa-a"), body, T0 + timedelta(seconds=30))
    small = played(SlotQuality(slot="stage", height_px=180), SlotQuality(slot="sound-2"))
    calls.note_played(PointId("xa-a"), small, T0 + timedelta(seconds=40))
    await calls.finish(writer, store)
    (row,) = rows(series)
    assert (row.up_samples, row.up_mos_min) == (1, 4.2)
    assert (row.concealed_max, row.heard_mos_min, row.sound_gap_max_ms) == (0.03, 4.1, 80)
    assert (row.buffer_max_ms, row.stage_frozen_max, row.speaker_frozen_max) == (60, 0.1, 0.0)
    assert (row.stage_px_min, row.speaker_px_min, row.content_px_min) == (180, 360, 1080)


async def test_too_many_minutes_that_wait_are_dropped_and_counted(tmp_path):
    calls = CallMinutes()
    for number in range(MAX_MINUTES + 3):
        calls.note(said(line(**UP)), T0 + number * timedelta(minutes=1))
    assert calls.dropped_total == 3
    broken = SeriesStore(open_engine(f"sqlite:///{tmp_path}/nothing.db"))
    writer = Writer(broken, on_committed=lambda committed: None)
    await calls.finish(writer, broken)  # which cannot be written: it waits
    writer.close()
    assert len(calls.due(T0 + timedelta(days=300))) == MAX_MINUTES


async def test_who_has_just_joined_is_not_silent_yet(series, store, writer):
    calls = CallMinutes()
    for seconds in (0, 2):
        calls.note(said(line(**UP | {"sends": ()})), T0 + timedelta(seconds=seconds))
    await calls.finish(writer, store)
    assert [row.silent_samples for row in rows(series)] == [0]


async def test_a_relay_that_a_point_has_left_adds_no_moves(series, store, writer):
    calls = CallMinutes()
    for seconds in range(4):  # each relay says its own in turn
        calls.note(said(line(**DOWN, moves=9)), T0 + timedelta(seconds=seconds))
        newer = line(**DOWN, moves=2, joined_at=T0 + timedelta(milliseconds=1))
        calls.note(said(newer), T0 + timedelta(seconds=seconds))
    await calls.finish(writer, store)
    assert [row.moves for row in rows(series)] == [2]


def test_one_points_many_minutes_leave_room_for_the_others():
    calls, body = CallMinutes(), played(SlotQuality(slot="stage", height_px=720))
    for number in range(MAX_MINUTES):
        calls.note_played(PointId("xa-a"), body, T0 + number * timedelta(minutes=1))
    calls.note_played(PointId("xa-b"), body, T0)
    assert calls.dropped_total == MAX_MINUTES - MAX_PLAYED
    assert len(calls.due(T0 + timedelta(days=300))) == MAX_PLAYED + 1


class _Interrupted:
    """A writer that is told of the same minute while it writes."""

    def __init__(self, writer, meanwhile, is_broken=False):
        self._writer, self._meanwhile, self._is_broken = writer, meanwhile, is_broken

    async def do(self, *act):
        self._meanwhile()
        if self._is_broken:
            raise StorageError("the disk is full")
        await self._writer.do(*act)


@pytest.mark.parametrize("is_broken", [False, True])
async def test_what_comes_while_a_minute_is_written_is_kept(series, store, writer, is_broken):
    calls = CallMinutes()
    calls.note(said(line(**UP)), T0)
    worse = UP | {"loss_ratio": 0.08, "mos": 3.1}
    late = _Interrupted(writer, lambda: calls.note(said(line(**worse)), T0), is_broken)
    await calls.finish(late, store)
    await calls.finish(writer, store)
    (row,) = rows(series)
    assert (row.up_samples, row.up_loss_max, row.up_mos_min) == (2, 0.08, 3.1)


async def test_they_leave_after_a_year(series, store, writer):
    calls = CallMinutes()
    for after in (timedelta(0), timedelta(minutes=10)):
        calls.note(said(line(**UP)), T0 + after)
    await calls.finish(writer, store)
    now = T0 + retention.REST + timedelta(minutes=5)
    assert sum(store.run(step) for step in retention.steps([], now)) == 1
    assert [row.begins_at for row in rows(series)] == [T0 + timedelta(minutes=10)]
