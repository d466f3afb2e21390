"""Pausing what nobody sees, in virtual time: what is asked, when, and how often."""

from hypothesis import given
from hypothesis import strategies as st

from media.sfu.demand import LINGER_S, RESUME_LIMIT_S, Demand
from media.sfu.receive_stream import SILENCE_S
from media.wire.rtcp import PauseKind

TICK_S = 0.025
PAUSE, RESUME = PauseKind.PAUSE, PauseKind.RESUME


class Line:
    """A relay's demand and a sender, with requests that may be lost on the way."""

    def __init__(self):
        self.demand, self.now = Demand(), 100.0
        self.is_wanted = self.is_sending = self.has_camera = True
        self.received_at = self.now
        self.loses = 0
        self.asked = []

    def pass_s(self, seconds):
        for _ in range(round(seconds / TICK_S)):
            self.now += TICK_S
            if self.is_sending and self.has_camera:
                self.received_at = self.now
            self.look()

    def look(self):
        ask = self.demand.look(
            is_wanted=self.is_wanted,
            received_at=self.received_at,
            is_alive=self.is_alive,
            now=self.now,
        )
        if ask is None:
            return
        self.asked.append((ask.kind, ask.pause_id))
        if self.loses:
            self.loses -= 1
        else:
            self.is_sending = ask.kind is RESUME

    @property
    def is_alive(self):
        return self.now - self.received_at <= SILENCE_S

    @property
    def is_available(self):
        return self.is_alive or self.demand.is_expected


def test_what_nobody_shows_is_paused_and_asked_for_again_at_once():
    line = Line()
    line.pass_s(10)
    assert line.asked == []
    line.is_wanted = False
    line.pass_s(LINGER_S - 2 * TICK_S)
    assert line.asked == []
    line.pass_s(600)
    assert line.asked == [(PAUSE, 1)]
    assert not line.is_alive and line.is_available
    line.is_wanted = True
    line.look()
    line.pass_s(600)
    assert line.asked == [(PAUSE, 1), (RESUME, 1)]
    assert line.is_alive


def test_a_slot_that_comes_back_within_the_time_pauses_nothing():
    line = Line()
    for _ in range(50):
        line.is_wanted = not line.is_wanted
        line.pass_s(LINGER_S * 0.9)
    assert line.asked == []


def test_requests_that_are_lost_are_repeated_until_they_are_heard():
    line = Line()
    line.is_wanted, line.loses = False, 3
    line.pass_s(10)
    assert line.asked == [(PAUSE, 1)] * 4 and not line.is_sending
    line.is_wanted, line.loses = True, 2
    line.pass_s(0.25)
    assert line.asked[4:] == [(RESUME, 1)] * 3 and line.is_sending


def test_a_camera_that_is_gone_meanwhile_counts_as_gone_soon_after_it_is_wanted():
    line = Line()
    line.is_wanted = False
    line.pass_s(10)
    line.has_camera, line.is_wanted = False, True
    line.pass_s(RESUME_LIMIT_S - TICK_S)
    assert line.is_available
    line.pass_s(3 * TICK_S)
    assert not line.is_available
    line.is_wanted = False  # its slot is empty now
    line.pass_s(60)
    assert not line.is_available and PAUSE not in {kind for kind, _ in line.asked[1:]}
    line.has_camera = True
    line.pass_s(LINGER_S + 1)
    assert line.asked[-1] == (PAUSE, 2) and line.is_available


def test_what_never_came_is_not_asked_to_pause():
    line = Line()
    line.has_camera, line.received_at, line.is_wanted = False, float("-inf"), False
    line.pass_s(60)
    assert line.asked == []


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.floats(0.03, 4)), max_size=30))
def test_after_whatever_loss_what_is_wanted_comes_and_what_is_not_ends(moves):
    line = Line()
    for line.is_wanted, line.loses, seconds in moves:
        line.pass_s(seconds)
    line.loses = 0
    line.pass_s(5)
    assert line.is_sending == line.is_wanted
    assert line.is_available
    assert len(line.asked) < 200
