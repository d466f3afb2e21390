"""Whether the centre hears, proved by signs alone."""

from datetime import UTC, datetime, timedelta

from controller.ingest.listening import Listening

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)


def at(seconds):
    return T0 + timedelta(seconds=seconds)


def test_the_first_life_was_never_blind_and_the_next_since_the_last_sign():
    assert Listening().connected(T0) is None
    assert Listening(sign_at=T0).connected(at(60)) == T0


def test_signs_that_follow_closely_are_no_blindness():
    listening = Listening()
    listening.connected(T0)
    assert [listening.sign(at(s)) for s in (5, 17, 17)] == [None, None, None]
    assert listening.can_judge(at(29))


def test_a_process_that_stood_still_was_blind():
    listening = Listening()
    listening.connected(T0)
    assert not listening.can_judge(at(12.1))
    assert listening.sign(at(60)) == T0
    assert listening.can_judge(at(60))


def test_without_a_session_nothing_is_judged():
    listening = Listening()
    assert not listening.can_judge(T0)
    listening.connected(T0)
    listening.disconnected()
    assert not listening.can_judge(at(1))
    assert listening.connected(at(3)) == T0
