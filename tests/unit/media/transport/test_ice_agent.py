"""The full ICE agent in virtual time, over a seeded lossy link, against a lite answerer."""

import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from media.transport.ice_agent import IceAgent, IceState
from media.wire import stun
from media.wire.ice_credentials import Credentials

LOCAL, REMOTE = Credentials("point", "p" * 22), Credentials("relay", "r" * 22)
RELAY_A, RELAY_B = ("192.0.2.10", 10_000), ("198.51.100.10", 10_000)
OUR_ADDRESS = ("203.0.113.5", 40_000)


@dataclass
class Link:
    """The relay's side and the way to it; nothing here sleeps.

    `dead` holds the (source, address) ways that carry nothing.
    """

    seed: int = 1
    loss: float = 0.0
    one_way_ms: int = 20
    credentials: Credentials = REMOTE
    dead: set[Any] = field(default_factory=set)
    nominated: list[Any] = field(default_factory=list)
    in_flight: list[Any] = field(default_factory=list)

    def __post_init__(self):
        self.chance = random.Random(self.seed)
        self.entropy = self.chance.randbytes

    def agent(self, sources=1, addresses=(RELAY_A,), **changes):
        agent = IceAgent(LOCAL, REMOTE, sources, self.entropy, 0, **changes)
        for address in addresses:
            agent.add_remote(address, 0)
        return agent

    def carry(self, agent, start_ms, end_ms, step_ms=5):
        """Let time pass; return the states entered."""
        states = []
        for now_ms in range(start_ms, end_ms, step_ms):
            for sent in agent.poll(now_ms):
                self._to_relay(sent, now_ms)
            self._deliver(agent, now_ms)
            if not states or states[-1] is not agent.state(now_ms):
                states.append(agent.state(now_ms))
        return states

    def _is_lost(self, source, address):
        return (source, address) in self.dead or self.chance.random() < self.loss

    def _to_relay(self, sent, now_ms):
        if self._is_lost(sent.source, sent.address):
            return
        message = stun.parse(sent.data)
        ufrag = message.username.partition(":")[0]
        if ufrag != self.credentials.ufrag or not stun.is_signed_by(
            message, self.credentials.password
        ):
            return
        if message.is_nominating:
            self.nominated.append((sent.source, sent.address))
        if self._is_lost(sent.source, sent.address):
            return
        answer = stun.build_response(
            transaction_id=message.transaction_id,
            mapped=OUR_ADDRESS,
            password=self.credentials.password,
        )
        at_ms = now_ms + 2 * self.one_way_ms
        self.in_flight.append((at_ms, sent.source, sent.address, answer))

    def _deliver(self, agent, now_ms):
        arrived = [item for item in self.in_flight if item[0] <= now_ms]
        self.in_flight = [item for item in self.in_flight if item[0] > now_ms]
        for _, source, address, data in arrived:
            agent.receive(source, data, address, now_ms)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("loss", [0.0, 0.2])
def test_connects_and_stays_over_a_lossy_link(seed, loss):
    link = Link(seed=seed, loss=loss)
    agent = link.agent()
    link.carry(agent, 0, 5_000)
    assert agent.state(5_000) is not IceState.CHECKING
    assert agent.selected.address == RELAY_A
    assert agent.selected.mapped == OUR_ADDRESS
    states = link.carry(agent, 5_000, 120_000)
    assert IceState.FAILED not in states
    if not loss:
        assert states == [IceState.CONNECTED]
        assert agent.selected.rtt_ms == pytest.approx(40, abs=5)


def test_connects_within_two_round_trips_on_a_good_line():
    link = Link()
    agent = link.agent()
    link.carry(agent, 0, 2 * 2 * link.one_way_ms + 20)
    assert agent.state(100) is IceState.CONNECTED


def test_checks_go_out_every_second_or_so():
    link = Link()
    agent = link.agent()
    link.carry(agent, 0, 2_000)
    link.nominated.clear()
    link.carry(agent, 2_000, 62_000)
    assert 50 <= len(link.nominated) <= 75


def test_a_dead_line_is_suspect_then_failed_then_back():
    link = Link()
    agent = link.agent()
    link.carry(agent, 0, 3_000)
    link.dead.add((0, RELAY_A))
    assert link.carry(agent, 3_000, 40_000) == [
        IceState.CONNECTED,
        IceState.SUSPECT,
        IceState.FAILED,
    ]
    assert not agent.may_send(40_000)
    link.dead.clear()
    assert link.carry(agent, 40_000, 41_500)[-1] is IceState.CONNECTED
    assert agent.may_send(41_500)


@pytest.mark.parametrize(
    ("silent_ms", "expected"),
    [
        (2_199, IceState.CONNECTED),
        (2_200, IceState.SUSPECT),
        (29_999, IceState.SUSPECT),
        (30_000, IceState.FAILED),
    ],
)
def test_states_change_exactly_at_their_limits(silent_ms, expected):
    link = Link()
    agent = link.agent()
    link.carry(agent, 0, 1_000)
    assert agent.state(agent.selected.answered_at_ms + silent_ms) is expected


@pytest.mark.parametrize(
    ("now_ms", "expected"), [(29_999, IceState.CHECKING), (30_000, IceState.FAILED)]
)
def test_a_way_that_never_was_fails_after_thirty_seconds(now_ms, expected):
    assert Link().agent().state(now_ms) is expected


def test_the_other_uplink_is_taken_before_the_first_is_given_up():
    link = Link()
    agent = link.agent(sources=2)
    link.carry(agent, 0, 3_000)
    assert agent.selected.source == 0
    link.dead.add((0, RELAY_A))
    states = link.carry(agent, 3_000, 8_000)
    assert agent.selected.source == 1
    assert states[-1] is IceState.CONNECTED
    assert IceState.FAILED not in states
    assert link.nominated[-1] == (1, RELAY_A)


def on_two_ways():
    link = Link()
    agent = link.agent(sources=2)
    link.carry(agent, 0, 3_000)
    assert agent.selected.source == 0
    return link, agent


def test_in_doubt_the_way_that_answers_is_taken_at_once():
    link, agent = on_two_ways()
    link.dead.add((0, RELAY_A))
    agent.doubt(3_000)
    link.carry(agent, 3_000, 3_000 + 2 * 2 * link.one_way_ms + 25)
    assert agent.selected.source == 1


def test_a_doubt_that_the_way_itself_answers_changes_nothing():
    link, agent = on_two_ways()
    agent.doubt(3_000)
    link.carry(agent, 3_000, 5_000)
    assert agent.selected.source == 0


def test_in_doubt_without_another_way_nothing_is_given_up():
    link, agent = on_two_ways()
    link.dead.update({(0, RELAY_A), (1, RELAY_A)})
    agent.doubt(3_000)
    assert link.carry(agent, 3_000, 5_000)[0] is IceState.CONNECTED
    assert agent.selected.source == 0


def test_the_better_way_is_gone_back_to_once_it_has_answered_for_ten_seconds():
    link, agent = on_two_ways()
    link.dead.add((0, RELAY_A))
    link.carry(agent, 3_000, 8_000)
    assert agent.selected.source == 1
    link.dead.clear()
    link.carry(agent, 8_000, 17_500)
    assert agent.selected.source == 1
    link.carry(agent, 17_500, 20_500)
    assert agent.selected.source == 0


def test_a_way_that_was_left_is_not_gone_back_to_for_what_it_answered_before():
    link = Link()
    agent = link.agent(sources=2)
    link.carry(agent, 0, 30_000)  # long steady
    link.dead.add((0, RELAY_A))
    agent.doubt(30_000)
    link.carry(agent, 30_000, 30_200)
    agent.doubt(30_200)  # as whoever sees that the way is another does
    link.carry(agent, 30_200, 30_600)
    assert agent.selected.source == 1


def test_a_lost_check_or_two_are_no_reason_to_leave_a_way():
    stayed = 0
    for seed in range(50):
        link = Link(seed=seed)
        agent = link.agent(sources=2)
        link.carry(agent, 0, 3_000)
        link.loss = 0.05  # each way
        agent.doubt(3_000)
        link.carry(agent, 3_000, 3_400)
        stayed += agent.selected.source == 0
    assert stayed >= 49


def test_what_is_due_lies_ahead_unless_something_is_to_be_sent():
    link, agent = on_two_ways()
    link.dead.update({(0, RELAY_A), (1, RELAY_A)})
    agent.doubt(3_000)
    looks, now_ms = 0, 3_000.0
    while now_ms < 4_000:
        agent.poll(now_ms)
        looks += 1
        now_ms = max(agent.due_ms(now_ms), now_ms + 0.1)
    assert looks < 30


def test_a_way_that_is_opened_later_is_one_to_fall_back_to():
    link = Link()
    agent = link.agent(sources=1)
    link.carry(agent, 0, 1_000)
    agent.add_source(1, 1_000, lambda source, address: True)
    link.carry(agent, 1_000, 3_000)
    link.dead.add((0, RELAY_A))
    agent.doubt(3_000)
    link.carry(agent, 3_000, 3_200)
    assert agent.selected.source == 1


def test_of_several_addresses_one_that_answers_is_used():
    link = Link(dead={(0, RELAY_B)})
    agent = link.agent(addresses=(RELAY_B, RELAY_A))
    link.carry(agent, 0, 1_000)
    assert agent.selected.address == RELAY_A


def test_restart_keeps_the_path_until_the_new_credentials_answer():
    link = Link()
    agent = link.agent()
    link.carry(agent, 0, 3_000)
    link.credentials = Credentials("fresh", "f" * 22)
    agent.restart(Credentials("again", "a" * 22), link.credentials, 3_000)
    assert agent.selected.address == RELAY_A
    assert agent.may_send(3_000)
    assert link.carry(agent, 3_000, 4_000) == [IceState.CONNECTED]
    assert agent.selected.answered_at_ms > 3_000


@pytest.mark.parametrize("forgery", ["password", "address", "transaction"])
def test_answers_that_prove_nothing_are_dropped(forgery):
    link = Link()
    agent = link.agent()
    (sent,) = agent.poll(0)
    request = stun.parse(sent.data)
    answer = stun.build_response(
        transaction_id=b"\0" * 12 if forgery == "transaction" else request.transaction_id,
        mapped=OUR_ADDRESS,
        password="x" * 22 if forgery == "password" else REMOTE.password,
    )
    agent.receive(0, answer, RELAY_B if forgery == "address" else RELAY_A, 10)
    link.carry(agent, 10, 15)
    assert agent.state(15) is IceState.CHECKING
    assert agent.selected is None


def request_from_relay(*, is_controlling, tie_breaker=0, password=LOCAL.password):
    return stun.build_request(
        transaction_id=b"t" * 12,
        own=REMOTE,
        other=Credentials(LOCAL.ufrag, password),
        priority=1,
        tie_breaker=tie_breaker,
        is_controlling=is_controlling,
        is_nominating=True,
    )


def test_checks_of_a_full_peer_are_answered():
    agent = Link().agent()
    (sent,) = agent.receive(0, request_from_relay(is_controlling=False), RELAY_B, 0)
    answer = stun.parse(sent.data)
    assert answer.message_type == stun.BINDING_RESPONSE
    assert stun.mapped_address(answer) == RELAY_B
    assert stun.is_signed_by(answer, LOCAL.password)


def test_checks_with_a_wrong_password_are_not_answered():
    agent = Link().agent()
    forged = request_from_relay(is_controlling=False, password="x" * 22)
    assert agent.receive(0, forged, RELAY_A, 0) == []


@pytest.mark.parametrize(("tie_breaker", "is_refused"), [(0, True), (2**64 - 1, False)])
def test_of_two_controlling_sides_the_higher_tie_breaker_stays(tie_breaker, is_refused):
    agent = Link().agent()
    (sent,) = agent.receive(
        0, request_from_relay(is_controlling=True, tie_breaker=tie_breaker), RELAY_A, 0
    )
    answer = stun.parse(sent.data)
    assert (answer.error_code == stun.ROLE_CONFLICT) is is_refused
    assert agent.is_controlling is is_refused
    assert (agent.selected is None) is is_refused


def test_a_role_conflict_answered_to_us_changes_our_role():
    agent = Link().agent()
    (sent,) = agent.poll(0)
    error = stun.build_error(
        transaction_id=stun.parse(sent.data).transaction_id,
        code=stun.ROLE_CONFLICT,
        reason="Role Conflict",
        password=REMOTE.password,
    )
    agent.receive(0, error, RELAY_A, 5)
    assert not agent.is_controlling


@pytest.mark.parametrize("seed", range(200))
def test_any_bytes_are_survived(seed):
    chance = random.Random(seed)
    agent = Link(seed=seed).agent()
    (sent,) = agent.poll(0)
    data = bytearray(sent.data)
    for _ in range(chance.randrange(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    agent.receive(0, bytes(data[: chance.randrange(len(data) + 1)]), RELAY_A, 1)
    assert agent.state(1) is IceState.CHECKING


def test_addresses_beyond_the_limit_are_not_tried():
    agent = Link().agent(addresses=[("192.0.2.1", port) for port in range(1, 200)])
    targets = {sent.address for now in range(0, 3_000, 20) for sent in agent.poll(now)}
    assert len(targets) <= 32


@pytest.mark.parametrize("spelt", ["2001:DB8::10", "2001:db8:0:0:0:0:0:10", "2001:db8::10"])
def test_a_candidate_is_an_address_however_it_is_spelt(spelt):
    link = Link()
    agent = link.agent(addresses=((spelt, 10_000),))
    link.carry(agent, 0, 1_000)
    assert agent.state(1_000) is IceState.CONNECTED
    assert agent.selected.address == ("2001:db8::10", 10_000)


def test_ipv4_within_ipv6_is_ipv4():
    agent = Link().agent(addresses=(RELAY_A, (f"::ffff:{RELAY_A[0]}", RELAY_A[1])))
    assert len(agent._pairs) == 1


def test_a_candidate_that_is_a_name_is_passed_over():
    assert Link().agent(addresses=(("relay.local", 10_000),)).poll(0) == []


def test_a_socket_is_paired_with_its_own_family_only():
    agent = IceAgent(LOCAL, REMOTE, 2, Link().entropy, 0)
    for address in (RELAY_A, ("2001:db8::10", 10_000)):
        agent.add_remote(address, 0, lambda source, address: (":" in address[0]) == (source == 1))
    assert agent.has_pair(0, RELAY_A) and agent.has_pair(1, ("2001:db8::10", 10_000))
    assert len(agent._pairs) == 2
