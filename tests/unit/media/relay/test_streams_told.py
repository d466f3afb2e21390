"""What a relay tells of each stream of a session: few, whatever is played."""

from contracts.played import Played, SlotPlayed
from contracts.relay import StreamLine
from media.relay.streams_told import streams_told
from media.sfu.quality import Quality, StreamFigures
from media.sfu.sizes import Size

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


def test_what_a_page_told_long_ago_is_told_no_more() -> None:
    quality = Quality()
    quality.measured({"stage": TILE})
    quality.played(Played(slots=(SlotPlayed(slot="stage", decoded=9),)), now=1.0)
    quality.forget_played(now=100.0)
    assert [one.decoded for one in streams_told(quality)] == [None]


def test_a_session_of_which_nothing_is_known_has_none() -> None:
    assert streams_told(Quality()) == ()
