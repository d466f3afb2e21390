"""The smallest measure of a long time."""

from media.sfu.least import Least


def test_it_is_kept_for_a_span_at_least_and_two_at_most():
    least = Least(30.0)
    least.note(20.0, 0.0)
    for at in range(1, 31):
        least.note(50.0, float(at))
    assert least.value == 20.0
    least.note(60.0, 31.0)
    assert least.value == 20.0
    least.note(70.0, 62.0)
    assert least.value == 60.0


def test_it_may_begin_anew():
    least = Least(30.0)
    least.note(20.0, 0.0)
    least.forget()
    assert least.value == float("inf")
    least.note(40.0, 1.0)
    assert least.value == 40.0
