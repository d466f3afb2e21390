"""A fault of each cause, made for real: the cause that was written down before is the one said.

All of them, several times: python -m tests.lab.outages.
"""

import pytest

from tests.lab.outages import FAULTS, a_bench, outcome_of

# The least of each cause that takes no long waiting; the others are variations of them.
SOME = ("agent killed", "power", "cable out", "line cut", "broker stopped")

pytestmark = [pytest.mark.namespace, pytest.mark.alone, pytest.mark.timeout(1200)]


async def test_the_cause_of_each_fault_is_named_by_what_comes_over_mqtt(tmp_path):
    async with a_bench(tmp_path) as bench:
        found = [await outcome_of(bench, fault) for fault in FAULTS if fault.name in SOME]
    assert len(found) == len(SOME)
    table = "\n".join(map(str, found))
    assert all(outcome.is_right for outcome in found), table
    assert not any(outcome.is_wrong_and_sure for outcome in found), table
