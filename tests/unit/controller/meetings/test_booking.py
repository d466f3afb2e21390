"""Clashes: half-open times, shared rooms, never with oneself."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import MeetingId, PointId
from controller.meetings.booking import Booking, Clash, clashes

T0 = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def booking(name: str, begins_min: int, ends_min: int, *points: str) -> Booking:
    """Return a hold from and to minutes after T0."""
    return Booking(
        MeetingId(name),
        f"Họp {name}",
        T0 + timedelta(minutes=begins_min),
        T0 + timedelta(minutes=ends_min),
        frozenset(PointId(point) for point in points),
    )


def test_shared_room_at_shared_time_is_said_with_the_rooms() -> None:
    wanted = booking("a", 0, 60, "p1", "p2", "p3")
    other = booking("b", 59, 90, "p3", "p2", "p9")
    assert clashes(wanted, [other]) == [
        Clash(
            MeetingId("b"), "Họp b", other.begins_at, other.ends_at, (PointId("p2"), PointId("p3"))
        )
    ]


def test_one_after_the_other_is_no_clash() -> None:
    wanted = booking("a", 60, 120, "p1")
    assert clashes(wanted, [booking("b", 0, 60, "p1"), booking("c", 120, 180, "p1")]) == []


def test_other_rooms_or_the_meeting_itself_are_no_clash() -> None:
    wanted = booking("a", 0, 60, "p1")
    assert clashes(wanted, [booking("a", 0, 60, "p1"), booking("b", 0, 60, "p2")]) == []


spans = st.tuples(st.integers(0, 50), st.integers(1, 50))


@given(spans, spans, st.sets(st.sampled_from("xyz")), st.sets(st.sampled_from("xyz")))
def test_a_clash_is_mutual_and_has_a_minute_in_common(
    one: tuple[int, int], two: tuple[int, int], rooms_one: set[str], rooms_two: set[str]
) -> None:
    a = booking("a", one[0], one[0] + one[1], *rooms_one)
    b = booking("b", two[0], two[0] + two[1], *rooms_two)
    minutes_a, minutes_b = (set(range(s, s + n)) for s, n in (one, two))
    expected = bool(minutes_a & minutes_b) and bool(rooms_one & rooms_two)
    assert bool(clashes(a, [b])) == expected == bool(clashes(b, [a]))
