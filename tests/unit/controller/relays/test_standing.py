"""When an outer relay is gone, and when it is back: at the boundaries, and without flapping."""

import pytest

from contracts.ids import RelayId
from controller.relays.standing import Patience, Seen, gone_now, seen_again

RELAY = RelayId("relay-2")
PATIENCE = Patience(gone_after_s=30.0, back_after_s=300.0)


@pytest.mark.parametrize(
    ("is_online", "span_s", "was_gone", "is_gone"),
    [
        (False, 29.9, False, False),
        (False, 30.0, False, True),
        (False, 0.0, True, True),
        (True, 299.9, True, True),
        (True, 300.0, True, False),
        (True, 0.0, False, False),
    ],
)
def test_a_relay_is_waited_for_and_then_watched(
    is_online: bool, span_s: float, was_gone: bool, is_gone: bool
) -> None:
    before = [RELAY] if was_gone else []
    found = gone_now(before, {RELAY: Seen(is_online, 100.0)}, PATIENCE, now_s=100.0 + span_s)
    assert (RELAY in found) is is_gone


def test_what_changes_begins_a_span_and_what_stays_goes_on_with_it() -> None:
    first = seen_again({}, {RELAY: True}, now_s=1.0)
    assert first == {RELAY: Seen(is_online=True, since_s=1.0)}
    assert seen_again(first, {RELAY: True}, now_s=2.0) == first
    lost = seen_again(first, {RELAY: False}, now_s=3.0)
    assert lost == {RELAY: Seen(is_online=False, since_s=3.0)}


def test_a_relay_is_not_gone_while_nobody_beside_it_is_heard() -> None:
    sightings = {RELAY: Seen(is_online=False, since_s=0.0)}
    for second in range(1, 100):
        dark = {RELAY} if second < 70 else set()
        sightings = seen_again(sightings, {RELAY: False}, now_s=float(second), in_the_dark=dark)
        gone = gone_now([], sightings, PATIENCE, now_s=float(second))
        assert (RELAY in gone) is (second == 99)


def test_one_that_falls_and_rises_stays_gone_until_it_has_stood_for_a_while() -> None:
    gone: frozenset[RelayId] = frozenset()
    sightings: dict[RelayId, Seen] = {}
    changes = []
    for second in range(1200):
        is_online = second % 60 >= 40 if second < 600 else True
        sightings = seen_again(sightings, {RELAY: is_online}, now_s=float(second))
        before, gone = gone, gone_now(gone, sightings, PATIENCE, now_s=float(second))
        if gone != before:
            changes.append(second)
    assert changes == [30, 880]


def test_a_relay_that_is_listed_no_more_is_not_gone() -> None:
    assert gone_now([RELAY], {}, PATIENCE, now_s=0.0) == frozenset()
