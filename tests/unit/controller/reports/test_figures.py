"""Figures add up to their whole however they are parted, and a share is never flattered."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.meetings.held import HeldMeeting
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.rollcall.rules import RollState
from controller.places.owner import Owner
from controller.reports import names
from controller.reports.figures import CountedMeetings, MeetingSums, figures_of, is_reached
from controller.reports.turns import PointTurn, TurnHeard, TurnSums, sums_of
from controller.web.i18n.catalogue import chosen

T0 = datetime(2026, 7, 1, 1, tzinfo=UTC)
MONTHS = [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)]
POINTS = ["p1", "p2", "p3", "p4"]
PARTS = {"p1": "a", "p2": "a", "p3": "b", "p4": ""}


def meeting(number: int, held_as: HeldAs = HeldAs.ONLINE, **changed: object) -> HeldMeeting:
    fields: dict[str, object] = {
        "meeting_id": f"m{number}", "title": "Giao ban", "document_number": "",
        "begins_at": T0, "held": timedelta(hours=1), "kind": MeetingKind.BRIEFING, "level": 3,
        "owner": Owner.PARTY, "held_as": held_as, "host_unit_id": None, "chair_point_id": "p1",
    }  # fmt: skip
    return HeldMeeting(**fields | changed)  # type: ignore[arg-type]


@st.composite
def some(draw: st.DrawFn) -> CountedMeetings:
    """Draw meetings with turns."""
    meetings, turns = [], {}
    for number in range(draw(st.integers(0, 8))):
        one = meeting(
            number,
            draw(st.sampled_from(HeldAs)),
            begins_at=T0 + timedelta(days=draw(st.integers(0, 91))),
            held=timedelta(minutes=draw(st.integers(0, 300))),
            kind=draw(st.sampled_from(MeetingKind)),
            level=draw(st.sampled_from([None, 2, 3, 4])),
            owner=draw(st.sampled_from(Owner)),
        )
        meetings.append(one)
        is_rolled = draw(st.booleans())
        turns[one.meeting_id] = [
            PointTurn(
                one.meeting_id,
                point,
                draw(st.sampled_from(RollState)) if is_rolled else None,
                draw(
                    st.sampled_from(
                        [h for h in TurnHeard if (h is TurnHeard.IN_PERSON) != one.is_online]
                    )
                ),
                cause=draw(st.sampled_from(["", "line", "power"])),
            )
            for point in draw(st.lists(st.sampled_from(POINTS), unique=True))
        ]
    return CountedMeetings(meetings, turns, PARTS)


@given(some())
def test_every_list_adds_up_to_the_whole(counted: CountedMeetings) -> None:
    found = figures_of(counted, MONTHS)
    whole = found.whole
    assert whole.count == len(counted.meetings)
    for parts in (found.months, found.kinds, found.levels, found.owners):
        assert sum((sums for _, sums in parts), MeetingSums()) == whole
    assert sum((sums for _, sums in found.units), TurnSums()) == whole.turns
    assert sum((line.sums for line in found.points), TurnSums()) == whole.turns
    assert sum(count for _, count in found.causes) == whole.turns.interrupted
    assert whole.point_time == sum(
        (one.held * len(counted.turns[one.meeting_id]) for one in counted.meetings), timedelta()
    )


@given(some())
def test_a_turn_counts_once_by_the_roll_and_once_by_what_was_heard(
    counted: CountedMeetings,
) -> None:
    turns = [one for found in counted.turns.values() for one in found]
    sums = sums_of(turns)
    heard = sums.judged + sums.excluded + sums.unknown + sums.in_person
    assert len(turns) == sums.count == heard


@given(some())
def test_the_order_of_meetings_changes_nothing(counted: CountedMeetings) -> None:
    turned = CountedMeetings(counted.meetings[::-1], counted.turns, counted.part_of_point)
    one, other = figures_of(counted, MONTHS), figures_of(turned, MONTHS)
    assert (one.whole, one.months, dict(one.causes)) == (
        other.whole, other.months, dict(other.causes),
    )  # fmt: skip
    assert [line.point_id for line in one.points] == [line.point_id for line in other.points]


def test_meetings_in_person_are_in_the_denominator() -> None:
    meetings = [meeting(1), meeting(2), meeting(3), meeting(4, HeldAs.IN_PERSON)]
    assert figures_of(CountedMeetings(meetings, {}), MONTHS).whole.online_share == Fraction(3, 4)


def test_excluded_and_unknown_turns_are_in_no_share() -> None:
    sums = TurnSums(unrolled=10, uninterrupted=3, interrupted=1, excluded=2, unknown=4)
    assert sums.uninterrupted_share == Fraction(3, 4)
    assert TurnSums(unrolled=1, unknown=1).uninterrupted_share is None


def test_the_worst_point_is_first() -> None:
    cut = [PointTurn("m1", "p2", None, TurnHeard.INTERRUPTED, cause="line")]
    fine = [PointTurn("m1", "p1", None, TurnHeard.UNINTERRUPTED)]
    found = figures_of(CountedMeetings([meeting(1)], {"m1": fine + cut}, PARTS), MONTHS)
    assert [(line.point_id, line.causes) for line in found.points] == [
        ("p2", (("line", 1),)), ("p1", ()),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("share", "target", "expected"),
    [
        (Fraction(8, 10), Fraction(8, 10), False),  # "more than 80 %"
        (Fraction(801, 1000), Fraction(8, 10), True),
        (Fraction(1), Fraction(1), True),
        (Fraction(9999, 10000), Fraction(1), False),
        (None, Fraction(1), None),
    ],
)
def test_a_target_is_to_be_passed(
    share: Fraction | None, target: Fraction, expected: bool | None
) -> None:
    assert is_reached(share, target) is expected


def test_a_share_is_told_as_no_more_than_it_is() -> None:
    words = chosen("vi")
    shown = [names.share(words, one) for one in (Fraction(79999, 100000), Fraction(99999, 100000),
                                                 Fraction(1), Fraction(0), None)]  # fmt: skip
    assert shown == ["79,9\u00a0%", "99,9\u00a0%", "100\u00a0%", "0\u00a0%", "–"]


def test_a_change_is_told_in_points() -> None:
    words = chosen("vi")
    assert names.points_apart(words, Fraction(93, 100), Fraction(95, 100)) == "−2,0 điểm"
    assert names.points_apart(words, Fraction(95, 100), Fraction(93, 100)) == "+2,0 điểm"
    assert names.points_apart(words, None, Fraction(1)) == "–"
