"""Kept minutes counted by another allowance."""

from contracts.ids import PointId
from controller.heard.judging import recount
from controller.heard.packing import packed
from controller.heard.tables import JudgedPoint
from monitoring.judgement.uninterrupted import JudgedMinute, MinuteState


def kept(*, bad: int, excused: int) -> JudgedPoint:
    states = [MinuteState.BAD] * bad + [MinuteState.EXCUSED] * excused
    return JudgedPoint(
        meeting_id="m",
        point_id=PointId("p"),
        held_minutes=len(states),
        good_minutes=0,
        longest_cut_s=60,
        verdict="excluded",
        cause="planned",
        minutes=packed([JudgedMinute(one, 0) for one in states]),
    )


def test_what_is_not_excluded_any_more_was_not_interrupted_by_planned_work() -> None:
    said = {}
    for allowed in (0, 2, 9):
        row = kept(bad=1, excused=5)
        said[allowed] = (recount(row, allowed=allowed), row.verdict, row.cause)
    assert said == {
        0: (True, "interrupted", "unknown"),
        2: (False, "excluded", "planned"),
        9: (True, "uninterrupted", "unknown"),
    }
