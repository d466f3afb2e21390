"""From when on endings are looked for: none is missed, whatever the clock does."""

from datetime import UTC, datetime, timedelta

from controller.enrolment.endings import look_from

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_what_ended_since_the_last_look_is_found_also_after_the_clock_was_set_back() -> None:
    before = NOW - timedelta(hours=1)
    assert look_from(before, NOW) == before
    set_back = NOW - timedelta(hours=7)
    assert look_from(NOW, set_back) == set_back - timedelta(seconds=5)
    assert look_from(NOW, NOW) < NOW
