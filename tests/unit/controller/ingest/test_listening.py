"""Whether the centre hears, proved by its own beats alone."""

from datetime import UTC, datetime, timedelta

from contracts.ids import PointId
from controller.ingest.listening import Listening
from controller.ingest.presence_book import PresenceBook
from monitoring.judgement.presence import PresenceLimits, PresenceState, restored

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)
P1, P2 = PointId("p1"), PointId("p2")


def at(seconds):
    return T0 + timedelta(seconds=seconds)


def caught_up():
    listening = Listening()
    listening.connected(T0)
    listening.sign(T0)
    return listening


def test_the_first_life_is_blind_from_its_session_on_and_the_next_since_the_last_sign():
    assert Listening().connected(T0) == T0
    assert Listening(sign_at=T0).connected(at(60)) == T0


def test_a_session_alone_proves_nothing_however_long_the_queue_takes():
    listening = Listening(sign_at=T0)
    listening.connected(at(3600))
    for second in (3600, 3601, 3700, 7200):
        assert not listening.can_judge(at(second))
        assert listening.blind_from(at(second)) == T0
    assert listening.sign(at(7200)) == T0
    assert listening.can_judge(at(7200))


def test_only_a_fresh_beat_of_this_process_is_a_sign():
    listening, earlier = Listening(), Listening()
    beat = listening.beat(T0)
    assert listening.is_sign(beat, at(10))
    assert not listening.is_sign(beat, at(10.1))
    assert not listening.is_sign(beat, at(-10.1))
    assert not listening.is_sign(earlier.beat(T0), T0)


def test_signs_that_follow_closely_are_no_blindness():
    listening = caught_up()
    assert [listening.sign(at(s)) for s in (5, 17, 17)] == [None, None, None]
    assert listening.can_judge(at(29))


def test_a_process_that_stood_still_was_blind_until_the_next_sign():
    listening = caught_up()
    assert not listening.can_judge(at(12.1))
    assert listening.sign(at(60)) == T0
    assert listening.can_judge(at(60))


def test_without_a_session_nothing_is_judged():
    listening = Listening()
    assert not listening.can_judge(T0)
    listening = caught_up()
    listening.disconnected()
    assert not listening.can_judge(at(1))
    assert listening.connected(at(3)) == T0
    assert not listening.can_judge(at(3))


def test_what_waited_in_the_queue_is_no_presence_and_the_grace_begins_after_it():
    book = PresenceBook(PresenceLimits())
    book.restore([restored(P1, PresenceState.UP, T0)])
    book.blinded(at(10), at(3600))
    for point in (P1, P2):
        book.heard(point, at(3601), at(3602))
    assert book.counts[PresenceState.UNKNOWN] == 1 == sum(book.counts.values())
    book.resumed(at(10), at(3900))
    book.tick(at(3925))
    book.heard(P1, at(3925), at(3925))
    assert book.counts[PresenceState.UP] == 1
    assert [change.began_at for change in book.take_changes()] == [at(10), at(3925)]
