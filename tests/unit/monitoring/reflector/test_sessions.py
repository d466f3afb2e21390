"""Which packets of a session are new, and what number their answers get."""

from monitoring.reflector.sessions import FORGOTTEN_AFTER_S, QUIET_S, Sessions

STEP = 100_000_000


def numbers(sessions, seqs, *, now_s=0.0, began_ns=0, who=1):
    return [sessions.number(who, seq, began_ns + seq * STEP, now_s=now_s) for seq in seqs]


def test_answers_are_numbered_by_themselves_so_that_a_gap_is_the_way_up():
    assert numbers(Sessions(), (0, 1, 4, 5)) == [0, 1, 2, 3]


def test_an_overtaken_packet_is_new_once_and_one_heard_before_never():
    assert numbers(Sessions(), (0, 2, 1, 1, 2, 0, 3)) == [0, 1, 2, None, None, None, 3]


def test_what_is_too_late_is_not_told_from_a_replay():
    sessions = Sessions()
    assert numbers(sessions, (0, 100, 37, 36)) == [0, 1, 2, None]


def test_a_sender_that_begins_anew_has_a_new_session_and_the_old_one_is_no_key_to_it():
    sessions = Sessions()
    assert numbers(sessions, range(5)) == [0, 1, 2, 3, 4]
    assert numbers(sessions, (0, 1), began_ns=10 * STEP) == [0, 1]
    assert numbers(sessions, (0, 3, 4)) == [None, None, None]
    assert numbers(sessions, (2,), began_ns=10 * STEP) == [2]


def test_packets_of_a_session_that_is_over_are_replays_whatever_their_number():
    sessions = Sessions()
    numbers(sessions, range(500))
    numbers(sessions, (0, 1), began_ns=10_000 * STEP)
    assert numbers(sessions, (1, 2, 80, 499)) == [None] * 4


def test_a_sender_whose_clock_was_set_back_before_it_began_anew_waits_for_quiet():
    sessions = Sessions()
    numbers(sessions, (0, 1), began_ns=10_000 * STEP, now_s=0.0)
    assert numbers(sessions, (0,), now_s=QUIET_S - 1) == [None]
    # Its tries do not keep it out.
    assert numbers(sessions, (1,), now_s=QUIET_S) == [0]


def test_each_point_has_its_own_and_they_are_bounded_and_expire():
    sessions = Sessions(limit=3)
    for who in range(5):
        assert numbers(sessions, (7,), who=who, now_s=who) == [0]
    assert len(sessions) == 3
    sessions.forget(2 + FORGOTTEN_AFTER_S)
    assert len(sessions) == 2
    assert numbers(sessions, (8,), who=4, now_s=5) == [1]
