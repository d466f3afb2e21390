"""Wraparound arithmetic at the edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.wire.seqnum import add16, difference16, extended16, is_newer16

numbers = st.integers(0, 0xFFFF)


@pytest.mark.parametrize(
    ("later", "earlier", "expected"),
    [(0, 65535, 1), (65535, 0, -1), (32767, 0, 32767), (32768, 0, -32768), (5, 5, 0)],
)
def test_difference16(later, earlier, expected):
    assert difference16(later, earlier) == expected


@given(numbers, st.integers(-32768, 32767))
def test_difference_undoes_addition(number, step):
    assert difference16(add16(number, step), number) == step
    assert is_newer16(add16(number, step), number) == (step > 0)


@given(st.integers(40_000, 10**9), st.integers(-32768, 32767))
def test_an_extended_number_is_found_near_the_last(near, step):
    assert extended16((near + step) & 0xFFFF, near) == near + step
