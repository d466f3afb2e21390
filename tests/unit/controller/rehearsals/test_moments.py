"""A meeting's rehearsals are due once each, and those that it was booked too late for never."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from controller.rehearsals.moments import RehearsalMoment, ToRehearse, ahead, due, over_by

T0 = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)
ALL = frozenset(RehearsalMoment)
MEETING = ToRehearse(T0, T0 - timedelta(days=7))


def before(**spans: float) -> datetime:
    return T0 - timedelta(**spans)


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        (before(hours=24, seconds=1), None),
        (before(hours=24), RehearsalMoment.DAY),
        (before(hours=22, seconds=1), RehearsalMoment.DAY),
        (before(hours=22), None),
        (before(minutes=60, seconds=1), None),
        (before(minutes=60), RehearsalMoment.HOUR),
        (before(minutes=45, seconds=1), RehearsalMoment.HOUR),
        (before(minutes=45), None),
        (before(minutes=15), RehearsalMoment.QUARTER),
        (before(minutes=12), None),
        (T0, None),
    ],
)
def test_a_moment_is_due_from_its_time_on_for_a_while(
    now: datetime, moment: RehearsalMoment | None
):
    found = due(MEETING, [], ALL, now=now)
    assert (found and found[0]) == moment


def test_what_was_made_is_not_due_again_and_a_meeting_that_moved_has_other_moments():
    now = before(minutes=59)
    made = due(MEETING, [], ALL, now=now)
    assert made == (RehearsalMoment.HOUR, before(minutes=60))
    assert due(MEETING, [made], ALL, now=now) is None
    moved = replace(MEETING, begins_at=T0 + timedelta(minutes=1))
    assert due(moved, [made], ALL, now=now) == (RehearsalMoment.HOUR, before(minutes=59))


def test_a_meeting_booked_late_gets_those_that_are_ahead():
    booked_at = before(minutes=59)
    late = ToRehearse(T0, booked_at)
    assert due(late, [], ALL, now=booked_at) is None
    assert [one for one, _ in ahead(late, ALL)] == [RehearsalMoment.QUARTER]
    assert ahead(ToRehearse(T0, before(minutes=14)), ALL) == []


def test_the_settings_the_way_it_is_held_and_its_state_switch_them_off():
    now = before(minutes=60)
    assert due(MEETING, [], ALL - {RehearsalMoment.HOUR}, now=now) is None
    assert due(replace(MEETING, is_joined=False), [], ALL, now=now) is None
    assert due(replace(MEETING, is_waited_for=False), [], ALL, now=now) is None


def test_every_turn_is_over_before_points_join():
    assert over_by(MEETING) == before(minutes=5)
