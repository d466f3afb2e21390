"""For how much of a meeting a room heard what was to be heard."""

from hypothesis import given
from hypothesis import strategies as st

from agent.room.heard_meter import CUT_AFTER_MS, MAX_LOSSES, HeardMeter
from contracts.sound_span import MAX_HEARD

T0 = 1_780_000_020_000  # a whole minute


def come(meter: HeardMeter, since_s: float, until_s: float) -> None:
    """Let something come every second."""
    for second in range(int(since_s), int(until_s) + 1):
        meter.came(T0 + 1000 * second)


def told(meter: HeardMeter, at_s: float, *, is_last: bool = False) -> list[tuple[float, float]]:
    """Return of each span how long it is and how much of it was lost, in seconds."""
    spans = meter.take(T0 + 1000 * at_s, is_last=is_last)
    return [(one.over_ms / 1000, (one.over_ms - one.heard_ms) / 1000) for one in spans]


def test_silence_is_heard_while_the_way_to_the_relay_lives():
    meter = HeardMeter(T0)
    come(meter, 0, 10)
    assert told(meter, 10) == [(9.0, 0.0)]
    come(meter, 11, 20)
    assert told(meter, 20, is_last=True) == [(11.0, 0.0)]


def test_a_span_lies_in_one_minute():
    meter = HeardMeter(T0 + 55_000)
    come(meter, 55, 66)
    first, second = meter.take(T0 + 66_000)
    assert (first.over_ms, first.ago_ms) == (5_000, 11_000)
    assert (second.over_ms, second.ago_ms) == (5_000, 6_000)


def test_a_cut_is_lost_from_the_last_that_came_also_where_it_was_not_known_yet():
    meter = HeardMeter(T0)
    come(meter, 0, 8)
    assert told(meter, 10) == [(8.0, 0.0)], "two seconds without anything may be nothing"
    assert told(meter, 20) == [(12.0, 12.0)]
    come(meter, 25, 30)
    assert told(meter, 30, is_last=True) == [(10.0, 5.0)]


def test_a_short_pause_is_no_cut():
    meter = HeardMeter(T0)
    meter.came(T0)
    meter.came(T0 + CUT_AFTER_MS)
    assert told(meter, 4, is_last=True) == [(4.0, 0.0)]


def test_made_up_sound_is_lost_once_however_many_were_made_up():
    meter = HeardMeter(T0)
    come(meter, 0, 10)
    meter.missed(T0 + 5_000, 400)
    meter.missed(T0 + 5_200, 400)
    meter.missed(T0 + 5_200, 0)
    assert told(meter, 10, is_last=True) == [(10.0, 0.6)]


def test_what_was_told_is_not_told_again():
    meter = HeardMeter(T0)
    come(meter, 0, 10)
    assert told(meter, 10, is_last=True) == [(10.0, 0.0)]
    meter.missed(T0 + 11_000, 8_000)
    meter.came(T0 + 11_000)
    assert told(meter, 11, is_last=True) == [(1.0, 1.0)]
    assert told(meter, 11, is_last=True) == []


def test_a_clock_that_stood_still_tells_what_fits_into_a_report():
    meter = HeardMeter(T0)
    assert len(meter.take(T0 + 3_600_000)) == MAX_HEARD


def test_whatever_is_lost_takes_bounded_memory():
    meter = HeardMeter(T0)
    for number in range(3 * MAX_LOSSES):
        meter.came(T0 + 20 * number)
        meter.missed(T0 + 20 * number, 10)
    assert len(meter._lost) <= MAX_LOSSES


events = st.lists(st.tuples(st.floats(0, 4000), st.floats(0, 9000), st.booleans()), max_size=60)


@given(events)
def test_spans_are_all_of_the_time_and_never_more_is_lost(some):
    meter, now, spans = HeardMeter(T0), float(T0), []
    for pause_ms, missed_ms, is_report in some:
        now += pause_ms
        meter.came(now)
        meter.missed(now, missed_ms)
        if is_report:
            spans += meter.take(now)
    spans += meter.take(now, is_last=True)
    assert sum(one.over_ms for one in spans) == int(now) - T0
    assert all(0 <= one.heard_ms <= one.over_ms <= 60_000 for one in spans)
