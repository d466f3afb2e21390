"""A question at an address, and what counts as its answer."""

from media.transport.return_check import ASK_EVERY_S, ReturnCheck
from media.wire import stun
from media.wire.ice_credentials import Credentials

LOCAL, REMOTE = Credentials("relay", "r" * 22), Credentials("point", "p" * 22)
HERE, THERE = ("192.0.2.1", 1), ("192.0.2.2", 2)


def question(check, address, now):
    return check.question(address, local=LOCAL, remote=REMOTE, now=now)


def answer(asked, *, password=REMOTE.password, transaction_id=None):
    return stun.parse(
        stun.build_response(
            transaction_id=transaction_id or stun.parse(asked).transaction_id,
            mapped=("192.0.2.9", 9),
            password=password,
        )
    )


def test_a_question_is_a_check_that_the_peer_can_verify():
    asked = stun.parse(question(ReturnCheck(), HERE, 0.0))
    assert asked.message_type == stun.BINDING_REQUEST
    assert asked.username == "point:relay"
    assert stun.is_signed_by(asked, REMOTE.password)
    assert not asked.is_nominating


def test_it_is_asked_again_after_a_while_and_each_answer_counts_once():
    check = ReturnCheck()
    asked = question(check, HERE, 0.0)
    assert question(check, HERE, ASK_EVERY_S - 0.01) is None
    assert question(check, THERE, 0.0) is not None
    assert question(check, HERE, ASK_EVERY_S) == asked
    assert check.is_answer(answer(asked), HERE, REMOTE)
    assert not check.is_answer(answer(asked), HERE, REMOTE)


def test_nothing_else_is_an_answer():
    check = ReturnCheck()
    asked = question(check, HERE, 0.0)
    assert not check.is_answer(answer(asked), THERE, REMOTE), "from elsewhere"
    assert not check.is_answer(answer(asked, transaction_id=bytes(12)), HERE, REMOTE), "guessed"
    assert not check.is_answer(answer(asked, password="x" * 22), HERE, REMOTE), "unsigned"
    assert check.is_answer(answer(asked), HERE, REMOTE)
