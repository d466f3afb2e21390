"""By which thresholds a point was judged before: only what was written counts."""

from dataclasses import replace

from contracts.ids import PointId
from controller.ingest.point_limits import PointLimits
from controller.thresholds.scheme import PointThresholds
from monitoring.judgement.problem import Thresholds

A, B = PointId("p-a"), PointId("p-b")
MILD = Thresholds()
STRICT, STRICTER = replace(MILD, memory_ratio=0.41), replace(MILD, memory_ratio=0.37)


def by(limits: Thresholds, revision: int) -> PointThresholds:
    return PointThresholds(limits, revision=revision)


def judge(limits: PointLimits, *points: PointId, is_everyone: bool = False,
          unknown: tuple[PointId, ...] = (), is_written: bool = True) -> None:  # fmt: skip
    limits.begin(is_everyone=is_everyone)
    for one in (*points, *unknown):
        limits.leave(one)
    for one in points:
        limits.judged(one)
    if is_written:
        limits.settle()


def before(limits: PointLimits, point_id: PointId) -> Thresholds:
    limits.begin(is_everyone=False)
    return limits.of(point_id)[1]


def test_who_is_new_after_everyone_was_judged_was_judged_by_nothing_else():
    limits = PointLimits(by(MILD, 0), by(MILD, 0))
    limits.standing = by(STRICT, 1)
    judge(limits, A, is_everyone=True)
    assert before(limits, A) == before(limits, B) == STRICT


def test_who_was_left_out_when_everyone_was_judged_is_compared_with_what_held_then():
    limits = PointLimits(by(STRICT, 1), by(MILD, 0))
    judge(limits, A, is_everyone=True, unknown=(B,))
    assert limits.is_anybody_left
    assert (before(limits, A), before(limits, B)) == (STRICT, MILD)
    limits.standing = by(STRICTER, 2)
    judge(limits, A, is_everyone=True, unknown=(B,))
    assert (before(limits, A), before(limits, B)) == (STRICTER, MILD)
    judge(limits, A, B, is_everyone=True)
    assert not limits.is_anybody_left and before(limits, B) == STRICTER


def test_what_was_not_written_does_not_count():
    limits = PointLimits(by(STRICT, 1), by(MILD, 0))
    judge(limits, A, is_everyone=True, is_written=False)
    judge(limits, B)
    assert (before(limits, A), before(limits, B)) == (MILD, STRICT)


def test_what_is_set_during_a_judgement_is_of_the_next():
    limits = PointLimits(by(STRICT, 1), by(MILD, 0))
    limits.begin(is_everyone=True)
    limits.standing = by(STRICTER, 2)
    limits.leave(A)
    assert (limits.of(A), limits.revision) == ((STRICT, MILD), 1)
    limits.judged(A)
    limits.settle()
    limits.begin(is_everyone=False)
    assert (limits.of(A), limits.revision) == ((STRICTER, STRICT), 2)
