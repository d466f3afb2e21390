"""A point is in one part of a branch, as the tree stood on the day."""

from hypothesis import given
from hypothesis import strategies as st

from controller.reports.branch import OUTSIDE, TreeThen, parts

PARENTS = {"tinh": None, "huyen": "tinh", "xa-a": "huyen", "xa-b": "huyen", "so": "tinh"}
POINTS = {"chair": "tinh", "a": "xa-a", "b": "xa-b", "so": "so", "gone": "xa-cu"}
TREE = TreeThen(PARENTS, POINTS)


def test_of_all_units_the_parts_are_those_right_below_the_top() -> None:
    assert parts(TREE, "") == {
        "chair": "tinh", "a": "huyen", "b": "huyen", "so": "so", "gone": OUTSIDE,
    }  # fmt: skip


def test_of_a_branch_only_its_own_points_are_there() -> None:
    assert parts(TREE, "huyen") == {"a": "xa-a", "b": "xa-b"}
    assert parts(TREE, "xa-a") == {"a": "xa-a"}


def test_a_host_is_in_the_branches_above_it() -> None:
    assert TREE.holds("huyen", "xa-a")
    assert TREE.holds("", None)
    assert not TREE.holds("huyen", "so")
    assert not TREE.holds("huyen", None)


def test_of_a_tree_of_several_tops_these_are_the_parts() -> None:
    tree = TreeThen({"x": None, "y": None, "z": "y"}, {"p": "x", "q": "z"})
    assert parts(tree, "") == {"p": "x", "q": "y"}


UNITS = st.sampled_from("abcdefgh")


@given(
    st.dictionaries(UNITS, st.one_of(st.none(), UNITS)),
    st.dictionaries(st.text("pq", max_size=3), UNITS),
    UNITS,
)
def test_every_point_is_in_one_part_of_the_whole_whatever_the_tree(
    parents: dict[str, str | None], points: dict[str, str], branch: str
) -> None:
    tree = TreeThen(parents, points)  # in a circle, too
    assert parts(tree, "").keys() == points.keys()
    assert parts(tree, branch).keys() <= points.keys()
