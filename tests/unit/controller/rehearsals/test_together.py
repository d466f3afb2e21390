"""Points that miss a meeting for one shared cause are one row; each point is in one."""

from hypothesis import given
from hypothesis import strategies as st

from controller.rehearsals.together import MissingPoint, MissTogether, together
from controller.rehearsals.verdict import PointVerdict as V


def missing(name: str, *shared: str, cause: str = "unheard") -> MissingPoint:
    return MissingPoint(name, V.NOT_READY, cause, frozenset(shared))


def test_a_line_takes_its_points_along_and_a_microphone_none():
    found = together(
        [
            missing("a", "unit:u1"),
            missing("b", "contract:c/7", "unit:u2"),
            missing("c", "contract:c/7", "unit:u2"),
            missing("d", "unit:u2", cause="silent"),
            missing("e", "contract:c/7", "unit:u2"),
            missing("f", "unit:u2", cause="silent"),
            missing("g", "unit:u2", cause="silent"),
        ]
    )
    assert found == [
        MissTogether(("a",)),
        MissTogether(("b", "c", "e"), "contract:c/7"),
        MissTogether(("d",)),
        MissTogether(("f",)),
        MissTogether(("g",)),
    ]


def test_what_takes_most_along_is_named_and_other_causes_stay_apart():
    found = together(
        [
            *(missing(f"x{one}", "unit:u", "contract:c/1") for one in range(3)),
            *(missing(f"y{one}", "unit:u") for one in range(2)),
            missing("z", "unit:u", cause="cut"),
        ]
    )
    assert found == [MissTogether(("x0", "x1", "x2", "y0", "y1"), "unit:u"), MissTogether(("z",))]


def test_two_are_two_and_who_is_told_alone_is_in_no_group():
    three = [missing(name, "unit:u") for name in ("a", "b", "c")]
    assert together(three[:2]) == [MissTogether(("a",)), MissTogether(("b",))]
    assert together(three, alone=["a"]) == [MissTogether((name,)) for name in ("a", "b", "c")]


@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(["unit:a", "unit:b", "contract:c/1", "outage:a", "odd"])),
            st.sampled_from(["unheard", "silent", "cut"]),
        ),
        max_size=30,
    )
)
def test_each_point_is_in_one_row(points: list[tuple[set[str], str]]):
    given_ = [missing(str(at), *shared, cause=why) for at, (shared, why) in enumerate(points)]
    rows = together(given_)
    assert sorted(one for row in rows for one in row.points) == sorted(
        one.point_id for one in given_
    )
    firsts = [int(row.points[0]) for row in rows]
    assert firsts == sorted(firsts)
