"""Whose sounds go through in a discussion, in virtual time: a packet each 20 ms."""

import random

from hypothesis import given
from hypothesis import strategies as st

from media.sfu.loudness import LANES, LONGEST_S, TIRED_AFTER_S, Loudness
from media.wire.audio_level import SILENT, UNSAID, read, written

FRAME_S = 0.02
NOISE, VOICE = 60, 28
FIVE = ("a", "b", "c", "d", "e")


class Meeting:
    """Sources with a level each; time goes on by `run`."""

    def __init__(self, names=FIVE, level=NOISE):
        self.loudness = Loudness()
        self.levels = dict.fromkeys(names, level)
        self.muted = set()
        self.now = 100.0
        self.changes = 0

    def run(self, seconds, until=lambda: False):
        """Return how many seconds passed until the condition held."""
        began = self.now
        while self.now - began < seconds and not until():
            self.now += FRAME_S
            for name, level in self.levels.items():
                if level is not None:
                    value = level() if callable(level) else level
                    self.loudness.heard(name, value, now=self.now)
            lanes = self.loudness.lanes
            self.loudness.choose(set(self.levels) - self.muted, now=self.now)
            self.changes += lanes != self.loudness.lanes
        return self.now - began

    def is_heard(self, name):
        return name in self.loudness.lanes


def test_who_begins_to_speak_is_heard_within_300_ms_when_the_lanes_are_full_of_noise():
    meeting = Meeting()
    meeting.run(2)
    outside = next(n for n in FIVE if not meeting.is_heard(n))
    meeting.levels[outside] = VOICE
    assert meeting.run(1, lambda: meeting.is_heard(outside)) <= 0.3


def test_who_answers_somebody_who_stopped_is_heard_within_300_ms_even_if_quieter():
    meeting = Meeting()
    meeting.levels |= dict.fromkeys("abcd", VOICE)
    meeting.run(2)
    assert not meeting.is_heard("e")
    meeting.levels |= {"a": SILENT, "e": VOICE + 8}
    assert meeting.run(1, lambda: meeting.is_heard("e")) <= 0.3
    assert not meeting.is_heard("a")


def test_a_pause_between_words_costs_nobody_his_lane():
    meeting = Meeting()
    meeting.levels |= dict.fromkeys("abcd", VOICE)
    meeting.run(2)
    meeting.levels["a"] = None  # discontinuous: nothing is sent
    meeting.run(0.4)
    assert meeting.is_heard("a")


def test_two_who_are_as_loud_do_not_take_turns():
    meeting = Meeting()
    dice = random.Random(7)
    meeting.levels |= dict.fromkeys(FIVE, lambda: VOICE + dice.randint(-2, 2))
    meeting.run(1)
    meeting.changes = 0
    meeting.run(60)
    assert meeting.changes == 0


def test_who_goes_on_keeps_his_lane_when_another_changes():
    meeting = Meeting()
    meeting.levels |= dict.fromkeys("abcd", VOICE)
    meeting.run(2)
    before = meeting.loudness.lanes
    meeting.levels |= {"b": SILENT, "e": VOICE}
    meeting.run(1)
    kept = [(x, y) for x, y in zip(before, meeting.loudness.lanes, strict=True) if x == y]
    assert len(kept) == LANES - 1


def test_who_is_muted_or_gone_leaves_at_once_and_the_next_comes_in():
    meeting = Meeting()
    meeting.levels |= dict.fromkeys("abcd", VOICE)
    meeting.run(2)
    meeting.muted = {"a"}
    meeting.run(FRAME_S)
    assert set(meeting.loudness.lanes) == {"b", "c", "d", "e"}


def test_a_short_noise_makes_nobody_the_speaker_and_a_sentence_does():
    meeting = Meeting()
    meeting.levels["a"] = VOICE
    meeting.run(2)
    assert meeting.loudness.speakers == ("a",)
    meeting.levels |= {"a": SILENT, "b": 10}
    meeting.run(0.3)
    meeting.levels |= {"a": VOICE, "b": NOISE}
    meeting.run(2)
    assert meeting.loudness.speakers == ("a",)
    meeting.levels |= {"a": SILENT, "b": VOICE}
    assert meeting.run(3, lambda: meeting.loudness.speakers[0] == "b") <= 1.0
    assert meeting.loudness.speakers == ("b", "a")


def test_in_a_silent_meeting_nobody_is_the_speaker():
    meeting = Meeting(level=127 - 20)
    meeting.run(5)
    assert meeting.loudness.speakers == ()


def test_who_shouts_without_end_takes_one_lane_and_no_more():
    meeting = Meeting()
    meeting.levels |= {"a": 0} | dict.fromkeys("bcde", VOICE)
    meeting.run(3)
    assert meeting.loudness.lanes.count("a") == 1
    assert len(set(meeting.loudness.lanes)) == LANES


def test_who_says_no_level_is_louder_than_noise_and_quieter_than_a_voice():
    assert VOICE < UNSAID < NOISE
    assert read(None, 80) == UNSAID
    assert read(None, 3) == SILENT
    assert read(b"\x80", 80) == 0  # the bit that says voice


@given(st.integers(), st.integers(0, 2000))
def test_whatever_is_said_is_a_level(level, size):
    assert 0 <= read(written(level), size) <= SILENT


@given(st.lists(st.tuples(st.sampled_from(FIVE), st.binary(max_size=3), st.integers(0, 9))))
def test_lanes_hold_those_who_may_be_heard_once_each(packets):
    loudness = Loudness()
    for at, (name, said, out) in enumerate(packets):
        loudness.heard(name, read(said, 50), now=at * FRAME_S)
        allowed = set(FIVE[: out % 6])
        loudness.choose(allowed, now=at * FRAME_S)
        chosen = [lane for lane in loudness.lanes if lane is not None]
        assert len(chosen) == len(set(chosen)) == min(LANES, len(allowed))
        assert set(chosen) <= allowed


def test_those_who_shout_without_end_keep_nobody_out_who_speaks():
    meeting = Meeting()
    meeting.levels |= dict.fromkeys("abcd", 0)
    meeting.run(TIRED_AFTER_S + 30)
    assert not meeting.is_heard("e")
    assert meeting.loudness.speakers[0] in "abcd"
    meeting.levels["e"] = VOICE
    assert meeting.run(1, lambda: meeting.is_heard("e")) <= 0.3
    assert meeting.run(2, lambda: meeting.loudness.speakers[0] == "e") <= 1.0


def test_a_long_speech_loses_nothing_to_the_noise_of_other_rooms():
    meeting = Meeting()
    meeting.levels["c"] = VOICE
    meeting.run(2)
    place = meeting.loudness.lanes.index("c")
    assert meeting.run(600, lambda: meeting.loudness.lanes[place] != "c") >= 599
    assert meeting.loudness.speakers == ("c",)
    meeting.levels["d"] = VOICE
    meeting.run(2)
    assert meeting.loudness.speakers == ("d", "c")
    meeting.levels["d"] = NOISE
    meeting.run(3)
    assert meeting.loudness.speakers == ("c", "d"), "who goes on is shown again"


def test_who_pauses_is_as_loud_as_before():
    meeting = Meeting()
    meeting.levels["a"] = VOICE
    meeting.run(120)
    meeting.levels["a"] = None
    meeting.run(LONGEST_S)
    meeting.levels |= {"a": VOICE}
    meeting.run(2)
    meeting.levels["b"] = VOICE
    meeting.run(2)
    assert meeting.loudness.speakers[0] == "a", "two who are as loud do not take turns"
