"""One sentence for the office, and whom it has to think of first."""

import pytest

from controller.rehearsals.going import Going, counted, going, in_order
from controller.rehearsals.verdict import PointVerdict as V


@pytest.mark.parametrize(
    ("ready", "risk", "bad", "none", "chair", "expected"),
    [
        (0, 0, 0, 3, V.NO_RESULT, Going.UNKNOWN),
        (10, 0, 0, 0, V.READY, Going.GO),
        (9, 1, 0, 0, V.READY, Going.NEARLY),
        (9, 0, 1, 0, V.READY, Going.NEARLY),
        (8, 0, 2, 0, V.READY, Going.NOT_YET),
        (9, 0, 1, 0, V.NOT_READY, Going.NOT_YET),
        (9, 1, 0, 0, V.AT_RISK, Going.NEARLY),
        (9, 0, 0, 1, V.NO_RESULT, Going.NOT_YET),
    ],
)
def test_going(ready: int, risk: int, bad: int, none: int, chair: V, expected: Going):
    verdicts = [V.READY] * ready + [V.AT_RISK] * risk + [V.NOT_READY] * bad + [V.NO_RESULT] * none
    count = counted(verdicts, chair)
    assert going(count, least_share=0.9) is expected
    assert count.in_need == risk + bad + none
    assert going(count, least_share=0.9, was_tried=False) is Going.UNKNOWN


def test_the_chair_is_first_then_the_worst_then_as_invited():
    said = [
        ("a", V.AT_RISK),
        ("b", V.NOT_READY),
        ("c", V.READY),
        ("d", V.NOT_READY),
        ("e", V.AT_RISK),
    ]
    assert in_order(said, "e") == ["e", "b", "d", "a"]
    assert in_order(said, "c") == ["b", "d", "a", "e"]


def test_a_meeting_waits_for_the_points_it_requires():
    ready = [V.READY] * 40
    for verdict, expected in (
        (V.NOT_READY, Going.NOT_YET),
        (V.NO_RESULT, Going.NOT_YET),
        (V.AT_RISK, Going.NEARLY),
        (V.READY, Going.GO),
    ):
        count = counted([*ready, verdict], V.READY, [V.READY, verdict])
        assert going(count, least_share=0.9) is expected
    said = [("a", V.NOT_READY), ("b", V.AT_RISK), ("c", V.AT_RISK)]
    assert in_order(said, "c", {"b"}) == ["c", "b", "a"]
