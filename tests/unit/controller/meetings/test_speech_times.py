"""How long who has spoken, by what the log says of the floor."""

from datetime import UTC, datetime, timedelta

from controller.meetings.speech_times import GIVEN, TAKEN, FloorTurn, Spoken, spoken

T0 = datetime(2026, 11, 28, 8, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def turns(*told: tuple[str, str, float]) -> list[FloorTurn]:
    return [FloorTurn(kind, who, at(minutes)) for kind, who, minutes in told]


def test_speeches_are_summed_and_the_one_that_is_on_counts_until_now() -> None:
    found = spoken(
        turns((GIVEN, "a", 0), (TAKEN, "a", 3), (GIVEN, "b", 3), (TAKEN, "b", 5), (GIVEN, "a", 5))
    )
    assert found == {
        "a": Spoken(2, timedelta(minutes=3), at(5)),
        "b": Spoken(1, timedelta(minutes=2)),
    }
    assert found["a"].total(at(7)) == timedelta(minutes=5)
    assert found["b"].total(at(7)) == timedelta(minutes=2)


def test_two_who_hold_the_floor_at_once_are_counted_each() -> None:
    found = spoken(turns((GIVEN, "a", 0), (GIVEN, "b", 1), (TAKEN, "a", 4), (TAKEN, "b", 6)))
    assert found["a"].before == timedelta(minutes=4)
    assert found["b"].before == timedelta(minutes=5)


def test_the_end_of_the_meeting_ends_the_speech_that_was_on() -> None:
    assert spoken(turns((GIVEN, "a", 1)), ended_at=at(3)) == {"a": Spoken(1, timedelta(minutes=2))}


def test_lines_that_do_not_fit_each_other_add_nothing() -> None:
    assert spoken(turns((TAKEN, "a", 1))) == {}
    assert spoken(turns((GIVEN, "a", 1), (GIVEN, "a", 2)))["a"] == Spoken(1, timedelta(), at(1))
    assert spoken(turns((GIVEN, "a", 5)))["a"].total(at(3)) == timedelta()
