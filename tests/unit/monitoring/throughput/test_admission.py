"""One test a point and few together; no connection more gives more bytes or time."""

from dataclasses import replace

from monitoring.throughput.admission import GRACE_S, Admission, WayUsed
from monitoring.throughput.wire import CONNECTIONS, DoorVerdict, TestPass, Way

PASS = TestPass(7, "aa" * 8, 1_000, 1_090, 50_000, 6_000)
OTHER = replace(PASS, test_id="bb" * 8)


def entered(admission: Admission, passed: TestPass = PASS, way: Way = Way.UP,
            *, wall_s: float = 1_010, now_s: float = 50) -> WayUsed | DoorVerdict:  # fmt: skip
    return admission.enter(passed, way, wall_s=wall_s, now_s=now_s)


def test_a_pass_is_good_between_its_times():
    admission = Admission(most_tests=2)
    assert entered(admission, wall_s=999.9) is DoorVerdict.NOT_NOW
    assert entered(admission, wall_s=1_090) is DoorVerdict.NOT_NOW
    assert isinstance(entered(admission, wall_s=1_000), WayUsed)
    # However it came about: nobody has a pass for a day.
    assert entered(admission, replace(OTHER, expires_s=90_000)) is DoorVerdict.NOT_NOW
    assert admission.totals == {DoorVerdict.NOT_NOW: 3, DoorVerdict.WELCOME: 1}


def test_all_connections_of_a_way_share_its_bytes_and_its_time():
    admission = Admission(most_tests=2)
    first, second = entered(admission), entered(admission, now_s=54)
    assert isinstance(first, WayUsed) and second is first
    first.spend(49_000)
    assert first.allowed(16_384, now_s=55) == 1_000
    assert first.allowed(16_384, now_s=56 + GRACE_S) == 0
    down = entered(admission, way=Way.DOWN, now_s=60)
    assert isinstance(down, WayUsed) and down.allowed(99_999, now_s=60) == 50_000
    first.spend(16_384)
    assert entered(admission, now_s=55) is DoorVerdict.USED_UP


def test_a_way_has_so_many_connections_and_is_not_begun_anew():
    admission = Admission(most_tests=2)
    for _ in range(CONNECTIONS):
        assert isinstance(entered(admission), WayUsed)
        admission.leave(PASS)
    assert entered(admission) is DoorVerdict.USED_UP
    assert entered(admission, replace(PASS, most_bytes=99_000_000)) is DoorVerdict.USED_UP


def test_one_test_a_point_and_so_many_together():
    admission = Admission(most_tests=2)
    assert isinstance(entered(admission), WayUsed)
    assert entered(admission, OTHER) is DoorVerdict.BUSY
    assert isinstance(entered(admission, replace(OTHER, probe_id=8)), WayUsed)
    third = replace(PASS, probe_id=9, test_id="cc" * 8)
    assert entered(admission, third) is DoorVerdict.BUSY
    assert admission.running == 2
    admission.leave(PASS)
    assert isinstance(entered(admission, third), WayUsed)


def test_what_is_over_is_forgotten_with_its_pass_and_not_before():
    admission = Admission(most_tests=2)
    entered(admission)
    admission.leave(PASS)
    assert len(admission._tests) == 1
    entered(admission, replace(OTHER, begins_s=1_200, expires_s=1_290), wall_s=1_200)
    assert list(admission._tests) == [OTHER.test_id]
