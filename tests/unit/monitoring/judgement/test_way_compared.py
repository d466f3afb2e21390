"""What a trace shows beside the way as it usually is."""

import pytest

from contracts.way import WayBody, WayHop
from monitoring.judgement.way_compared import WayFinding, WayFound, compared, usually_next

TO = "203.0.113.9"


def way(*hops: WayHop | str, ending="reached", to=TO, **more) -> WayBody:
    told = [
        WayHop(ttl=place, address=one, sent=3, round_trips_ms=(10.0 * place,) * 3)
        if isinstance(one, str)
        else one
        for place, one in enumerate(hops, 1)
    ]
    return WayBody(reason="trouble", ending=ending, to=to, hops=tuple(told), **more)


def hop(ttl, address="", *ms, sent=3, **more):
    return WayHop(ttl=ttl, address=address, sent=sent, round_trips_ms=ms, **more)


USUAL = way("10.0.0.1", "10.0.0.2", "10.0.0.3", TO)


@pytest.mark.parametrize(
    ("now", "usual", "expected"),
    [
        (USUAL, USUAL, [WayFound(WayFinding.WHOLE, {"hops": 4})]),
        (USUAL, None, [WayFound(WayFinding.WHOLE, {"hops": 4})]),
        (
            way("10.0.0.1", "10.0.0.2", hop(3), ending="silent"),
            USUAL,
            [
                WayFound(
                    WayFinding.STOPPED_SHORT, {"hop": 2, "address": "10.0.0.2", "usual": "10.0.0.3"}
                )
            ],
        ),
        (
            way("10.0.0.1", "10.0.0.2", hop(3), ending="silent"),
            None,
            [WayFound(WayFinding.STOPPED, {"hop": 2, "address": "10.0.0.2"})],
        ),
        (
            way("10.0.0.1", "10.0.0.2", hop(3), ending="silent"),
            way("10.0.0.1", "10.0.0.2", hop(3), ending="silent"),
            [WayFound(WayFinding.STOPPED_AS_USUAL, {"hop": 2, "address": "10.0.0.2"})],
        ),
        (way(hop(1), ending="silent"), USUAL, [WayFound(WayFinding.NOBODY)]),
        (way(ending="no_way"), USUAL, [WayFound(WayFinding.NO_WAY)]),
        (way(ending="not_traced"), USUAL, [WayFound(WayFinding.NOT_TRACED)]),
        (
            way("10.0.0.1", "10.0.0.2", TO, ending="refused"),
            way("10.0.0.1", "10.0.0.2", TO),
            [WayFound(WayFinding.REFUSED, {"address": TO})],
        ),
        (
            way("10.0.0.1", hop(2, "10.0.0.2", 20.0, says="no_host"), ending="unreachable"),
            USUAL,
            [WayFound(WayFinding.UNREACHABLE, {"hop": 2, "address": "10.0.0.2"})],
        ),
        (
            way("10.0.0.1", "b", "c", "b", "c", "b", ending="loop"),
            None,
            [WayFound(WayFinding.LOOP, {"hop": 2, "address": "b"})],
        ),
    ],
)
def test_how_it_ends_is_said_with_the_last_who_answered(now, usual, expected):
    assert list(compared(now, usual)) == expected


def test_another_way_is_named_where_it_leaves_the_usual_one():
    now = way("10.0.0.1", "10.9.0.2", "10.9.0.3", TO)
    arguments = {"hop": 2, "address": "10.9.0.2", "usual": "10.0.0.2"}
    assert WayFound(WayFinding.ANOTHER_WAY, arguments) in compared(now, USUAL)


def test_routers_that_share_their_load_are_no_other_way():
    usual = way("10.0.0.1", hop(2, "10.0.0.2", 1.0, others=("10.0.0.7",)), TO)
    now = way("10.0.0.1", hop(2, "10.0.0.7", 1.0), TO)
    assert [one.finding for one in compared(now, usual)] == [WayFinding.WHOLE]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ((10, 20, 30, 40), None),
        ((10, 20, 80, 95), 3),
        ((10, 20, 80, 41), None),  # a router that is slow to answer delays nobody
        ((60, 70, 80, 95), 1),
        ((10, 20, 30, 95), 4),
        ((10, 20, 30, 49), None),
    ],
)
def test_what_is_slower_is_so_from_a_hop_to_the_end(times, expected):
    addresses = ("10.0.0.1", "10.0.0.2", "10.0.0.3", TO)
    hops = [
        hop(place, address, float(ms), float(ms) + 3)
        for place, (address, ms) in enumerate(zip(addresses, times, strict=True), 1)
    ]
    found = [one for one in compared(way(*hops), USUAL) if one.finding is WayFinding.SLOWER]
    assert [one.arguments["hop"] for one in found] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("answered", "expected"),
    [((3, 3, 3, 3), None), ((3, 2, 2, 1), (2, 4)), ((3, 1, 3, 3), None), ((3, 3, 3, 2), (4, 1))],
)
def test_what_is_lost_is_lost_from_a_hop_to_the_end(answered, expected):
    addresses = ("10.0.0.1", "10.0.0.2", "10.0.0.3", TO)
    hops = [
        hop(place, address, *[10.0 * place] * count)
        for place, (address, count) in enumerate(zip(addresses, answered, strict=True), 1)
    ]
    found = [one for one in compared(way(*hops), USUAL) if one.finding is WayFinding.LOSSY]
    shown = [(one.arguments["hop"], one.arguments["lost"]) for one in found]
    assert shown == ([expected] if expected else [])


def test_a_narrow_place_is_said_once_it_is_another_than_usual():
    now = way("10.0.0.1", TO, mtu_bytes=1400, mtu_from="10.0.0.1")
    assert WayFound(WayFinding.NARROW, {"bytes": 1400, "address": "10.0.0.1"}) in compared(
        now, None
    )
    assert [one.finding for one in compared(now, now)] == [WayFinding.WHOLE]


def test_of_a_way_to_elsewhere_nothing_is_compared():
    elsewhere = way("10.0.0.1", "10.9.0.2", "10.0.0.3", "203.0.113.77", to="203.0.113.77")
    assert [one.finding for one in compared(elsewhere, USUAL)] == [WayFinding.WHOLE]
    assert usually_next(way("10.0.0.1", hop(2), ending="silent", to="203.0.113.77"), USUAL) == ""
