"""What a relay tells of each stream of a session: few, whatever is played."""

from datetime import UTC, datetime

import pytest

from contracts import codec
from contracts.errors import MalformedPayload
from contracts.floor import FloorState
from contracts.ids import MeetingId
from contracts.played import MAX_SLOTS, Played, SlotPlayed
from contracts.relay import Attendee, MeetingState, RelayState, StreamLine
from media.relay.streams_told import fitting, streams_told
from media.sfu.quality import Quality, StreamFigures
from media.sfu.sizes import Size

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
SOUND = StreamFigures("audio", loss_ratio=0.0, jitter_ms=2.0, bitrate_bps=24_000)
TILE = StreamFigures("video", 0.02, 5.0, 90_000, Size.LOW)


def test_sounds_are_one_and_tiles_are_one_by_their_worst() -> None:
    quality = Quality(rtt_ms=20.0)
    quality.measured(
        {
            "stage": StreamFigures("video", 0.123456, 12.5, 900_000, Size.HIGH),
            "sound-0": SOUND,
            "sound-1": StreamFigures("audio", 0.25, 30.0, 20_000),
            **{f"tile-{number}": TILE for number in range(25)},
        }
    )
    slots = (
        SlotPlayed(slot="stage", decoded=250, frozen_ratio=0.1, height_px=720),
        SlotPlayed(slot="sound-1", concealed_ratio=0.2),
        SlotPlayed(slot="elsewhere", frozen_ratio=1.0),
    )
    quality.played(Played(slots=slots), now=1.0)
    sound, stage, tile = streams_told(quality)
    assert stage == StreamLine(
        stream="stage", loss_ratio=0.1235, jitter_ms=12.5, bitrate_bps=900_000, size="high",
        decoded=250, frozen_ratio=0.1, height_px=720,
    )  # fmt: skip
    assert (sound.stream, sound.loss_ratio, sound.bitrate_bps) == ("sound", 0.25, 44_000)
    assert sound.mos is not None and sound.mos < 3.0 and sound.concealed_ratio == 0.2
    assert (tile.stream, tile.size, tile.bitrate_bps) == ("tile", "low", 25 * 90_000)


def test_a_slot_without_a_picture_is_told_of_and_keyframes_are_counted() -> None:
    quality = Quality()
    quality.empty_ms.update({"tile-1": 1000, "tile-2": 500})
    quality.keyframes["stage"] = 4
    assert streams_told(quality) == (
        StreamLine(stream="stage", keyframes=4),
        StreamLine(stream="tile", empty_ms=1500),
    )


def test_the_most_that_a_page_may_tell_is_still_read_at_the_centre() -> None:
    quality = Quality()
    quality.measured({f"tile-{number}": TILE for number in range(MAX_SLOTS)})
    most = b",".join(
        b'{"slot":"tile-%d","decoded":100000,"height_px":16384}' % number
        for number in range(MAX_SLOTS)
    )
    quality.played(codec.decode(Played, b'{"slots":[%s]}' % most), now=1.0)
    attendee = Attendee(
        subject="guest",
        direction="play",
        joined_at=NOW,
        is_connected=True,
        streams=streams_told(quality),
    )
    meeting = MeetingState(
        meeting_id=MeetingId("m"),
        is_forwarding=True,
        floor=FloorState(epoch=0),
        attendees=(attendee,),
    )
    state = RelayState(reported_at=NOW, meetings=(meeting,))
    assert codec.decode(RelayState, codec.encode(state)) == state
    assert attendee.streams[0].decoded == MAX_SLOTS * 100_000


def test_more_pictures_than_anybody_sees_are_refused_at_the_door() -> None:
    with pytest.raises(MalformedPayload):
        codec.decode(Played, b'{"slots":[{"slot":"sound-0","decoded":9223372036854775807}]}')


def test_what_a_page_told_long_ago_is_told_no_more() -> None:
    quality = Quality()
    quality.measured({"stage": TILE})
    quality.played(Played(slots=(SlotPlayed(slot="stage", decoded=9),)), now=1.0)
    quality.forget_played(now=100.0)
    assert [one.decoded for one in streams_told(quality)] == [None]


def test_a_session_of_which_nothing_is_known_has_none() -> None:
    assert streams_told(Quality()) == ()


def test_a_state_too_large_to_be_read_goes_without_its_streams() -> None:
    streams = tuple(
        StreamLine(stream=f"s{n}", bitrate_bps=900_000, jitter_ms=2.5) for n in range(8)
    )
    now = NOW
    who = Attendee("ubnd-tinh", "play", now, is_connected=True, streams=streams)
    floor = FloorState(epoch=1)
    few, many = (
        RelayState(
            reported_at=now,
            meetings=(
                MeetingState(MeetingId("m1"), True, floor, attendees=(who,) * 1000),
            ) * count,
        )
        for count in (1, 2)
    )  # fmt: skip
    assert fitting(few) is few
    told = codec.decode(RelayState, codec.encode(fitting(many)))
    assert [len(one.attendees) for one in told.meetings] == [1000, 1000]
    assert {who.streams for one in told.meetings for who in one.attendees} == {()}
