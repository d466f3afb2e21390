"""When a child's stream counts as silent, and when as one without a picture."""

from agent.room.gstreamer.coming import FIRST_PACKET_LIMIT_S, SILENCE_LIMIT_S, Coming

T0 = 1000.0


def test_nothing_at_all_is_silence_after_the_first_limit() -> None:
    coming = Coming(now=T0)
    assert coming.look(now=T0 + FIRST_PACKET_LIMIT_S - 0.1) == ""
    assert coming.look(now=T0 + FIRST_PACKET_LIMIT_S) == "silent"


def test_sound_alone_goes_on_without_a_picture_and_ends_as_silence() -> None:
    coming = Coming(now=T0)
    later = T0 + FIRST_PACKET_LIMIT_S
    coming.took(is_wanted=False, now=later - 1)
    assert coming.look(now=later) == "no-picture"
    assert coming.look(now=later - 1 + SILENCE_LIMIT_S) == "silent"
    coming.took(is_wanted=False, now=later + 10)
    coming.took(is_wanted=True, now=later + 10)
    assert coming.look(now=later + 10) == ""


def test_a_picture_that_stops_is_silence_though_its_sound_goes_on() -> None:
    coming = Coming(now=T0)
    coming.took(is_wanted=True, now=T0)
    coming.took(is_wanted=False, now=T0 + SILENCE_LIMIT_S)
    assert coming.look(now=T0 + SILENCE_LIMIT_S) == "silent"
