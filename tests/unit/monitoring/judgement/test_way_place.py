"""Where a loss or a delay is: only what a trace could see, and hardly ever without a mark."""

import pytest

from contracts.way import WayBody, WayHop
from monitoring.judgement.health_texts import sentence
from monitoring.judgement.problem import Problem, ProblemKey, Severity
from monitoring.judgement.way_place import Place, WayPlace, place_of
from tests.unit.monitoring.judgement.test_slow_nights import at

ROOM, ACCESS, CORE, TO = "192.168.7.1", "10.40.0.1", "113.171.5.9", "203.0.113.9"
SLOW = Problem(ProblemKey.SLOW, Severity.SERIOUS, {"rtt_ms": 260})


def loss(percent: float) -> Problem:
    return Problem(ProblemKey.LOSS, Severity.SERIOUS, {"percent": percent})


def way(*hops: tuple[str, float, int], to: str = TO) -> WayBody:
    """Return a trace of addresses, their round trips, and how many of three were answered."""
    return WayBody(
        reason="trouble", ending="reached", to=to,
        hops=tuple(
            WayHop(ttl=ttl, address=address, sent=3, round_trips_ms=(ms,) * answered)
            for ttl, (address, ms, answered) in enumerate(hops, 1)
        ),
    )  # fmt: skip


USUAL = way((ROOM, 1, 3), (ACCESS, 8, 3), (CORE, 12, 3), (TO, 15, 3))


@pytest.mark.parametrize(
    ("traced", "gateway", "expected"),
    [
        (way((ROOM, 240, 3), (ACCESS, 250, 3), (CORE, 255, 3), (TO, 260, 3)), ROOM,
         WayPlace(Place.ROOM, True, 1, ROOM)),
        # It is no router that the point says it has: somebody else's answers at its distance.
        (way((ROOM, 240, 3), (ACCESS, 250, 3), (CORE, 255, 3), (TO, 260, 3)), "192.168.1.1",
         WayPlace(Place.ROOM, False, 1, ROOM)),
        (way((ROOM, 1, 3), (ACCESS, 250, 3), (CORE, 255, 3), (TO, 260, 3)), ROOM,
         WayPlace(Place.CARRIER, False, 2, ACCESS)),
        (way((ROOM, 1, 3), (ACCESS, 8, 3), (CORE, 12, 3), (TO, 260, 3)), ROOM,
         WayPlace(Place.CENTRE, False, 4, TO)),
        # A router that answers late, while what is behind it does not.
        (way((ROOM, 1, 3), (ACCESS, 250, 3), (CORE, 12, 3), (TO, 16, 3)), ROOM, None),
        (USUAL, ROOM, None),
    ],
)  # fmt: skip
def test_a_delay_is_where_all_that_is_beyond_has_it(traced, gateway, expected):
    assert place_of(SLOW, traced, USUAL, gateway) == expected


def test_of_a_way_that_is_not_known_from_before_no_delay_is_placed():
    traced = way((ROOM, 240, 3), (TO, 260, 3))
    assert place_of(SLOW, traced, None, ROOM) is None


def test_a_first_router_with_an_address_that_carriers_use_too_is_never_sure():
    before = way((ACCESS, 2, 3), (TO, 15, 3))
    traced = way((ACCESS, 200, 3), (TO, 215, 3))
    assert place_of(SLOW, traced, before, ACCESS) == WayPlace(Place.ROOM, False, 1, ACCESS)


@pytest.mark.parametrize(
    ("percent", "traced", "expected"),
    [
        # 45 % lost, and of the six before none: they would have.
        (45, way((ROOM, 1, 3), (ACCESS, 8, 3), (CORE, 12, 1), (TO, 15, 2)),
         WayPlace(Place.CARRIER, False, 3, CORE)),
        # At 5 % most packets pass wherever it is: nothing is said.
        (5, way((ROOM, 1, 3), (ACCESS, 8, 3), (CORE, 12, 1), (TO, 15, 2)), None),
        (45, way((ROOM, 1, 3), (ACCESS, 8, 3), (CORE, 12, 3), (TO, 15, 1)), None),  # two lost
        (45, way((ROOM, 1, 2), (ACCESS, 8, 1), (CORE, 12, 2), (TO, 15, 2)),
         WayPlace(Place.ROOM, False, 1, ROOM)),
        (45, USUAL, None),
    ],
)  # fmt: skip
def test_a_loss_has_a_place_where_the_hops_before_would_have_lost_too(percent, traced, expected):
    assert place_of(loss(percent), traced, USUAL, ROOM) == expected


def test_another_problem_has_none():
    traced = way((ROOM, 240, 1), (TO, 260, 1))
    other = Problem(ProblemKey.JITTER, Severity.MINOR, {"jitter_ms": 90})
    assert place_of(other, traced, USUAL, ROOM) is None


def test_it_is_said_with_its_mark():
    said = {"way_place": "carrier?", "way_hop": 3, "way_address": CORE}
    problem = Problem(ProblemKey.LOSS, Severity.SERIOUS, {"percent": 4.5, **said})
    assert sentence(problem, "vi", at(25)) == (
        f"Mất gói 4,5 %, dò đường thấy từ hop 3 ({CORE}): đường của nhà mạng?"
    )
    sure = Problem(ProblemKey.SLOW, Severity.SERIOUS, {"rtt_ms": 240, **said, "way_place": "room"})
    assert sentence(sure, "en", at(25)).endswith("on: the network in the room")
