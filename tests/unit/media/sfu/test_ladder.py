"""What a subscriber is sent, in virtual time over a bottleneck: by the real line and estimate."""

import random
from dataclasses import dataclass

import pytest

from media.sfu.downlink import Downlink
from media.sfu.ladder import LONGEST_TRIAL_S, TRIAL_S, Ladder, Rung, cost, limit_of, main_of
from media.sfu.sizes import Size, encoding_for, wish_of
from tests.fakes.bottleneck import Bottleneck, VirtualLine

STEP_S, FRAME_S, SOUND_S, ADAPT_S = 0.005, 0.04, 0.02, 0.2
PACKET = 1100


@dataclass(frozen=True)
class Given:
    """An encoding that measures so much."""

    size: Size
    bps: float | None
    largest_bytes: float = 0.0


HIGH, LOW = Given(Size.HIGH, 1_500_000.0), Given(Size.LOW, 100_000.0)
SOUND = Given(Size.HIGH, 32_000.0)
TWO_SIZES = {"stage": (HIGH, LOW), "speaker": (HIGH, LOW)}
ONE_SIZE = {"stage": (HIGH,), "speaker": (HIGH,)}


class Viewer:
    """A viewer of two pictures and three sounds behind a line."""

    def __init__(self, line, *, pictures=TWO_SIZES, seed=1, can_pad=True):
        self.line = line
        self.way = Bottleneck(line, seed=seed)
        self.down = Downlink()
        self.down.can_pad = can_pad
        self.down.pictures = pictures
        self.down.sounds = {f"sound-{n}": SOUND for n in range(3)}
        self.now, self.number = 100.0, 1
        self.next_frame = self.next_sound = self.next_step = self.now
        self.moves = []
        self.queues = []
        self.padded = []  # when, and how many bytes

    @property
    def rung(self):
        return self.down.ladder.rung

    def send(self, octets):
        while octets > 0:
            size = int(max(60, min(PACKET, octets)))
            self.down.estimate.sent(self.number & 0xFFFF, size, now=self.now)
            self.way.put(self.number, size, now=self.now)
            self.number += 1
            octets -= size

    def run(self, seconds):
        """Go on; return the moves of that time, as (after how long, rung)."""
        began, self.moves, self.queues = self.now, [], []
        while self.now - began < seconds:
            self.now += STEP_S
            self._media()
            for report in self.way.reports(now=self.now):
                self.down.estimate.feedback(report, now=self.now)
            if self.now >= self.next_step:
                self.next_step += ADAPT_S
                before = self.rung
                self.down.adapt(now=self.now)
                if self.rung is not before:
                    self.moves.append((self.now - began, self.rung))
            self.queues.append(self.way.queue_s(self.now))
        return self.moves

    def _media(self):
        if self.now >= self.next_sound:
            self.next_sound += SOUND_S
            for slot, sound in self.down.sounds.items():
                if self.down.limit_of(slot) is not Size.NONE:
                    self.send(sound.bps * SOUND_S / 8)
        if self.now >= self.next_frame:
            self.next_frame += FRAME_S
            for slot, offered in self.down.pictures.items():
                shown = encoding_for(offered, wish_of(slot), self.down.limit_of(slot))
                if shown is not None:
                    self.send(shown.bps * FRAME_S / 8)
        padding = self.down.padding_due(now=self.now)
        if padding:
            self.padded.append((self.now, padding))
        size = PACKET if self.rung >= Rung.LOW else 275  # of what was sent, or of nothing
        while padding > 0:
            self.send(min(size, padding))
            padding -= size

    def queue_s(self, share):
        return sorted(self.queues)[int(share * (len(self.queues) - 1))]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_line_with_room_carries_everything_and_nothing_moves(seed):
    viewer = Viewer(VirtualLine(6e6, jitter_s=0.01, loss_ratio=0.005), seed=seed)
    assert viewer.run(60) == []
    assert viewer.rung is Rung.HIGH


class Hurried(Viewer):
    """Relay and viewer on busy machines: now and then either stands still for 10 to 40 ms."""

    def __init__(self, line, *, every_s, pictures, seed):
        super().__init__(line, pictures=pictures, seed=seed)
        self.every_s, self.chance = every_s, random.Random(seed)
        self.stands = {"relay": (0.0, 0.0), "viewer": (0.0, 0.0)}
        self.rungs = []
        reports = self.way.reports
        self.way.reports = lambda *, now: [] if self.stands_still("viewer") else reports(now=now)

    def stands_still(self, who):
        until, following = self.stands[who]
        if self.now >= following:
            until = self.now + self.chance.uniform(0.01, 0.04)
            following = self.now + self.every_s * self.chance.uniform(0.2, 2)
            self.stands[who] = until, following
        return self.now < until

    def _media(self):
        self.rungs.append(self.rung)
        if not self.stands_still("relay"):
            super()._media()


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("every_s", [0.1, 1.0])
@pytest.mark.parametrize(
    "line",
    [
        {"rate_bps": 2e6, "delay_s": 0.04, "loss_ratio": 0.02},
        {"rate_bps": 700e3, "delay_s": 0.125, "loss_ratio": 0.05},
    ],
)
def test_a_lossy_line_of_busy_machines_keeps_its_pictures(line, every_s, seed):
    pictures = {"stage": (HIGH, LOW)}
    viewer = Hurried(
        VirtualLine(queue_limit_s=0.3, **line), every_s=every_s, pictures=pictures, seed=seed
    )
    viewer.run(15)
    viewer.rungs.clear()
    viewer.run(60)
    assert sum(rung < Rung.LOW for rung in viewer.rungs) <= 0.02 * len(viewer.rungs)
    assert viewer.queue_s(0.95) <= 0.1


@pytest.mark.parametrize("stall_s", [0.05, 0.15, 0.3, 0.6])
@pytest.mark.parametrize("every_s", [0.7, 1.0, 3.1])
def test_a_receiver_that_stands_still_now_and_then_has_no_thin_line(stall_s, every_s):
    viewer = Viewer(VirtualLine(50e6, delay_s=0.001, stall_s=stall_s, stall_every_s=every_s))
    assert viewer.run(60) == []


@pytest.mark.parametrize("delay_s", [0.06, 0.15, 0.4])
def test_a_longer_way_is_not_taken_for_a_queue_for_long(delay_s):
    viewer = Viewer(VirtualLine(50e6, delay_s=0.01))
    viewer.run(20)
    viewer.line.delay_s = delay_s
    viewer.run(40)
    assert viewer.rung is Rung.HIGH
    assert viewer.run(30) == []


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_longer_way_that_loses_a_twentieth_is_none_for_long_either(seed):
    line = VirtualLine(20e6, delay_s=0.001)
    viewer = Viewer(line, seed=seed)
    viewer.run(8)
    line.rate_bps, line.loss_ratio, line.delay_s = 700e3, 0.05, 0.125
    viewer.run(8)
    assert viewer.rung >= Rung.LOW
    assert all(rung >= Rung.LOW for _, rung in viewer.run(20))


def test_a_line_that_falls_is_followed_within_a_second_and_not_below_what_it_carries():
    viewer = Viewer(VirtualLine(6e6))
    viewer.run(10)
    viewer.line.rate_bps = 500e3
    moves = viewer.run(20)
    assert moves[0][0] <= 1.0
    assert viewer.rung is Rung.LOW
    assert viewer.queue_s(0.5) <= 0.05


def test_a_queue_that_sound_would_wait_in_is_emptied_before_pictures_go_on():
    viewer = Viewer(VirtualLine(6e6))
    viewer.run(10)
    viewer.line.rate_bps = 500e3
    viewer.run(2)
    assert viewer.way.queue_s(viewer.now) > 0.5
    assert viewer.down.limit_of("stage") is Size.NONE
    viewer.run(3)
    assert viewer.way.queue_s(viewer.now) < 0.1
    viewer.run(1)
    assert viewer.down.limit_of("stage") is Size.LOW


@pytest.mark.parametrize(
    ("rate_bps", "rung"), [(2e6, Rung.SPEAKER), (700e3, Rung.LOW), (64e3, Rung.SOUND)]
)
def test_it_settles_where_the_line_carries_it_and_does_not_swing(rate_bps, rung):
    viewer = Viewer(VirtualLine(rate_bps))
    viewer.run(20)
    moves = viewer.run(120)
    on_rung = sum(1 for _ in moves) / 2
    assert on_rung <= 120 / LONGEST_TRIAL_S + 3
    assert viewer.rung in (rung, rung + 1)
    assert viewer.queue_s(0.9) <= 0.1


def test_a_thin_line_has_one_sound_and_keeps_it_in_time():
    viewer = Viewer(VirtualLine(64e3))
    viewer.run(20)
    viewer.run(60)
    assert viewer.down.only_sound == "sound-1"
    assert viewer.queue_s(0.9) <= 0.05


@pytest.mark.parametrize("dip_s", [5, 40])
def test_everything_is_back_ten_seconds_after_the_line(dip_s):
    viewer = Viewer(VirtualLine(6e6))
    viewer.run(10)
    viewer.line.rate_bps = 64e3
    viewer.run(dip_s)
    assert viewer.rung in (Rung.SOUND, Rung.CONTENT)
    viewer.line.rate_bps = 6e6
    viewer.run(10)
    assert viewer.rung is Rung.HIGH


@pytest.mark.parametrize("jitter_s", [0.0, 0.03, 0.06])
def test_a_picture_is_back_ten_seconds_after_64_kbit_however_much_delays_vary(jitter_s):
    late = 0
    for seed in range(1, 11):
        line = VirtualLine(4e6, jitter_s=jitter_s, loss_ratio=0.01, delay_s=0.03)
        viewer = Viewer(line, seed=seed)
        viewer.run(10)
        viewer.line.rate_bps = 64e3
        viewer.run((8, 25, 70)[seed % 3] + 0.3 * seed)
        viewer.line.rate_bps = 4e6
        viewer.run(10)
        late += viewer.rung < Rung.LOW
    assert late == 0  # `python -m bench.back_from_64k` tries a hundred


@pytest.mark.parametrize("jitter_s", [0.0, 0.03, 0.06])
@pytest.mark.parametrize(("rate_bps", "most_ms"), [(64e3, 400), (130e3, 150), (700e3, 200)])
def test_probes_move_nothing_that_the_line_does_not_carry_and_let_no_sound_wait(
    rate_bps, most_ms, jitter_s
):
    line = VirtualLine(rate_bps, jitter_s=jitter_s, loss_ratio=0.01, delay_s=0.03)
    viewer = Viewer(line)
    viewer.run(20)
    viewer.padded.clear()
    assert viewer.run(120) == []
    assert viewer.padded, "it was asked for more"
    assert viewer.queue_s(0.95) <= 0.03
    assert viewer.queue_s(1.0) <= most_ms / 1000


def test_a_thin_line_is_asked_once_in_a_minute_and_for_a_moment():
    viewer = Viewer(VirtualLine(64e3, jitter_s=0.03, loss_ratio=0.01, delay_s=0.03))
    viewer.run(20)
    viewer.padded.clear()
    viewer.run(4 * LONGEST_TRIAL_S)
    seconds = {int(at) for at, _ in viewer.padded}
    assert len(seconds) <= 4 * 2
    assert sum(octets for _, octets in viewer.padded) <= 4 * 6000


@pytest.mark.parametrize(
    ("rate_bps", "loss_ratio", "is_lossy"),
    [(6e6, 0.0, False), (6e6, 0.05, True), (6e6, 0.03, True), (64e3, 0.05, False)],
)
def test_sound_is_sent_twice_on_a_line_that_loses_and_is_not_thin(rate_bps, loss_ratio, is_lossy):
    viewer = Viewer(VirtualLine(rate_bps, loss_ratio=loss_ratio, jitter_s=0.02))
    viewer.run(20)
    lossy = []
    for _ in range(60):
        viewer.run(1)
        lossy.append(viewer.down.is_lossy)
    assert lossy == [is_lossy] * 60
    viewer.line.loss_ratio = 0.0
    viewer.run(25)
    assert not viewer.down.is_lossy


def test_an_outage_moves_nothing():
    viewer = Viewer(VirtualLine(6e6))
    viewer.run(10)
    viewer.line.is_out = True
    viewer.run(20)
    viewer.line.is_out = False
    assert viewer.run(5) == []
    assert viewer.rung is Rung.HIGH


def test_a_source_of_one_size_is_off_where_it_does_not_fit():
    viewer = Viewer(VirtualLine(500e3), pictures=ONE_SIZE)
    viewer.run(20)
    assert all(viewer.down.limit_of(slot) < Size.HIGH for slot in ONE_SIZE)


def test_the_speaker_is_large_the_longest_and_what_is_shared_stays():
    order = [[limit_of(rung, slot, "speaker") for slot in ("stage", "speaker", "content")]
             for rung in reversed(Rung)]  # fmt: skip
    high, low, none = Size.HIGH, Size.LOW, Size.NONE
    assert order == [
        [high, high, high],
        [low, high, high],
        [low, low, high],
        [none, none, high],
        [none, none, none],
    ]
    assert main_of({"stage": (HIGH,), "speaker": ()}) == "stage"
    assert cost(Rung.SPEAKER, {"stage": (HIGH, LOW), "tile-1": (HIGH, LOW)}) == 1_600_000


def test_a_climb_that_fails_doubles_the_wait_and_a_faster_line_makes_it_short_again():
    ladder, now, waits = Ladder(), 0.0, []
    costs = [0.0, 0.0, 200e3, 1.6e6, 3e6]
    full_at, fell_at = float("-inf"), None
    while len(waits) < 7:
        now += 0.2
        if ladder.rung > Rung.LOW:
            full_at = now
        before = ladder.rung
        ladder.step(
            costs,
            250e3,
            full_at=full_at,
            is_full=False,
            is_thin=False,
            has_improved=len(waits) == 6,
            now=now,
        )
        if ladder.rung > before and fell_at is not None:
            waits.append(round(now - fell_at))
        if ladder.rung < before:
            fell_at = now
    assert waits == [8, 16, 32, 64, 64, 64, 3]
    assert ladder.moves == 2 * len(waits), "as often down as up"
    assert (TRIAL_S, LONGEST_TRIAL_S) == (waits[0], waits[3])
