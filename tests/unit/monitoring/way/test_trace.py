"""A trace on a clock and a network that are played: what is asked, and what it comes to."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitoring.way.trace import (
    QUIET_LIMITS,
    SILENT_HOPS,
    USUAL_LIMITS,
    HopAnswer,
    HopAsk,
    Says,
    Trace,
    Traced,
    TraceLimits,
    WayEnd,
)

Reply = tuple[str, Says, int | None] | None
Network = Callable[[HopAsk], Reply]


def played(
    network: Network,
    limits: TraceLimits = USUAL_LIMITS,
    *,
    rtt_s: float = 0.04,
    is_told: bool = True,
) -> tuple[Traced, list[tuple[float, HopAsk]], float]:
    """Return what a trace of the network comes to, all that was asked, and how long it took."""
    trace, now_s = Trace(limits, now_s=100.0, is_one_by_one=not is_told), 100.0
    asked: list[tuple[float, HopAsk]] = []
    coming: list[tuple[float, HopAnswer]] = []
    while (step := trace.next(now_s)) is not None:
        if isinstance(step, HopAsk):
            asked.append((now_s - 100, step))
            reply = network(step)
            if reply is not None:
                number = step.number if is_told or reply[1] is Says.THERE else None
                at_s = now_s + rtt_s
                coming.append((at_s, HopAnswer(number, reply[0], reply[1], at_s, reply[2])))
            continue
        assert step > 0
        until_s = now_s + step
        coming.sort(key=lambda one: one[0])
        if coming and coming[0][0] <= until_s:
            now_s, answer = coming.pop(0)
            trace.answered(answer)
        else:
            now_s = until_s
    return trace.traced(), asked, now_s - 100


def way_of(*routers: str, end: str = "centre", mtu: dict[int, int] | None = None) -> Network:
    """Return a network of routers in a row; an empty name does not answer."""

    def network(ask: HopAsk) -> Reply:
        for place, size in (mtu or {}).items():
            if ask.size is not None and ask.size > size and ask.ttl > place:
                return routers[place - 1], Says.TOO_LARGE, size
        if ask.ttl <= len(routers):
            name = routers[ask.ttl - 1]
            return (name, Says.PASSED, None) if name else None
        return (end, Says.THERE, None) if end else None

    return network


def test_a_way_that_is_whole_has_three_round_trips_to_each_hop():
    traced, asked, took_s = played(way_of("a", "b", "c"))
    assert traced.ending is WayEnd.REACHED
    assert [hop.address for hop in traced.hops] == ["a", "b", "c", "centre"]
    assert all(len(hop.round_trips_ms) == hop.sent == 3 for hop in traced.hops)
    assert traced.hops[0].round_trips_ms == pytest.approx([40, 40, 40])
    assert took_s < 3 and len(asked) == 4 * 3 + 2


def test_a_hop_that_does_not_answer_is_a_hop_all_the_same():
    traced, _, _ = played(way_of("a", "", "", "d"))
    assert [hop.address for hop in traced.hops] == ["a", "", "", "d", "centre"]
    assert (traced.hops[1].sent, traced.hops[1].round_trips_ms) == (3, [])
    assert traced.ending is WayEnd.REACHED


def test_a_way_that_is_cut_ends_after_the_last_who_answers():
    traced, asked, took_s = played(way_of("a", "b", end=""))
    assert traced.ending is WayEnd.SILENT
    assert [hop.address for hop in traced.hops] == ["a", "b", ""]
    assert max(ask.ttl for _, ask in asked) == 2 + SILENT_HOPS
    assert took_s < USUAL_LIMITS.whole_s


def test_where_nobody_answers_one_silent_hop_says_so():
    traced, asked, _ = played(lambda ask: None)
    assert (traced.ending, [hop.address for hop in traced.hops]) == (WayEnd.SILENT, [""])
    assert len(asked) <= SILENT_HOPS + 3


def test_one_silent_hop_more_than_usual_is_not_taken_for_the_end_while_answers_may_come():
    late, _, _ = played(way_of("a", *[""] * (SILENT_HOPS - 1), "z"), rtt_s=0.7)
    assert late.ending is WayEnd.REACHED
    assert late.hops[SILENT_HOPS].address == "z"


@pytest.mark.parametrize("rtt_s", [0.001, 0.3])
def test_packets_that_go_round_are_found_out_soon(rtt_s):
    traced, asked, _ = played(
        lambda ask: ("a" if ask.ttl == 1 else "bc"[ask.ttl % 2], Says.PASSED, None), rtt_s=rtt_s
    )
    assert traced.ending is WayEnd.LOOP
    assert max(ask.ttl for _, ask in asked) <= 12
    assert not any(ask.size for _, ask in asked)


def test_a_router_that_answers_for_two_hops_is_no_circle():
    traced, _, _ = played(way_of("a", "b", "b", "c"))
    assert traced.ending is WayEnd.REACHED


def test_a_router_that_says_no_is_the_end():
    def network(ask: HopAsk) -> Reply:
        return ("a", Says.PASSED, None) if ask.ttl == 1 else ("b", Says.NO_NETWORK, None)

    traced, asked, _ = played(network)
    assert traced.ending is WayEnd.UNREACHABLE
    assert [(hop.address, hop.says) for hop in traced.hops] == [
        ("a", Says.PASSED),
        ("b", Says.NO_NETWORK),
    ]
    assert max(ask.ttl for _, ask in asked) <= 4


def test_the_centres_machine_without_its_reflector_is_the_whole_way():
    def network(ask: HopAsk) -> Reply:
        return ("a", Says.PASSED, None) if ask.ttl == 1 else ("centre", Says.NOBODY_LISTENS, None)

    assert played(network)[0].ending is WayEnd.REFUSED


def test_a_slow_way_overshoots_and_counts_the_nearest():
    traced, _, _ = played(way_of("a", "b"), rtt_s=0.6)
    assert [hop.address for hop in traced.hops] == ["a", "b", "centre"]
    assert traced.ending is WayEnd.REACHED


@pytest.mark.parametrize(("place", "size"), [(1, 1400), (3, 1280)])
def test_a_router_that_takes_less_than_a_full_packet_is_named_with_what_it_takes(place, size):
    traced, _, _ = played(way_of("a", "b", "c", "d", mtu={place: size}))
    assert (traced.mtu_bytes, traced.mtu_from) == (size, "abcd"[place - 1])
    assert traced.ending is WayEnd.REACHED
    assert all(len(hop.round_trips_ms) == hop.sent == 3 for hop in traced.hops)


def test_the_centre_is_sent_nothing_large():
    _, asked, _ = played(way_of("a", "b"))
    assert [ask.ttl for _, ask in asked if ask.size] == [2, 2]


def test_a_router_that_sends_back_too_little_is_asked_alone():
    traced, _, took_s = played(way_of("a", "b", "", "d"), is_told=False)
    assert [hop.address for hop in traced.hops] == ["a", "b", "", "d", "centre"]
    assert traced.ending is WayEnd.REACHED
    assert took_s <= USUAL_LIMITS.whole_s


def test_what_does_not_say_to_which_packet_it_is_counts_where_one_is_out_at_a_time_only():
    for is_one_by_one in (False, True):
        trace = Trace(now_s=0.0, is_one_by_one=is_one_by_one)
        assert isinstance(trace.next(0.0), HopAsk)
        trace.answered(HopAnswer(None, "198.51.100.66", Says.NO_NETWORK, 0.01))
        assert (trace.traced().ending is WayEnd.UNREACHABLE) is is_one_by_one


def test_beside_a_meeting_each_hop_is_asked_once_and_slowly():
    _, asked, _ = played(way_of("a", "b", "c"), QUIET_LIMITS)
    assert len(asked) == 4
    times = [at_s for at_s, _ in asked]
    assert min(b - a for a, b in pairwise(times)) >= 0.2 - 1e-9


def test_nothing_that_can_be_sent_is_no_way():
    trace = Trace(now_s=0.0)
    assert isinstance(trace.next(0.0), HopAsk)
    trace.could_not_send()
    assert trace.next(0.1) is None
    assert (trace.traced().ending, trace.traced().hops) == (WayEnd.NO_WAY, ())


def test_more_hops_than_are_asked_are_too_far():
    traced, asked, took_s = played(lambda ask: (f"r{ask.ttl}", Says.PASSED, None))
    assert traced.ending is WayEnd.TOO_FAR
    assert len(traced.hops) == 30
    assert len(asked) <= 100 and took_s <= 10 + 1e-6


_REPLIES = st.one_of(
    st.none(),
    st.tuples(
        st.sampled_from(["a", "b", "c", "centre"]),
        st.sampled_from(list(Says)),
        st.one_of(st.none(), st.integers(0, 2000)),
    ),
)


@example([("a", Says.PASSED, None)], 0.9921875, False, USUAL_LIMITS)
@given(
    st.lists(_REPLIES, min_size=1, max_size=40),
    st.floats(0.0, 3.0),
    st.booleans(),
    st.sampled_from([USUAL_LIMITS, QUIET_LIMITS]),
)
def test_whatever_comes_back_a_trace_keeps_its_limits(replies, rtt_s, is_told, limits):
    traced, asked, took_s = played(
        lambda ask: replies[ask.number % len(replies)], limits, rtt_s=rtt_s, is_told=is_told
    )
    assert len(asked) <= limits.packets
    assert took_s <= limits.whole_s + 1e-6
    assert max(ask.ttl for _, ask in asked) <= limits.hops
    sent: dict[int, int] = {}
    for _, ask in asked:
        if ask.size is None:
            sent[ask.ttl] = sent.get(ask.ttl, 0) + 1
    assert max(sent.values()) <= limits.per_hop
    for hop in traced.hops:
        assert len(hop.round_trips_ms) <= hop.sent == sent[hop.ttl]
    times = [at_s for at_s, _ in asked]
    gaps = [b - a for a, b in pairwise(times)]
    assert min(gaps, default=limits.pace_s) >= limits.pace_s - 1e-9
