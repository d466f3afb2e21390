"""Pictures and gaps of one slot, whatever they show."""

import pytest

from media.client.flow import Flow, FlowCounts, Gap, SoundFlow, percentile


def test_counts_pictures_and_the_longest_gap():
    flow = Flow()
    for at_ms in (5, 45, 165):
        flow.picture(at_ms)
    assert flow.take_interval(165) == FlowCounts(3, 120)
    assert flow.take_interval(165) == FlowCounts()


def test_a_cut_shows_as_a_gap_while_it_lasts():
    flow = Flow()
    flow.picture(1000)
    assert flow.take_interval(3500).gap_max_ms == 2500
    flow.picture(5000)
    assert flow.take_interval(5000).gap_max_ms == 4000


def test_a_gap_over_several_intervals_is_frozen_once():
    flow = Flow()
    flow.picture(1000)
    frozen_ms = [flow.take_interval(at_ms).frozen_ms for at_ms in (1000, 3500, 4500)]
    flow.picture(5000)
    frozen_ms.append(flow.take_interval(5000).frozen_ms)
    assert frozen_ms == [0, 2500, 1000, 500]


def test_an_emptied_slot_has_no_gap():
    flow = Flow()
    flow.picture(1000)
    assert flow.filled_ms(1500) == 500
    flow.emptied()
    assert flow.silent_ms(2000) is None and flow.filled_ms(2000) == 0
    flow.picture(9000)
    assert flow.total == FlowCounts(2, None)


def test_fps_is_over_the_last_five_seconds():
    flow = Flow()
    for index in range(250):
        flow.picture(index * 40)
    assert flow.fps(250 * 40) == pytest.approx(25, abs=0.3)
    assert flow.fps(250 * 40 + 5000) == 0


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, None), ([7], 0.95, 7), ([1, 2, 3, 4], 0.5, 2), (list(range(1, 101)), 0.95, 95)],
)
def test_percentile(values, share, expected):
    assert percentile(values, share) == expected


def test_keeps_the_gaps_that_are_seen():
    flow = Flow()
    for at_ms in (0, 40, 240, 641):
        flow.picture(at_ms)
    assert list(flow.gaps) == [Gap(641, 401)]


@pytest.mark.parametrize(
    ("now_ms", "timestamp", "lost_before", "missed"),
    [
        (20, 960, 0, []),
        (400, 400 * 48, 0, []),  # the sender paused
        (100, 960, 0, [Gap(100, 80)]),  # late
        (100, 100 * 48, 4, [Gap(100, 80)]),  # lost
        (60, 2**32 + 60 * 48, 0, []),
    ],
)
def test_sound_is_missed_when_lost_or_late_and_not_in_a_pause(
    now_ms, timestamp, lost_before, missed
):
    flow = SoundFlow()
    flow.frame(0, 0, lost_before=0)
    flow.frame(now_ms, timestamp % 2**32, lost_before=lost_before)
    assert list(flow.gaps) == missed


def test_a_new_session_does_not_hide_how_long_nothing_was_heard():
    flow = SoundFlow()
    flow.frame(0, 0, lost_before=0)
    flow.renew()
    flow.frame(1_020, 77, lost_before=0)
    assert list(flow.gaps) == [Gap(1_020, 1_000)]


def test_what_is_late_again_has_been_allowed_for():
    flow = SoundFlow()
    flow.frame(0, 0, lost_before=0)
    for index in range(1, 20):
        late_ms = 100 if index % 2 else 0
        flow.frame(index * 20 + late_ms, index * 960, lost_before=0)
    assert list(flow.gaps) == [Gap(120, 100)]
    assert 90 < flow.playout_ms <= 100


def test_a_listener_waits_no_longer_for_a_microphone_that_stood_still_once():
    flow = SoundFlow()
    for index in range(60 * 50):
        stood_still_ms = 800 if index >= 100 else 0
        flow.frame(index * 20 + stood_still_ms, index * 960, lost_before=0)
    assert list(flow.gaps) == [Gap(2_800, 800)]
    assert flow.playout_ms < 20


def test_a_clock_that_runs_slow_makes_nothing_late():
    flow = SoundFlow()
    for index in range(60 * 50):
        flow.frame(index * 20.02, index * 960, lost_before=0)
    assert not flow.gaps
    assert flow.playout_ms < 15
