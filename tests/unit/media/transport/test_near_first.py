"""A browser on this machine is answered where its address stays; who is elsewhere, at once."""

import pytest

from media.transport.near_first import KEPT_S, WAITED_S, NearFirst

NEAR, OTHER_OWN, ELSEWHERE = ("127.0.0.9", 40_000), ("127.0.0.1", 40_001), ("192.0.2.7", 40_002)


@pytest.fixture
def rule():
    return NearFirst([NEAR[0]])


def test_the_near_way_is_waited_for_and_kept_to(rule):
    assert rule.passes_over("u", OTHER_OWN, now=0.0)
    assert not rule.passes_over("u", NEAR, now=0.1)
    assert rule.passes_over("u", OTHER_OWN, now=WAITED_S + 1)
    assert rule.passes_over("u", OTHER_OWN, now=KEPT_S)


def test_a_browser_without_a_near_way_is_not_left_without_any(rule):
    assert rule.passes_over("u", OTHER_OWN, now=0.0)
    assert not rule.passes_over("u", OTHER_OWN, now=WAITED_S)


def test_another_way_is_taken_once_the_near_one_has_gone(rule):
    rule.passes_over("u", NEAR, now=0.0)
    assert not rule.passes_over("u", OTHER_OWN, now=KEPT_S)


def test_another_machine_is_answered_at_once(rule):
    assert not rule.passes_over("u", ELSEWHERE, now=0.0)


def test_sessions_are_apart(rule):
    rule.passes_over("u", NEAR, now=0.0)
    assert rule.passes_over("v", OTHER_OWN, now=WAITED_S + 1)
    assert not rule.passes_over("v", OTHER_OWN, now=2 * WAITED_S + 1)
