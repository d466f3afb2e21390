"""Who stands outside a locked meeting: listed while they ask, as many as a message holds."""

from datetime import UTC, datetime, timedelta

from contracts.relay import MAX_OUTSIDE, Outside
from media.relay.outside import GONE_AFTER, Door
from media.sfu.slots import Viewer
from tests.fakes.relay import B, C

T0 = datetime(2026, 11, 24, 1, tzinfo=UTC)


def test_who_asks_again_is_listed_once_since_the_first_time_and_goes_when_silent() -> None:
    door = Door()
    assert door.knocked(Viewer(B), T0)
    later = T0 + timedelta(seconds=5)
    assert door.knocked(Viewer(C), later)
    assert not door.knocked(Viewer(B), later)
    assert door.outside(later) == (Outside(subject=B, since=T0), Outside(subject=C, since=later))
    door.gone(Viewer(B))
    assert [one.subject for one in door.outside(later + GONE_AFTER)] == [C]
    assert door.outside(later + GONE_AFTER + timedelta(seconds=1)) == ()


def test_a_clock_that_is_set_back_leaves_nobody_there_for_ever() -> None:
    door = Door()
    door.knocked(Viewer(B), T0)
    assert door.outside(T0 - timedelta(hours=1)) == ()


def test_more_than_a_message_tells_are_not_remembered_and_opening_clears_all() -> None:
    door = Door()
    for number in range(MAX_OUTSIDE + 5):
        door.knocked(Viewer(f"p-{number}"), T0)
    assert len(door.outside(T0)) == MAX_OUTSIDE
    door.open()
    assert door.outside(T0) == ()
