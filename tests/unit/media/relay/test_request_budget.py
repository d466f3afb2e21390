"""Who is charged for a request at the relay's door."""

from media.relay.request_budget import KNOWN_BURST, RequestBudget


def test_an_address_is_charged_for_what_proves_nothing():
    budget = RequestBudget(per_s=1, burst=2)
    assert [budget.takes_unproved("a", now_s=0.0) for _ in range(3)] == [True, True, False]
    assert budget.takes_unproved("b", now_s=0.0)
    assert budget.takes_unproved("a", now_s=1.0)
    assert not budget.takes_unproved("a", now_s=1.0)


def test_an_identity_has_its_own_bucket_whatever_its_address():
    budget = RequestBudget(per_s=1, burst=1)
    taken = [budget.takes_known("p-1", now_s=0.0) for _ in range(int(KNOWN_BURST) + 1)]
    assert taken == [True] * int(KNOWN_BURST) + [False]
    assert budget.takes_known("p-2", now_s=0.0)


def test_one_line_is_one_address():
    budget = RequestBudget(per_s=1, burst=1)
    assert budget.takes_unproved("2001:db8:1:2:3:4:5:6", now_s=0.0)
    assert not budget.takes_unproved("2001:db8:1:2::7", now_s=0.0)
    assert budget.takes_unproved("2001:db8:1:3::7", now_s=0.0)
