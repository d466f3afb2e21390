"""Which relay a point uses: its site's, else an even share, and the same one every time."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import PointId, RelayId
from controller.relays.spreading import ListedRelay, MeetingRelays, UnitsAbove, spread

HOME, CHAIR = RelayId("relay-1"), PointId("p0")


def worker(number: int, home: RelayId = HOME) -> ListedRelay:
    return ListedRelay(RelayId(f"relay-{number}"), home)


def site(number: int, *units: str) -> ListedRelay:
    return ListedRelay(RelayId(f"relay-{number}"), HOME, frozenset(units))


def points(count: int, *units: str) -> UnitsAbove:
    return {PointId(f"p{number}"): units for number in range(count)}


def spread_of(points: UnitsAbove, *relays: ListedRelay, up_to: int = 0) -> MeetingRelays:
    return spread(HOME, CHAIR, points, (ListedRelay(HOME), *relays), one_relay_up_to=up_to)


@pytest.mark.parametrize(("count", "relays"), [(40, {HOME}), (41, {HOME, "relay-2"})])
def test_a_meeting_of_few_points_stays_on_one_relay(count: int, relays: set[str]) -> None:
    found = spread_of(points(count), worker(2), up_to=40)
    assert set(found.relay_of.values()) == relays


def test_a_site_serves_all_points_of_its_units_however_few_and_deep() -> None:
    found = spread_of(
        {
            CHAIR: ("tinh",),
            PointId("far"): ("thon", "xa-b", "huyen", "tinh"),
            PointId("near"): ("xa-c", "tinh"),
        },
        site(2, "huyen"),
        up_to=40,
    )
    assert found.outer == {"relay-2": ("far",)}
    assert found.relay_of[PointId("near")] == HOME


def test_of_two_sites_the_nearer_unit_counts() -> None:
    found = spread_of({CHAIR: ("xa-b", "huyen")}, site(2, "huyen"), site(3, "xa-b"))
    assert found.relay_of == {CHAIR: "relay-3"}


def test_another_homes_relays_are_none_of_the_meetings() -> None:
    other = RelayId("relay-8")
    found = spread_of(points(9, "xa"), worker(9, other), ListedRelay(other))
    assert set(found.relay_of.values()) == {HOME}
    assert found.outer == {}


def test_points_of_a_relay_that_is_gone_go_to_the_home_and_nobody_else_moves() -> None:
    found = spread_of(points(30), worker(2), worker(3))
    moved = found.without({RelayId("relay-3")})
    assert set(moved.outer) == {"relay-2"}
    for point, relay in found.relay_of.items():
        assert moved.relay_of[point] == (HOME if relay == "relay-3" else relay)
    assert found.without(set()) == found


_COUNTS = st.integers(1, 60)
_WORKERS = st.integers(1, 5)


@given(count=_COUNTS, workers=_WORKERS)
def test_shares_differ_by_one_at_most_and_the_chair_is_at_the_home(
    count: int, workers: int
) -> None:
    found = spread_of(points(count), *(worker(number + 2) for number in range(workers)))
    counts = Counter(found.relay_of.values())
    shares = [counts[RelayId(f"relay-{number + 1}")] for number in range(workers + 1)]
    assert sum(shares) == count
    assert max(shares) - min(shares) <= 1
    assert found.relay_of[CHAIR] == HOME


@given(count=_COUNTS, workers=_WORKERS, data=st.data())
def test_neither_the_order_of_points_nor_of_relays_matters(
    count: int, workers: int, data: st.DataObject
) -> None:
    listed = [worker(number + 2) for number in range(workers)]
    there = points(count)
    found = spread_of(there, *listed)
    mixed = data.draw(st.permutations(list(there.items())))
    assert spread_of(dict(mixed), *data.draw(st.permutations(listed))).relay_of == found.relay_of


@given(count=st.integers(3, 60), workers=_WORKERS, data=st.data())
def test_one_point_less_moves_few_others(count: int, workers: int, data: st.DataObject) -> None:
    listed = [worker(number + 2) for number in range(workers)]
    there = dict(points(count))
    before = spread_of(there, *listed).relay_of
    del there[data.draw(st.sampled_from([one for one in there if one != CHAIR]))]
    after = spread_of(there, *listed).relay_of
    moved = sum(before[point] != relay for point, relay in after.items())
    assert moved <= 2 * (workers + 1)
