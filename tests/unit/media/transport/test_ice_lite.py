"""When a peer is followed to another address, and when nothing is sent."""

from media.transport.ice_lite import CONSENT_S, DEAD_S, PeerPath

HERE, THERE, ELSEWHERE = ("192.0.2.1", 1), ("192.0.2.2", 2), ("192.0.2.3", 3)


def secured():
    path = PeerPath(checked_at=0.0)
    path.checked(HERE, is_nominating=True, now=0.0)
    path.secured()
    return path


def test_nothing_is_sent_before_a_check():
    assert not PeerPath(checked_at=0.0).may_send(0.0)


def test_before_dtls_the_nominated_address_counts():
    path = PeerPath(checked_at=0.0)
    path.checked(HERE, is_nominating=False, now=0.0)
    path.checked(THERE, is_nominating=True, now=0.1)
    assert path.address == THERE


def test_a_check_alone_moves_nothing():
    path = secured()
    path.checked(THERE, is_nominating=True, now=1.0)
    assert path.address == HERE


def test_a_newer_packet_from_the_checked_address_is_reason_to_ask_and_its_answer_to_move():
    path = secured()
    path.checked(THERE, is_nominating=True, now=1.0)
    assert not path.received(THERE, is_newer=False)
    assert not path.received(ELSEWHERE, is_newer=True)
    assert path.received(THERE, is_newer=True)
    assert path.address == HERE
    path.answered(THERE, now=1.2)
    assert path.address == THERE
    assert path.may_send(1.2 + CONSENT_S)


def test_a_replayed_check_gives_no_consent_for_the_old_address():
    path = secured()
    path.checked(THERE, is_nominating=True, now=CONSENT_S + 1)
    assert not path.may_send(CONSENT_S + 1)


def test_consent_ends_and_then_the_peer_is_dead():
    path = secured()
    assert path.may_send(CONSENT_S)
    assert not path.may_send(CONSENT_S + 0.1)
    assert not path.is_dead(DEAD_S)
    assert path.is_dead(DEAD_S + 0.1)
    path.checked(HERE, is_nominating=False, now=20.0)
    assert path.may_send(20.0)


def test_media_without_checks_keep_the_consent_and_the_peer():
    path = secured()
    path.heard_at = DEAD_S
    assert path.may_send(DEAD_S + CONSENT_S)
    assert not path.may_send(DEAD_S + CONSENT_S + 0.1)
    assert not path.is_dead(2 * DEAD_S)
    assert path.is_dead(2 * DEAD_S + 0.1)


def test_an_indication_is_a_sign_of_life_and_no_consent():
    path = secured()
    path.indicated(HERE, now=DEAD_S)
    assert not path.may_send(DEAD_S)
    assert not path.is_dead(2 * DEAD_S)
    path.indicated(THERE, now=2 * DEAD_S)
    assert path.is_dead(2 * DEAD_S + 0.1)
