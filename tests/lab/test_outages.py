"""A fault of each cause, made for real: the cause that was written down before is the one said.

All of them, and two at once: python -m tests.lab.outages.
"""

import pytest

from tests.lab.outage_faults import FAULTS, Part
from tests.lab.outage_pairs import NOBODY_OUT, expected_of, pairs, singles
from tests.lab.outages import all_of

# One of each way to the cause, beside each other: it takes a minute.
SOME = ("line cut", "name server refuses", "cable out and 4G takes over")
NAMED = {fault.name: fault for fault in FAULTS}


@pytest.mark.namespace
@pytest.mark.alone
@pytest.mark.timeout(1200)
async def test_the_cause_of_each_fault_is_named_by_what_comes_over_mqtt():
    cases = [case for case in singles(FAULTS) if case.name in SOME]
    found = await all_of(cases, workers=len(SOME))
    assert len(found) == len(SOME)
    table = "\n".join(map(str, found))
    assert all(outcome.is_right for outcome in found), table
    assert not any(outcome.is_wrong_and_sure for outcome in found), table


def test_there_are_forty_faults_and_the_same_pairs_for_the_same_seed():
    assert len(FAULTS) >= 40 and len(NAMED) == len(FAULTS)
    assert {fault.part for fault in FAULTS} == set(Part)
    assert [one.name for one in pairs(FAULTS, 100, 7)] == [
        one.name for one in pairs(FAULTS, 100, 7)
    ]
    assert [one.name for one in pairs(FAULTS, 9, 7)] != [one.name for one in pairs(FAULTS, 9, 8)]
    assert all(one.first.part is not one.second.part for one in pairs(FAULTS, 100, 7) if one.second)


@pytest.mark.parametrize(
    ("first", "second", "is_at_once", "expected"),
    [
        ("line cut", "power cut", False, "line"),
        ("line cut", "power cut", True, "power"),
        ("reflector killed", "cable out", False, "lan"),
        ("cable out and 4G takes over", "line cut", False, None),
        ("line cut", "cable out and 4G takes over", False, "line"),
        ("name server dead and the session stands", "line dead and 4G takes over", False, "dns"),
        ("line dead and 4G takes over", "name server dead and the session stands", False, None),
        ("line dead and 4G takes over", "name server dead and the session stands", True, "dns"),
    ],
)
def test_what_is_expected_of_two_follows_from_what_each_has_alone(
    first, second, is_at_once, expected
):
    cause = expected_of(NAMED[first], NAMED[second], is_at_once=is_at_once)
    assert (cause.value if cause else None) == expected


def test_while_the_centre_is_blind_nobody_is_out():
    of_pairs = [one for one in pairs(FAULTS, 400, 7) if one.has_blindness]
    unseen = [
        one for one in of_pairs if not one.mended[0].blinds and (one.first.blinds or not one.gap_s)
    ]
    assert unseen and all(one.expected == NOBODY_OUT for one in unseen)
