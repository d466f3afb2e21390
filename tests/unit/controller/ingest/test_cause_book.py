"""When the causes of a point's outages are judged."""

from controller.ingest.cause_book import AT_ONCE, MAX_LOOKS, CauseBook
from controller.ingest.cause_rows import Touched
from tests.integration.ingest.reports import P1, at


def test_a_change_is_looked_at_at_once_and_twice_again():
    book = CauseBook()
    book.changed(P1, at(0), 100.0)
    found = [second for second in range(100, 160) if book.take_due(second)]
    assert found == [100, 115, 145]


def test_a_report_counts_where_it_is_late_or_soon_after_a_change():
    book = CauseBook()
    book.reported(P1, at(0), 100.0, is_late=False)
    assert book.take_due(100.0) == {}
    book.reported(P1, at(0), 100.0, is_late=True)
    assert book.take_due(100.0) == {P1: Touched(at(0), at(0))}
    book.changed(P1, at(5), 200.0)
    assert book.take_due(200.0)
    book.reported(P1, at(6), 210.0, is_late=False)
    assert book.take_due(210.0) == {P1: Touched(at(6), at(6))}


def test_a_backlog_is_judged_once_in_two_seconds_and_wholly():
    book = CauseBook()
    for n in range(50):
        book.reported(P1, at(n), 100.0 + n / 10, is_late=True)
    assert book.take_due(105.0) == {P1: Touched(at(0), at(49))}
    book.reported(P1, at(60), 105.1, is_late=True)
    assert book.take_due(106.0) == {}
    assert book.take_due(107.5) == {P1: Touched(at(60), at(60))}


def test_a_province_is_judged_in_several_turns():
    book = CauseBook()
    for n in range(AT_ONCE + 1):
        book.reported(f"xa-{n}", at(0), 100.0, is_late=True)
    assert (len(book.take_due(100.0)), len(book.take_due(100.5))) == (AT_ONCE, 1)


def test_a_point_that_comes_and_goes_all_the_time_waits_in_no_growing_list():
    book = CauseBook()
    for n in range(10_000):
        book.changed(P1, at(n), 100.0 + n / 1000)
    assert len(book._looks[P1]) == MAX_LOOKS
    assert book.take_due(160.0)[P1].last_at == at(9_999)


def test_what_could_not_be_judged_is_judged_later():
    book = CauseBook()
    book.give_back({P1: Touched(at(1), at(9))})
    assert book.take_due(100.0) == {P1: Touched(at(1), at(9))}
