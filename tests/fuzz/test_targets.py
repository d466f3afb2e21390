"""The fuzz targets, with as many cases as fit into every run of the tests."""

import zlib

import pytest

from tests.contract.mutation import mutated
from tests.fuzz.corpus import kept
from tests.fuzz.target import Target, escaped
from tests.fuzz.targets import TARGETS
from tests.fuzz.wire_targets import WIRE

CASES = 3_000


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_nothing_but_values_and_our_own_errors_comes_out(target: Target) -> None:
    seed = zlib.crc32(target.name.encode())
    for data in mutated(target.payload, cases=CASES, seed=seed):
        fault = escaped(target, data)
        assert fault is None, (fault, data)


def test_what_escapes_is_noticed() -> None:
    careless = Target("careless", b"[1]", lambda data: data[99], ValueError)
    assert isinstance(escaped(careless, b"[1]"), IndexError)


@pytest.mark.parametrize(
    "target", [t for t in TARGETS if t.name != "token"], ids=lambda target: target.name
)
def test_the_payload_to_begin_with_is_read(target: Target) -> None:
    assert target.decode(target.payload) is not None


@pytest.mark.parametrize("target", WIRE, ids=lambda target: target.name)
def test_what_once_reached_a_new_branch_is_a_value_or_our_error(target: Target) -> None:
    cases = kept(target.name)
    assert cases
    for data in cases:
        fault = escaped(target, data)
        assert fault is None, (fault, data)
