"""Attendance, interruptions and speeches of one meeting, by example and for whatever happens."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.meetings.after.rules import (
    CORRECTED,
    LATEST,
    SETTLES,
    Attended,
    Cuts,
    HeldSpeech,
    Leaving,
    PointOutage,
    Span,
    StayGap,
    attended,
    interruptions,
    is_due,
    items_held,
    outage_of,
    speeches,
)
from controller.meetings.agenda import AgendaItem
from controller.meetings.rollcall.rules import Movement
from controller.meetings.speech_times import GIVEN, TAKEN, FloorTurn, spoken

T0 = datetime(2026, 11, 28, 1, tzinfo=UTC)
END = T0 + timedelta(hours=2)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def moved(*steps: tuple[str, str, float]) -> list[Movement]:
    return [Movement(kind, direction, at(minutes)) for kind, direction, minutes in steps]


def test_who_is_cut_off_and_comes_back_has_two_spans_and_a_gap() -> None:
    steps = moved(
        ("joined", "play", -4),
        ("joined", "publish", -3),
        ("cut", "publish", 30),
        ("cut", "play", 31),
        ("back", "play", 33),
        ("left", "play", 119),
    )
    assert attended(steps, until=END) == Attended(
        (Span(at(-4), at(31)), Span(at(33), at(119))),
        (StayGap(at(31), at(33), Leaving.CUT),),
    )


def test_who_stays_is_in_until_the_end_and_who_never_came_is_not() -> None:
    assert attended(moved(("joined", "", 1)), until=END) == Attended((Span(at(1), END),))
    assert attended([], until=END) == Attended()
    assert attended(moved(("joined", "", 121)), until=END) == Attended()
    assert attended(moved(("left", "play", 1)), until=END) == Attended()


def test_who_does_not_come_back_from_a_cut_is_interrupted_until_the_end() -> None:
    seen = attended(moved(("joined", "", 0), ("cut", "", 50)), until=END)
    assert seen.gaps == (StayGap(at(50), END, Leaving.CUT, has_come_back=False),)
    assert (seen.came_at, seen.left_at) == (at(0), at(50))
    # Who leaves in order and stays away was not interrupted.
    assert attended(moved(("joined", "", 0), ("left", "", 50)), until=END).gaps == ()


def test_only_what_lies_in_the_hours_of_the_meeting_interrupts() -> None:
    cut = (
        StayGap(at(-3), at(-1), Leaving.CUT),
        StayGap(at(-1), at(2), Leaving.LEFT),
        StayGap(at(118), at(125), Leaving.CUT),
    )
    assert interruptions(Attended(gaps=cut), Span(T0, END)) == [
        StayGap(T0, at(2), Leaving.LEFT),
        StayGap(at(118), END, Leaving.CUT),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("joined", "back", "left", "cut")),
            st.sampled_from(("", "play", "publish")),
            st.integers(-10, 140),
        ),
        max_size=30,
    )
)
def test_spans_and_gaps_fill_the_time_and_never_overlap(steps: list[tuple[str, str, int]]) -> None:
    ordered = moved(*sorted(steps, key=lambda one: one[2]))
    seen = attended(ordered, until=END)
    for one, following in zip(seen.spans, seen.spans[1:], strict=False):
        assert one.began_at <= one.ended_at < following.began_at
    returned = [gap for gap in seen.gaps if gap.has_come_back]
    whole = sum((one.length for one in returned), seen.length)
    if seen.came_at is None or seen.left_at is None:
        assert whole == timedelta()
        return
    assert seen.left_at - seen.came_at == whole
    assert all(gap.length > timedelta() for gap in seen.gaps)
    assert seen.left_at <= END


def test_a_gap_is_of_the_outage_it_lies_in_most() -> None:
    gap = StayGap(at(10), at(20), Leaving.CUT)
    short = PointOutage(at(9), at(11), at(9))
    long = PointOutage(at(12), at(40), at(12))
    assert outage_of(gap, [short, long]) is long
    assert outage_of(gap, [short]) is short
    # The centre notices later than the relay that nobody is heard.
    after = PointOutage(at(20.5), at(30), at(20.5))
    assert outage_of(gap, [after]) is after
    assert outage_of(gap, [PointOutage(at(21), at(30), at(21))]) is None
    assert outage_of(gap, []) is None


def test_who_is_cut_off_within_some_seconds_is_cut_off_together() -> None:
    began = {"a": [at(1)], "b": [at(5), at(1) + timedelta(seconds=10)], "c": [at(2)], "d": []}
    assert Cuts(began).together(at(1)) == 2
    assert Cuts(began).together(at(5)) == 1


@given(
    st.dictionaries(st.sampled_from("abcd"), st.lists(st.integers(0, 60), max_size=6)),
    st.integers(0, 60),
)
def test_who_is_cut_off_together_is_whoever_is_near(cut: dict[str, list[int]], s: int) -> None:
    began = {who: [T0 + timedelta(seconds=one) for one in own] for who, own in cut.items()}
    near = {who for who, own in cut.items() if any(abs(one - s) <= 10 for one in own)}
    assert Cuts(began).together(T0 + timedelta(seconds=s)) == len(near)


def test_thousands_of_cuts_are_each_looked_up_among_those_near_them() -> None:
    class Counted(datetime):
        compared = 0

        def __lt__(self, other: datetime) -> bool:  # type: ignore[override]
            Counted.compared += 1
            return super().__lt__(other)

    count = 4000
    apart = timedelta(minutes=1)
    instants = [Counted(2026, 11, 28, 1, tzinfo=UTC) + i * apart for i in range(count)]
    cuts = Cuts({f"p-{i % 170}": instants[i::170] for i in range(170)})
    Counted.compared = 0
    assert all(cuts.together(one) == 1 for one in instants)
    assert Counted.compared < count * 40


def test_speeches_end_with_the_withdrawal_or_with_the_meeting() -> None:
    turns = [
        FloorTurn(GIVEN, "a", at(1)),
        FloorTurn(GIVEN, "a", at(2)),
        FloorTurn(TAKEN, "a", at(4)),
        FloorTurn(TAKEN, "b", at(5)),
        FloorTurn(GIVEN, "b", at(6)),
    ]
    assert speeches(turns, ended_at=END) == [
        HeldSpeech("a", at(1), at(4)),
        HeldSpeech("b", at(6), END),
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from((GIVEN, TAKEN)), st.sampled_from("abc"), st.integers(0, 110)),
        max_size=30,
    )
)
def test_speeches_add_up_to_what_the_console_counted(steps: list[tuple[str, str, int]]) -> None:
    ordered = sorted(steps, key=lambda one: one[2])
    turns = [FloorTurn(kind, who, at(minutes)) for kind, who, minutes in ordered]
    found, counted = speeches(turns, ended_at=END), spoken(turns, ended_at=END)
    for who, one in counted.items():
        own = [speech for speech in found if speech.who == who]
        assert len(own) == one.count
        assert sum((speech.length for speech in own), timedelta()) == one.before


@pytest.mark.parametrize(
    ("made", "kept", "newest", "now", "due"),
    [
        (None, 0, 0, END + SETTLES - timedelta(seconds=1), False),
        (None, 0, 0, END + SETTLES, True),
        (None, 0, 0, END + timedelta(days=700), True),
        (END + SETTLES, 5, 5, END + timedelta(seconds=59), False),
        (END + SETTLES, 5, 6, END + timedelta(seconds=20), True),
        (END + SETTLES, 5, 5, END + timedelta(minutes=1), True),
        (END + timedelta(minutes=1), 5, 5, END + timedelta(minutes=4), False),
        (END + timedelta(minutes=1), 5, 5, END + timedelta(hours=9), True),
        (END + timedelta(days=3), 5, 5, END + timedelta(days=3, hours=2), False),
        (END + timedelta(days=3), 5, 9, END + LATEST + timedelta(seconds=1), False),
        (END + timedelta(days=3), CORRECTED, 9, END + LATEST + timedelta(days=40), True),
    ],
)
def test_it_is_made_soon_and_anew_while_late_reports_come(
    made: datetime | None, kept: int, newest: int, now: datetime, *, due: bool
) -> None:
    assert is_due(END, made, kept_event=kept, newest_event=newest, now=now) is due


def item(began: float | None = None) -> AgendaItem:
    return AgendaItem("Mục", 10, began_at=None if began is None else at(began))


def test_items_are_held_from_one_to_the_next_that_somebody_came_to() -> None:
    held = Span(at(2), END)
    assert items_held([], held) == []
    assert items_held([item(), item()], held) == [None, None]  # nobody went on
    assert items_held([item(), item(), item(40)], held) == [
        Span(at(2), at(40)),
        None,  # passed over
        Span(at(40), END),
    ]
    # The secretary went back: those after it have not begun.
    assert items_held([item(50), item()], held) == [Span(at(50), END), None]
    # A clock that was set back makes none shorter than nothing.
    assert items_held([item(), item(1), item(500)], held) == [
        Span(at(2), at(2)),
        Span(at(2), END),
        Span(END, END),
    ]
