"""The tree through time: at any date it is a tree, whatever changes were taken."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from controller.places.timeline import (
    MAX_DEPTH,
    Fault,
    Flaw,
    Life,
    PointStands,
    Timeline,
    TreeAt,
    UnitStands,
    faults,
)
from controller.places.tree_change import (
    ChangeKind,
    ChangeRefused,
    TreeChange,
    applied,
    merged,
    split,
)

T0 = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def day(count: int) -> datetime:
    return T0 + count * DAY


def unit(parent_id: str | None, name: str = "U") -> UnitStands:
    return UnitStands(parent_id, name)


def begun(**units: str | None) -> dict[str, Life[UnitStands]]:
    return {id_: Life(((T0, unit(parent or None, id_)),)) for id_, parent in units.items()}


PROVINCE = Timeline(
    begun(t=None, a="t", b="t", c="t", v="a"),
    {
        id_: Life(((T0, PointStands(of, id_)),))
        for id_, of in (("p0", "t"), ("pa", "a"), ("pb", "b"), ("pc", "c"), ("pv", "v"))
    },
)


def test_a_life_stands_as_it_did_on_each_side_of_an_instant() -> None:
    life = Life(((T0, unit("t", "Cũ")), (day(5), unit("t", "Mới"))), day(9))
    moment = timedelta(microseconds=1)
    names = [
        how.name if (how := life.at(when)) else None
        for when in (T0 - moment, T0, day(5) - moment, day(5), day(9) - moment, day(9))
    ]
    assert names == [None, "Cũ", "Cũ", "Mới", "Mới", None]
    assert (life.standing(T0 - DAY).name, life.standing(day(20)).name) == ("Cũ", "Mới")
    assert life.changes_after(day(8))
    assert not life.changes_after(day(9))


def test_a_merger_moves_points_and_units_and_leaves_the_past_alone() -> None:
    tree = PROVINCE.at(day(10))
    change = merged(tree, day(10), ["a", "b"], "ab", unit("t", "AB"))
    after = applied(PROVINCE, change)
    assert after.at(day(9)) == PROVINCE.at(day(9))
    then = after.at(day(10))
    assert sorted(then.units) == ["ab", "c", "t", "v"]
    assert then.units["v"].parent_id == "ab"
    assert {id_: one.unit_id for id_, one in then.points.items()} == {
        "p0": "t", "pa": "ab", "pb": "ab", "pc": "c", "pv": "v",
    }  # fmt: skip
    assert change.into == {"a": "ab", "b": "ab"}


def test_units_can_go_into_one_that_lay_below_them() -> None:
    change = merged(PROVINCE.at(day(1)), day(1), ["a", "v"], "v", unit("a", "V"))
    then = applied(PROVINCE, change).at(day(1))
    assert then.units["v"].parent_id == "t"
    assert then.points["pa"].unit_id == "v"


def test_a_new_unit_takes_points_over() -> None:
    change = split(PROVINCE.at(day(1)), day(1), "n", unit("t", "N"), {"point:pa", "unit:v"})
    then = applied(PROVINCE, change).at(day(1))
    assert (then.points["pa"].unit_id, then.units["v"].parent_id) == ("n", "n")
    assert then.own_points("n") == ["pa"]
    assert then.right_below("n") == ["v"]


def objections(timeline: Timeline, change: TreeChange) -> str:
    try:
        applied(timeline, change)
    except ChangeRefused as exc:
        return " ".join(one.en for one in exc.objections)
    return ""


def test_what_cannot_be_is_said() -> None:
    move = TreeChange(ChangeKind.MOVE, day(5), {"a": unit("v", "A")})
    assert "would lie in itself" in objections(PROVINCE, move)
    end = TreeChange(ChangeKind.END, day(5), ended_units=frozenset({"a"}))
    said = objections(PROVINCE, end)
    assert "“v” would lie below “a”" in said
    assert "“pa” would belong to “a”" in said
    early = TreeChange(ChangeKind.RENAME, T0 - DAY, {"a": unit("t", "A")})
    assert "had not begun" in objections(PROVINCE, early) or "later" in objections(PROVINCE, early)
    late = applied(PROVINCE, TreeChange(ChangeKind.RENAME, day(9), {"a": unit("t", "A9")}))
    again = TreeChange(ChangeKind.RENAME, day(5), {"a": unit("t", "A5")})
    assert "dated later" in objections(late, again)
    gone = applied(PROVINCE, merged(PROVINCE.at(day(5)), day(5), ["b"], "c", unit("t", "c")))
    reborn = TreeChange(ChangeKind.IMPORT, day(9), {"b": unit("t", "B")})
    assert "has ended" in objections(gone, reborn)
    orphan = TreeChange(ChangeKind.IMPORT, day(9), points={"new": PointStands("b", "N")})
    assert "not there then" in objections(gone, orphan)
    top = TreeChange(ChangeKind.MOVE, day(5), {"t": unit("a", "T")})
    assert "in itself" in objections(PROVINCE, top)


def test_a_later_point_is_not_left_behind_by_an_earlier_merger() -> None:
    later = applied(
        PROVINCE, TreeChange(ChangeKind.IMPORT, day(8), points={"px": PointStands("a", "X")})
    )
    change = merged(later.at(day(5)), day(5), ["a"], "b", unit("t", "b"))
    assert "“X” would belong to “a”" in objections(later, change)


def test_depth_is_bounded_and_what_was_wrong_before_is_not_refused() -> None:
    chain: dict[str, UnitStands] = {"u0": unit(None)}
    for n in range(1, MAX_DEPTH + 1):
        chain[f"u{n}"] = unit(f"u{n - 1}")
    deep = TreeAt(chain, {})
    assert faults(deep) == {Fault(Flaw.TOO_DEEP, f"u{MAX_DEPTH}")}
    broken = Timeline({"x": Life(((T0, unit("nowhere")),)), **begun(t=None)})
    assert not objections(broken, TreeChange(ChangeKind.RENAME, day(1), {"t": unit(None, "T")}))


IDS = st.sampled_from(["t", "a", "b", "c", "v", "n1", "n2"])
POINTS = st.sampled_from(["p0", "pa", "pb", "pc", "pv"])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "split", "move", "rename", "end", "point", "end_point"]),
        st.integers(1, 40),
        IDS,
        IDS,
        POINTS,
    ),
    max_size=12,
)


def step(timeline: Timeline, what: str, at: int, one: str, other: str, point: str) -> TreeChange:
    when = day(at)
    tree = timeline.at(when)
    stands = tree.units.get(one, unit("t"))
    match what:
        case "merge":
            target = tree.units.get(other, unit("t", other))
            return merged(
                tree, when, [id_ for id_ in (one, "c") if id_ in tree.units], other, target
            )
        case "split":
            return split(tree, when, other, unit("t", other), {f"point:{point}", f"unit:{one}"})
        case "move":
            return TreeChange(ChangeKind.MOVE, when, {one: UnitStands(other, stands.name)})
        case "rename":
            return TreeChange(ChangeKind.RENAME, when, {one: UnitStands(stands.parent_id, f"{at}")})
        case "end":
            return TreeChange(ChangeKind.END, when, ended_units=frozenset({one}))
        case "point":
            return TreeChange(ChangeKind.MOVE, when, points={point: PointStands(other, point)})
        case _:
            return TreeChange(ChangeKind.END, when, ended_points=frozenset({point}))


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_as_of_any_date_it_is_a_tree(steps: list[tuple[str, int, str, str, str]]) -> None:
    timeline = PROVINCE
    for one in steps:
        before = timeline
        change = step(timeline, *one)
        try:
            timeline = applied(timeline, change)
        except ChangeRefused:
            continue
        for when in before.moments(T0):
            if when < change.at:  # what was stays as it was
                assert timeline.at(when) == before.at(when)
    for when in timeline.moments(T0):
        tree = timeline.at(when)
        assert faults(tree) == set()
        # Each point is in one unit, and each unit in one place below the top.
        assert sum(len(tree.own_points(id_)) for id_ in tree.units) == len(tree.points)
        tops = [id_ for id_, each in tree.units.items() if each.parent_id is None]
        below = sum(len(tree.right_below(id_)) for id_ in tree.units)
        assert len(tops) + below == len(tree.units)
