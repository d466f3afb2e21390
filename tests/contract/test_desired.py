"""Which of two desired documents a receiver takes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.desired import Policy, supersedes
from tests.contract import cases

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def policy(leader_epoch: int, generation: int) -> Policy:
    return Policy(leader_epoch=leader_epoch, generation=generation, issued_at=NOW)


@pytest.mark.parametrize(
    ("new", "old", "is_taken"),
    [
        ((1, 1), (1, 1), False),
        ((1, 2), (1, 1), True),
        ((1, 1), (1, 2), False),
        ((2, 0), (1, 99), True),
        ((1, 100), (2, 0), False),
    ],
)
def test_the_higher_pair_is_taken(
    new: tuple[int, int], old: tuple[int, int], is_taken: bool
) -> None:
    assert supersedes(policy(*new), policy(*old)) is is_taken


def test_the_first_document_is_taken() -> None:
    assert supersedes(policy(0, 0), None)


_PAIRS = st.tuples(st.integers(0, 3), st.integers(0, 3))


@settings(max_examples=cases.SUPERSEDES)
@given(arrivals=st.lists(_PAIRS, min_size=1, max_size=8))
def test_in_whatever_order_they_arrive_the_highest_remains(arrivals: list[tuple[int, int]]) -> None:
    held: Policy | None = None
    for pair in arrivals:
        if supersedes(policy(*pair), held):
            held = policy(*pair)
    assert held == policy(*max(arrivals))
