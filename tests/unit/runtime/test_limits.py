"""Buckets at their edges, and maps that stay small."""

from runtime.limits import BoundedMap, KeyedBuckets, Seldom, TokenBucket


def test_a_bucket_begins_full_and_refills_up_to_its_burst() -> None:
    bucket = TokenBucket(per_s=2, burst=3)
    assert [bucket.take(now_s=10.0) for _ in range(4)] == [True, True, True, False]
    assert not bucket.take(now_s=10.49)
    assert bucket.take(now_s=10.5)
    assert bucket.left(now_s=1000.0) == 3


def test_what_is_refused_costs_nothing() -> None:
    bucket = TokenBucket(per_s=1, burst=5)
    assert not bucket.take(now_s=0.0, amount=6)
    assert bucket.take(now_s=0.0, amount=5)


def test_spending_more_than_there_is_leaves_an_empty_bucket() -> None:
    bucket = TokenBucket(per_s=1, burst=5)
    bucket.spend(now_s=0.0, amount=50)
    assert bucket.left(now_s=1.0) == 1


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    bucket = TokenBucket(per_s=1, burst=2)
    bucket.spend(now_s=100.0, amount=2)
    assert bucket.left(now_s=50.0) == 0
    assert bucket.left(now_s=51.0) == 1


def test_a_bounded_map_forgets_what_was_written_longest_ago() -> None:
    kept: BoundedMap[str, int] = BoundedMap(2)
    kept["a"], kept["b"], kept["a"] = 1, 2, 3
    kept["c"] = 4
    assert dict(kept) == {"a": 3, "c": 4}


def test_what_happens_often_is_told_once_in_a_while() -> None:
    lines: Seldom[str] = Seldom(every_s=10.0, limit=2)
    assert [lines.untold("a", now_s=s) for s in (0.0, 3.0, 9.9, 10.0)] == [0, None, None, 2]
    assert lines.untold("b", now_s=10.0) == 0
    assert lines.untold("a", now_s=5.0) == 0, "the clock went back"
    assert lines.untold("c", now_s=5.0) == 0
    assert lines.untold("b", now_s=11.0) == 0, "forgotten for the sake of another"


def test_each_key_has_a_bucket_of_its_own() -> None:
    buckets: KeyedBuckets[str] = KeyedBuckets(per_s=0.0, burst=1, limit=2)
    assert [buckets.take(key, now_s=0.0) for key in "aab"] == [True, False, True]
    buckets.take("c", now_s=0.0)
    assert buckets.take("a", now_s=0.0), "forgotten, so it begins anew"
