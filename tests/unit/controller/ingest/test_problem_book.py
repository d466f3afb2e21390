"""Whom it is time to judge."""

from controller.ingest.problem_book import AGAIN_S, EVERYONE_S, ProblemBook

A, B = "p-a", "p-b"


def test_everyone_is_judged_at_the_start_and_twice_a_minute():
    book = ProblemBook()
    assert book.due_points(100.0) is None
    assert book.due_points(100.0 + EVERYONE_S - 0.1) == []
    assert book.due_points(100.0 + EVERYONE_S) is None


def test_a_point_is_judged_at_once_and_then_at_most_once_a_second():
    book = ProblemBook()
    book.due_points(0.0)
    book.note([A])
    assert book.due_points(1.0) == [A]
    book.note([A, B])
    assert book.due_points(1.0 + AGAIN_S / 2) == [B]
    assert book.due_points(1.0 + AGAIN_S) == [A]
    assert book.due_points(5.0) == []


def test_what_could_not_be_written_is_judged_again():
    book = ProblemBook()
    book.due_points(0.0)
    book.note_everyone()
    assert book.due_points(0.5) is None
