"""A rung that is lost soon after each climb is tried ever more rarely, on whatever line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.sfu.ladder import Ladder, Rung
from media.sfu.patience import CALM_S, FIRST_S, LONGEST_S, SOON_S, RungPatience
from media.sfu.sizes import Size
from tests.fakes.bottleneck import VirtualLine
from tests.unit.media.sfu.test_sudden_fall import FRAME_S, Way

KEYFRAME_BYTES, SMALL_KEYFRAME_BYTES = 40_000, 10_000
WATCHED_S = 300
MOST_MOVES = 20  # of one rung: ten losses, ten climbs
RUNG = 1


def waits_of(patience, lasted_s, count, now=0.0):
    """Climb as soon as may be, lose the rung after so long; return the waits."""
    waits = []
    for _ in range(count):
        patience.climbed(RUNG, now=now)
        now += lasted_s
        patience.lost(RUNG, now=now)
        lost_at = now
        while not patience.allows(RUNG, now=now):
            now += 0.5
        waits.append(now - lost_at)
    return waits, now


def test_each_loss_soon_after_a_climb_makes_the_next_wait_twice_as_long():
    waits, _ = waits_of(RungPatience(3), 1.0, 7)
    assert waits == [FIRST_S, 8, 16, 32, LONGEST_S, LONGEST_S, LONGEST_S]


def test_a_rung_that_was_kept_for_long_is_tried_again_at_once():
    assert waits_of(RungPatience(3), SOON_S, 3)[0] == [0, 0, 0]


def test_a_rung_that_was_never_climbed_to_is_tried_again_at_once():
    patience = RungPatience(3)
    patience.lost(RUNG, now=5.0)
    assert patience.allows(RUNG, now=5.0)


@pytest.mark.parametrize(("calm_s", "wait_s"), [(CALM_S - 1, 2 * FIRST_S), (CALM_S, FIRST_S)])
def test_it_is_forgotten_after_a_calm_time(calm_s, wait_s):
    patience = RungPatience(3)
    patience.climbed(RUNG, now=0.0)
    patience.lost(RUNG, now=0.0)
    patience.climbed(RUNG, now=calm_s)
    patience.lost(RUNG, now=calm_s)
    assert not patience.allows(RUNG, now=calm_s + wait_s - 0.1)
    assert patience.allows(RUNG, now=calm_s + wait_s)


def test_one_rung_has_nothing_held_against_it_for_another():
    patience = RungPatience(3)
    patience.climbed(2, now=0.0)
    patience.lost(2, now=1.0)
    assert [patience.allows(rung, now=1.0) for rung in range(3)] == [True, True, False]


def test_a_sign_ends_one_wait_and_no_other_before_the_line_is_calm():
    patience = RungPatience(3)
    _, now = waits_of(patience, 1.0, 4)
    for is_heeded in (True, False, False):
        patience.climbed(RUNG, now=now)
        patience.lost(RUNG, now=now)
        patience.hurry(now=now)
        assert patience.allows(RUNG, now=now) is is_heeded
        now += LONGEST_S
    now += CALM_S
    patience.climbed(RUNG, now=now)
    patience.lost(RUNG, now=now)
    patience.hurry(now=now)
    assert patience.allows(RUNG, now=now)


STEPS = st.tuples(
    st.floats(0, 4e6),  # what is taken to be carried
    st.booleans(),  # whether the line is full
    st.booleans(),  # whether a sign says that it is faster
    st.integers(1, 40),  # for how many steps
)


@settings(max_examples=60, deadline=None)
@given(
    costs=st.lists(st.floats(1e3, 3e6), min_size=5, max_size=5).map(sorted),
    steps=st.lists(STEPS, min_size=1, max_size=30),
    can_probe=st.booleans(),
    is_thin=st.booleans(),
)
def test_no_line_and_no_estimate_makes_a_ladder_swing(costs, steps, can_probe, is_thin):
    ladder, now, full_at, lost = Ladder(), 0.0, float("-inf"), dict.fromkeys(Rung, 0)
    while now < WATCHED_S:
        for usable_bps, is_full, has_improved, count in steps:
            for _ in range(count):
                now += 0.2
                full_at = now if is_full else full_at
                before = ladder.rung
                ladder.step(
                    costs, usable_bps, full_at=full_at, is_full=is_full, is_thin=is_thin,
                    has_improved=has_improved, can_probe=can_probe, now=now,
                )  # fmt: skip
                for rung in Rung:
                    lost[rung] += ladder.rung < rung <= before
    watches = now / WATCHED_S
    assert all(count <= watches * MOST_MOVES / 2 for count in lost.values()), lost


class Asked(Way):
    """A viewer whose pictures begin with large keyframes, as do all that others ask for."""

    def __init__(self, line, *, large_bps, asked_every_s, can_pad, seed):
        super().__init__(line, seed=seed)
        self.down.can_pad = can_pad
        large, small, _ = self.sources
        large.frame_bytes, large.key_bytes = int(large_bps * FRAME_S / 8), KEYFRAME_BYTES
        small.key_bytes = SMALL_KEYFRAME_BYTES
        self.asked_every_s = asked_every_s

    def watch(self, seconds):
        """Go on; return how long the large picture was shown, as a share, and all queues."""
        large, queues = 0, []
        for second in range(seconds):
            if self.asked_every_s and second % self.asked_every_s == 0:
                for source in self.sources[:2]:
                    source.asked(None)
            queues += self.run(1)
            large += self.down.limit_of("stage") is Size.HIGH
        return large / seconds, queues


FAR = {"rate_bps": 700e3, "delay_s": 0.125, "loss_ratio": 0.05, "queue_limit_s": 0.3}


@pytest.mark.parametrize(
    ("large_bps", "asked_every_s", "can_pad", "least_large"),
    [
        (300e3, 6, True, 0.9),
        (400e3, 20, True, 0.65),
        (400e3, 6, True, 0.4),
        (500e3, 20, True, 0.0),
        (500e3, 6, False, 0.0),
        (1.5e6, None, False, 0.0),
    ],
)
def test_a_thin_lossy_line_does_not_swing_by_keyframes(
    large_bps, asked_every_s, can_pad, least_large
):
    shares, queues = [], []
    for seed in (1, 2, 3):
        line = VirtualLine(**FAR)
        viewer = Asked(
            line, large_bps=large_bps, asked_every_s=asked_every_s, can_pad=can_pad, seed=seed
        )
        large, found = viewer.watch(WATCHED_S)
        shares.append(large)
        queues += found
        assert viewer.down.ladder.moves <= MOST_MOVES
    assert sum(shares) / len(shares) >= least_large, shares
    assert sum(queue_s > 0.15 for queue_s in queues) <= 0.02 * len(queues), "sound waits"


@pytest.mark.parametrize("large_bps", [300e3, 400e3])
def test_a_picture_that_grows_beyond_the_line_is_let_go_within_a_second(large_bps):
    for seed in (1, 2, 3, 4):
        line = VirtualLine(**{**FAR, "queue_limit_s": 2.0})
        viewer = Asked(line, large_bps=large_bps, asked_every_s=None, can_pad=True, seed=seed)
        viewer.watch(30)
        assert viewer.down.ladder.rung is Rung.HIGH
        viewer.sources[0].frame_bytes = 7500
        _, queues = viewer.watch(1)
        assert viewer.down.ladder.rung < Rung.SPEAKER
        assert max(queues) <= 0.45


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_picture_is_back_ten_seconds_after_64_kbit_though_the_line_swung_before(seed):
    line = VirtualLine(**FAR)
    viewer = Asked(line, large_bps=500e3, asked_every_s=6, can_pad=True, seed=seed)
    viewer.watch(60)
    assert viewer.down.ladder.moves > 5
    line.rate_bps = 64e3
    viewer.watch(30)
    assert viewer.down.ladder.rung < Rung.LOW
    line.rate_bps, line.loss_ratio = 4e6, 0.0
    viewer.watch(10)
    assert viewer.down.ladder.rung >= Rung.LOW
