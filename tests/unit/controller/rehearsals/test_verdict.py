"""What was found and what is known make one verdict, with the cause that matters most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.rehearsals.verdict import (
    CameOut,
    JudgedRehearsal,
    KnownOfPoint,
    PartFound,
    PointVerdict,
    RoomSaid,
    TriedPart,
    judge,
)

WELL = KnownOfPoint()
HEARD = [TriedPart.MICROPHONE, TriedPart.LOUDSPEAKER, TriedPart.LINE, TriedPart.CAMERA]


def done(**wrong: tuple[CameOut, str]) -> RoomSaid:
    return RoomSaid(
        "done", tuple(PartFound(one, *wrong.get(one.value, (CameOut.PASSED, ""))) for one in HEARD)
    )


def short(judged: JudgedRehearsal) -> tuple[PointVerdict, str]:
    return judged.verdict, judged.cause


F, R, N = CameOut.FAILED, CameOut.AT_RISK, CameOut.NOT_TRIED


@pytest.mark.parametrize(
    ("said", "known", "expected"),
    [
        (done(), WELL, (PointVerdict.READY, "")),
        (None, WELL, (PointVerdict.NO_RESULT, "nothing_said")),
        (None, KnownOfPoint(is_heard=False), (PointVerdict.NOT_READY, "unheard")),
        (done(), KnownOfPoint(is_heard=False), (PointVerdict.NOT_READY, "unheard")),
        (RoomSaid("refused"), WELL, (PointVerdict.NO_RESULT, "refused")),
        (RoomSaid("in_meeting"), WELL, (PointVerdict.NO_RESULT, "in_meeting")),
        (RoomSaid("not_reached"), WELL, (PointVerdict.NOT_READY, "not_reached")),
        (done(microphone=(F, "silent")), WELL, (PointVerdict.NOT_READY, "silent")),
        (done(loudspeaker=(F, "not_heard")), WELL, (PointVerdict.NOT_READY, "not_heard")),
        (done(loudspeaker=(N, "sound_not_allowed")), WELL, (PointVerdict.READY, "")),
        (done(microphone=(N, "unknown")), WELL, (PointVerdict.AT_RISK, "unknown")),
        (done(camera=(F, "no_camera")), WELL, (PointVerdict.AT_RISK, "no_camera")),
        (done(line=(R, "loss")), WELL, (PointVerdict.AT_RISK, "loss")),
        (done(line=(F, "loss")), WELL, (PointVerdict.NOT_READY, "loss")),
        (done(), KnownOfPoint(is_on_battery=True), (PointVerdict.AT_RISK, "on_battery")),
        (
            done(),
            KnownOfPoint(is_on_battery=True, battery_s=899),
            (PointVerdict.NOT_READY, "battery_short"),
        ),
        (
            done(),
            KnownOfPoint(is_on_battery=True, battery_s=900),
            (PointVerdict.AT_RISK, "on_battery"),
        ),
        (done(), KnownOfPoint(is_clock_off=True), (PointVerdict.AT_RISK, "clock_off")),
        (done(), KnownOfPoint(has_line_trouble=True), (PointVerdict.AT_RISK, "line_trouble")),
        # The worst first, whatever else is wrong.
        (
            done(line=(R, "loss"), microphone=(F, "no_microphone")),
            KnownOfPoint(is_on_battery=True),
            (PointVerdict.NOT_READY, "no_microphone"),
        ),
    ],
)
def test_verdicts(said: RoomSaid | None, known: KnownOfPoint, expected: tuple[PointVerdict, str]):
    assert short(judge(said, known)) == expected


def test_everybody_sees_the_chair_so_that_it_needs_its_picture():
    said = done(camera=(F, "black"))
    assert short(judge(said, WELL, is_chair=True)) == (PointVerdict.NOT_READY, "black")
    assert short(judge(done(camera=(N, "unknown")), WELL, is_chair=True))[0] is PointVerdict.AT_RISK


FINDINGS = st.lists(
    st.builds(PartFound, st.sampled_from(TriedPart), st.sampled_from(CameOut)), max_size=8
)


@given(
    FINDINGS,
    st.builds(KnownOfPoint, st.booleans(), st.booleans(), st.none() | st.integers(0, 9999)),
)
def test_a_verdict_holds_one_finding_of_each_and_more_that_is_wrong_never_makes_it_better(
    findings: list[PartFound], known: KnownOfPoint
):
    order = list(PointVerdict)
    judged = judge(RoomSaid("done", tuple(findings)), known)
    tried = [one.tried for one in judged.findings]
    assert len(tried) == len(set(tried))
    assert (judged.verdict is PointVerdict.READY) <= known.is_heard
    worse = judge(
        RoomSaid("done", (*findings, PartFound(TriedPart.MICROPHONE, CameOut.FAILED, "silent"))),
        known,
    )
    assert order.index(worse.verdict) <= order.index(judged.verdict)


def test_of_a_point_that_nobody_hears_nothing_is_said_to_be_well():
    silent = judge(None, KnownOfPoint(is_heard=False))
    assert {one.found for one in silent.findings} == {CameOut.NOT_TRIED}
