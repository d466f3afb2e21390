"""What a session knows of its line, and how it is counted for all of them."""

from types import SimpleNamespace

import pytest

from contracts.played import Played, SlotPlayed
from media.relay.quality_metrics import QualityCollector
from media.sfu.quality import PLAYED_OLD_AFTER_S, Quality, StreamFigures, figures_of
from media.sfu.sizes import Size
from media.wire.rtcp import ReportBlock

GOOD = StreamFigures("audio", loss_ratio=0.0, jitter_ms=2.0, bitrate_bps=24_000)
LOSSY = StreamFigures("audio", loss_ratio=0.25, jitter_ms=30.0, bitrate_bps=20_000)
PICTURE = StreamFigures("video", 0.1, 12.5, 900_000, Size.HIGH)


def quality(**streams: StreamFigures) -> Quality:
    made = Quality(rtt_ms=20.0)
    made.measured({name.replace("_", "-"): one for name, one in streams.items()})
    return made


def session(direction: str, found: Quality, *, is_connected: bool = True) -> SimpleNamespace:
    return SimpleNamespace(
        info=SimpleNamespace(direction=direction), quality=found, is_connected=is_connected
    )


def test_a_report_becomes_figures_in_its_own_clock() -> None:
    block = ReportBlock(1, 64, 10, 1000, jitter=960)
    found = figures_of("audio", block, clock_rate=48_000, bitrate_bps=24_000.4)
    assert found == StreamFigures("audio", 0.25, 20.0, 24_000)
    assert figures_of("audio", None, clock_rate=48_000, bitrate_bps=None) == StreamFigures("audio")


def test_a_line_is_as_good_as_its_worst_sound_whatever_its_pictures_lose() -> None:
    assert quality(sound_0=GOOD, stage=PICTURE).mos == pytest.approx(4.41)
    worst = quality(sound_0=GOOD, sound_1=LOSSY)
    assert worst.mos is not None
    assert worst.mos < 3.0
    assert (worst.jitter_ms, worst.bitrate_bps) == (30.0, 44_000)
    assert quality(stage=PICTURE).mos is None
    empty = quality()
    assert (empty.mos, empty.jitter_ms, empty.bitrate_bps) == (None, None, None)


def test_a_second_alone_is_no_verdict_and_some_seconds_are() -> None:
    line = quality(sound_0=GOOD)
    line.measured({"sound-0": LOSSY})
    assert line.steady_loss_ratio == pytest.approx(0.0625)
    for _ in range(12):
        line.measured({"sound-0": LOSSY})
    assert line.steady_loss_ratio == pytest.approx(0.25, abs=0.01)
    assert Quality(loss_ratio=0.01).steady_loss_ratio == 0.01


def test_what_a_page_tells_is_the_worst_of_its_people_and_of_its_sounds() -> None:
    line = Quality()
    line.played(
        Played(
            slots=(
                SlotPlayed(slot="stage", frozen_ratio=0.1),
                SlotPlayed(slot="speaker", frozen_ratio=0.2),
                SlotPlayed(slot="content", frozen_ratio=0.9),
                SlotPlayed(slot="sound-0", concealed_ratio=0.01),
                SlotPlayed(slot="sound-1", concealed_ratio=0.03),
            )
        ),
        now=5.0,
    )
    assert (line.frozen_ratio, line.concealed_ratio) == (0.2, 0.03)
    line.played(Played(), now=6.0)
    assert (line.frozen_ratio, line.concealed_ratio) == (None, None)


def test_what_a_page_told_long_ago_is_not_known_any_more() -> None:
    line = Quality()
    told = (SlotPlayed(slot="stage", frozen_ratio=0.4, concealed_ratio=0.1),)
    line.played(Played(slots=told), now=5.0)
    line.forget_played(now=5.0 + PLAYED_OLD_AFTER_S)
    assert (line.frozen_ratio, line.concealed_ratio) == (0.4, 0.1)
    line.forget_played(now=5.1 + PLAYED_OLD_AFTER_S)
    assert (line.frozen_ratio, line.concealed_ratio) == (None, None)
    line.frozen_ratio = 0.2  # of one who publishes: no page told it
    line.forget_played(now=99.0)
    assert line.frozen_ratio == 0.2


def test_figures_of_all_lines_have_as_many_series_for_two_points_as_for_many() -> None:
    def figures(viewers: int) -> dict[tuple[str, ...], float]:
        tiles = {f"tile_{number}": PICTURE for number in range(9)}
        sessions = [
            session("play", quality(sound_0=GOOD, sound_1=LOSSY, stage=PICTURE, **tiles))
            for _ in range(viewers)
        ]
        for one in sessions:
            told = (
                SlotPlayed(slot="stage", frozen_ratio=0.3),
                SlotPlayed(slot="x", frozen_ratio=1.0),
            )
            one.quality.played(Played(slots=told), now=0.0)
            one.quality.keyframes.update({"tile-0": 2, "tile-1": 3})
            one.quality.empty_ms["stage"] = 2_400
        sessions.append(session("publish", Quality(frozen_ratio=0.2, stalled_ratio=0.0)))
        sessions.append(session("play", quality(sound_0=LOSSY), is_connected=False))
        collector = QualityCollector(SimpleNamespace(sessions=sessions))  # type: ignore[arg-type]
        return {
            (sample.name.removeprefix("diemcau_relay_"), *sample.labels.values()): sample.value
            for metric in collector.collect()
            for sample in metric.samples
        }

    few, many = figures(2), figures(170)
    assert few.keys() == many.keys()
    assert many["lines", "play", "poor"] == 170
    assert many["lines", "publish", "unknown"] == 1
    assert many["voice_mos_lowest", "play"] < 3.0
    assert many["stream_loss_ratio_worst", "play", "sound"] == 0.25
    assert many["pictures_shown", "tile", "high"] == 9 * 170
    assert many["picture_frozen_ratio_worst",] == 0.2
    assert many["stream_frozen_ratio_worst", "stage"] == 0.3
    assert many["rtt_ms_worst", "play"] == 20.0
    assert many["stream_bitrate_bps_lowest", "play", "sound"] == 20_000
    assert many["stream_keyframes", "play", "tile"] == 5 * 170
    assert many["stream_empty_ms_most", "stage"] == 2_400
