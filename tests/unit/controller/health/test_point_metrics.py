"""To which unit a point counts: the one below the tree's top, however deep the point lies."""

from datetime import UTC, datetime

from controller.health.point_metrics import STATES, by_unit
from controller.health.states import PointState
from controller.places.tables import Point, Unit

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def unit(unit_id: str, parent_id: str | None) -> Unit:
    return Unit(
        unit_id=unit_id, parent_id=parent_id, name=unit_id, owner="council", valid_from=SINCE
    )


def point(unit_id: str) -> Point:
    return Point(
        point_id=f"p-{unit_id}", number=1, unit_id=unit_id, name="", owner="", valid_from=SINCE
    )


def test_a_point_counts_to_the_unit_below_the_top() -> None:
    units = [
        unit("thon", "xa"), unit("xa", "cum"), unit("cum", "tinh"), unit("tinh", None),
        unit("khac", "da-bo"),
    ]  # fmt: skip
    points = [point(one) for one in ("thon", "xa", "cum", "tinh", "khac", "khong-co")]
    found = {one.point_id: head.unit_id for one, head in by_unit(units, points)}
    assert found == {
        "p-thon": "cum", "p-xa": "cum", "p-cum": "cum", "p-tinh": "tinh", "p-khac": "khac",
    }  # fmt: skip


def test_every_state_has_a_number_of_its_own() -> None:
    assert STATES.keys() == set(PointState)
    assert sorted(STATES.values()) == list(range(len(PointState)))
