"""Strangers who keep silent at the door push out each other, and nobody who has a pass."""

import pytest

from monitoring.throughput.knocking import MOST, MOST_OF_ONE, Knocking

POINT = "203.0.113.7"


@pytest.mark.parametrize(
    "strangers",
    [
        [f"2001:db8:1:2::{number:x}" for number in range(1, 200)],
        [f"2001:db8:1:{number:x}::1" for number in range(200)],
        ["198.51.100.9"] * 200,
        [f"198.51.100.{number}" for number in range(200)],
    ],
    ids=["one /64", "one /48", "one IPv4", "one /24"],
)
def test_strangers_of_one_network_leave_who_has_a_pass_where_he_is(strangers):
    knocking: Knocking[object] = Knocking()
    assert knocking.come("point", POINT) is None
    gone = {knocking.come(number, one) for number, one in enumerate(strangers)}
    assert "point" not in gone and knocking.let_go_total == len(gone - {None}) > 100
    knocking.leave("point")
    knocking.leave("point")


def test_of_one_source_a_few_wait_and_the_first_of_them_goes_for_the_next():
    knocking: Knocking[int] = Knocking()
    own = [knocking.come(number, POINT) for number in range(MOST_OF_ONE + 2)]
    assert own == [None] * MOST_OF_ONE + [0, 1]


def test_who_comes_from_elsewhere_is_never_turned_away():
    knocking: Knocking[int] = Knocking()
    apart = [knocking.come(number, f"192.{number}.2.1") for number in range(MOST)]
    assert apart == [None] * MOST
    assert knocking.come(MOST, POINT) == 0
    knocking.leave(1)
    assert knocking.come(MOST + 1, POINT) is None
