"""When outboxes are told, and what they are told."""

from datetime import UTC, datetime, timedelta

from contracts.ids import PointId
from contracts.packed import MAX_PACK
from contracts.ranges import RangeSet
from contracts.reports import MAX_RANGES
from controller.ingest.acknowledgement import MAX_AWAITED, Acknowledgements, statement
from controller.ingest.arrivals import OutboxName

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)
A, B = OutboxName(PointId("p1"), "outbox-0001"), OutboxName(PointId("p2"), "outbox-0002")


def at(seconds):
    return T0 + timedelta(seconds=seconds)


def test_live_reports_are_acknowledged_at_most_every_thirty_seconds():
    due = Acknowledgements()
    told = []
    for second in range(0, 91, 10):
        due.committed(A, at(second), is_urgent=False)
        told.extend((second, name) for name in due.take_due(at(second)))
    assert told == [(0, A), (30, A), (60, A), (90, A)]


def test_backlog_is_acknowledged_every_second():
    due = Acknowledgements()
    due.committed(A, at(0), is_urgent=False)
    assert due.take_due(at(0)) == [A]
    due.committed(A, at(0.2), is_urgent=True)
    due.committed(A, at(0.4), is_urgent=False)
    assert due.take_due(at(0.9)) == []
    assert due.take_due(at(1.0)) == [A]
    assert due.take_due(at(60)) == []


def test_who_connects_is_told_at_once_and_each_by_itself():
    due = Acknowledgements()
    due.committed(A, at(0), is_urgent=False)
    due.take_due(at(0))
    due.committed(A, at(1), is_urgent=False)
    due.connected(A, at(2))
    due.connected(B, at(2))
    assert due.take_due(at(2)) == [A, B]


def test_a_point_on_a_charged_line_is_told_every_ten_minutes_unless_it_waits():
    due = Acknowledgements()
    for seconds in (0, 120, 240, 599):
        due.committed(A, at(seconds), is_urgent=False, is_charged=True)
        assert due.take_due(at(seconds)) == ([A] if seconds == 0 else [])
    assert due.take_due(at(600)) == [A]
    due.committed(A, at(720), is_urgent=True, is_charged=True)
    assert due.take_due(at(720)) == [A]


def test_only_so_many_are_told_before_what_they_send_next_has_come():
    due = Acknowledgements()
    names = [OutboxName(PointId(f"q{n}"), "outbox-0001") for n in range(MAX_AWAITED + 3)]
    for name in names:
        due.connected(name, at(0))
    assert due.take_due(at(0)) == names[:MAX_AWAITED]
    assert due.take_due(at(0.1)) == []
    due.committed(names[0], at(0.2), is_urgent=True)
    due.committed(A, at(0.2), is_urgent=False)
    assert due.take_due(at(0.2)) == [names[-3], A]
    assert due.take_due(at(0.9)) == []
    # Who has nothing to send is waited for no longer; who sent waits for its turn and its second.
    assert due.take_due(at(1)) == [*names[-2:], names[0]]


def test_a_statement_gives_all_ranges_or_the_highest():
    few = RangeSet.union([(1, 5), (9, 9)])
    assert statement(A, few).ranges == ((1, 5), (9, 9))
    assert statement(A, few).complete_from == 0
    many = RangeSet.union([(3 * n, 3 * n) for n in range(1, MAX_RANGES + 11)])
    said = statement(A, many)
    assert len(said.ranges) == MAX_RANGES
    assert (said.complete_from, said.ranges[0]) == (31, (33, 33))
    assert statement(A, RangeSet()).ranges == ()
    assert statement(A, few).pack_limit == MAX_PACK
