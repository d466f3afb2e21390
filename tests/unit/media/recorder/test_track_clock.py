"""Times of frames: sound and picture together, gaps kept, nothing ever going back."""

from hypothesis import given
from hypothesis import strategies as st

from media.recorder.track_clock import RelayClock, TrackClock

NTP_1970 = 2_208_988_800


def ntp(wall_ms: float) -> int:
    return int((wall_ms / 1000 + NTP_1970) * 2**32)


def test_sound_and_picture_of_one_moment_are_one_time_whatever_came_late() -> None:
    relay = RelayClock()
    video, sound = TrackClock("video", relay), TrackClock("audio", relay)
    video.at_ms(5_000, arrived_ms=180)  # 180 ms on the way
    sound.at_ms(7_000, arrived_ms=20)
    video.reported(5_000, ntp(1_000_000), arrived_ms=200)
    sound.reported(7_000, ntp(1_000_000), arrived_ms=30)
    video.reported(5_000 + 90_000, ntp(1_001_000), arrived_ms=1_030)
    moment_ms = 2_000
    seen = video.at_ms(5_000 + 90 * moment_ms, arrived_ms=2_300)
    heard = sound.at_ms(7_000 + 48 * moment_ms, arrived_ms=2_050)
    assert (seen, heard) == (2_030, 2_030)


def test_a_gap_is_as_long_as_it_was() -> None:
    clock = TrackClock("video", RelayClock())
    assert clock.at_ms(0, arrived_ms=10) == 10
    # The slot was empty for 20 s; its stream goes on as if only a frame had passed.
    assert clock.at_ms(3_600, arrived_ms=20_010) == 20_010


def test_a_new_stream_goes_on_at_its_own_time() -> None:
    clock = TrackClock("audio", RelayClock())
    clock.at_ms(48_000, arrived_ms=1_000)
    clock.renew()
    assert clock.at_ms(4_000_000_000, arrived_ms=9_000) == 9_000
    assert clock.at_ms(4_000_000_960, arrived_ms=9_090) == 9_020


@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.tuples(st.integers(-3_000, 90_000), st.floats(0, 3_000)), max_size=60),
)
def test_times_only_rise_and_stay_near_what_arrived(
    first: int, steps: list[tuple[int, float]]
) -> None:
    clock, timestamp, arrived_ms, last_ms = TrackClock("video", RelayClock()), first, 0.0, -1
    for step, pause_ms in steps:
        timestamp, arrived_ms = (timestamp + step) % 2**32, arrived_ms + pause_ms
        at_ms = clock.at_ms(timestamp, arrived_ms=arrived_ms)
        assert at_ms > last_ms
        assert at_ms <= arrived_ms + 1_000 + len(steps)
        last_ms = at_ms
