"""Minutes as they are kept."""

from hypothesis import given
from hypothesis import strategies as st

from controller.heard.packing import packed, unpacked
from monitoring.judgement.uninterrupted import JudgedMinute, MinuteState

seconds = st.none() | st.integers(0, 60).map(lambda s: s * 1000)
minutes = st.lists(st.builds(JudgedMinute, st.sampled_from(MinuteState), seconds))


@given(minutes)
def test_minutes_come_back_to_the_second(some):
    assert unpacked(packed(some)) == tuple(some)


def test_what_is_less_than_a_second_is_not_rounded_up():
    assert (
        packed([JudgedMinute(MinuteState.BAD, 57_999), JudgedMinute(MinuteState.UNKNOWN, None)])
        == "BiU-"
    )
