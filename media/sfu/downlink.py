"""The line to one subscriber: what is known of it, and what may be sent again on it.

Feedback is read as fast as a line can have packets to tell of, and no faster: a few bytes may
tell of thousands that never were. Sending again is bounded in numbers that are looked up, in
bytes, to a quarter of what the line carries, and to once per packet and round trip. Answering
every request makes a storm on a thin line: what is lost of the answers is asked for again.

What the slots are to show is kept here too, with all sizes there are of it: by what these
measure and what the line carries the ladder chooses (ladder.py).
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from media.sfu.bandwidth import Estimate
from media.sfu.ladder import (
    ONE_SOUND_BPS,
    Ladder,
    Offered,
    Rung,
    Wanted,
    cost,
    limit_of,
    main_of,
)
from media.sfu.pacer import LONGEST_S, PicturePacer
from media.sfu.probe import Probe
from media.sfu.sizes import Size, encoding_for, wish_of
from media.wire.nack import GIVE_UP_MS
from media.wire.twcc import Arrivals
from runtime.limits import TokenBucket

NUMBERS_PER_S, NUMBERS_BURST = 256, 512
# What feedback may tell of: a viewer of three videos gets 700 packets a second and tells of each
# once, in a message for each picture at most. A message costs by itself as much as some packets do.
TOLD_PER_S, TOLD_BURST, TOLD_BY_ITSELF = 8_192, 16_384, 48
AGAIN_BYTES_PER_S, AGAIN_BURST_BYTES = 60_000, 40_000
AGAIN_SHARE = 0.25  # of what the line carries
# A line of which nothing is known is taken to carry two large pictures.
START_BPS = 4_000_000.0
# What a sound takes that was not measured yet, with its headers.
SOUND_BPS = 40_000.0
LEAVES_ONE_SOUND = 1.2
IMPROVED_S, SURELY_IMPROVED_S = 1.0, 4.0
# By so much sooner comes a sound on 100 kbit/s than on 64: less says nothing of a thin line.
THIN_FASTER_MS = 6.0
LONG_QUEUE_MS = 500.0  # no picture is sent until such a queue is gone: sound waits in it too
AIMED = 1.15  # of what is to be sent next: an estimate stays a little below what it has seen
# Of packets: sound is sent twice from the first on, until the second is reached.
LOSSY, CLEAN, LOSS_OVER_S = 0.015, 0.004, 4.0
TWICE = 1.7  # of what a sound takes with its headers
ROOM, TIGHT_S, BURST_S = 1.3, 60.0, 0.15
MAIN_SOUND = "sound-1"  # the speaker's
_ASSUMED_ROUND_TRIP_S = 0.05
_SHORTEST_ROUND_TRIP_S = 0.01
_ASKS_AFTER_S = 0.05  # a viewer, for what he misses
_LONGEST_ON_THE_WAY_S = 1.5


class Downlink:
    """One subscriber's line; None: not known yet."""

    def __init__(
        self,
        *,
        bytes_per_s: float = AGAIN_BYTES_PER_S,
        burst_bytes: float = AGAIN_BURST_BYTES,
        start_bps: float = START_BPS,
    ) -> None:
        self.estimate = Estimate(start_bps=start_bps)
        self.ladder = Ladder()
        self.cap = Rung.HIGH  # by the relay's load, not by the line
        self.pacer: PicturePacer[Any] = PicturePacer()  # what it holds is the fan-out's own
        self.probe = Probe(self.estimate.log)
        self.can_pad = False  # whether there is a stream that padding may go by
        self.pictures: Wanted = {}
        self.sounds: Mapping[str, Offered] = {}
        self.only_sound: str | None = None
        self.is_lossy = False
        self._loss_ratio = self._loss_at = 0.0
        self.is_urgent = False  # the line is full: adapt at once
        self._is_followed = False  # whether anybody adapts to it: on one machine nobody does
        self._is_emptying = False
        self.round_trip_s: float | None = None
        self._numbers = TokenBucket(per_s=NUMBERS_PER_S, burst=NUMBERS_BURST)
        self._told = TokenBucket(per_s=TOLD_PER_S, burst=TOLD_BURST)
        self._bytes_per_s = bytes_per_s
        self._bytes = TokenBucket(per_s=bytes_per_s, burst=burst_bytes)
        self._sent_at: OrderedDict[tuple[int, int], float] = OrderedDict()  # the oldest first

    def limit_of(self, slot: str) -> Size:
        """Return the largest picture that the line carries in a slot; NONE for a sound is none."""
        if slot in self.sounds:
            return Size.HIGH if self.only_sound in (None, slot) else Size.NONE
        return limit_of(self._allowed, slot, main_of(self.pictures))

    @property
    def _allowed(self) -> Rung:
        return Rung.SOUND if self._is_emptying else min(self.cap, self.ladder.rung)

    def withholds(self, slot: str) -> bool:
        """Whether there is a picture for a slot, and none of its sizes is let into it."""
        return slot in self.pictures and self._shown(slot, self.limit_of(slot)) is None

    @property
    def is_reduced(self) -> bool:
        """Whether some slot shows less of its picture than there is."""
        return self._allowed is not Rung.HIGH and any(
            self._shown(slot, self.limit_of(slot)) is not self._shown(slot, Size.HIGH)
            for slot in self.pictures
        )

    def _shown(self, slot: str, limit: Size) -> Offered | None:
        return encoding_for(self.pictures[slot], wish_of(slot), limit)

    @property
    def is_shed(self) -> bool:
        """Whether it is the relay's load that says what is sent, and not the line."""
        return self.cap < Rung.HIGH and self.cap <= self.ladder.rung and not self._is_emptying

    def arrivals_told(self, report: Arrivals | bytes, *, now: float) -> None:
        """Take what the receiver says of our packets.

        Raises:
            MalformedPacket: it cannot be read.
        """
        self.estimate.feedback(report, now=now)
        self.is_urgent = self.estimate.is_draining
        if self._is_followed:
            is_emptying = self.pacer.is_stopped and self.estimate.is_draining
            self.pacer.stop(is_overfull=self.estimate.is_overfull or is_emptying, now=now)

    def adapt(self, *, now: float) -> bool:
        """Follow the line; return whether the slots are to be filled anew."""
        self.is_urgent, self._is_followed = False, True
        was_emptying, estimate = self._is_emptying, self.estimate
        is_long = was_emptying or estimate.queue_ms > LONG_QUEUE_MS
        self._is_emptying = estimate.is_draining and is_long
        self._follow_loss(now=now)
        return self._follow(now=now) or self._is_emptying is not was_emptying

    def _follow_loss(self, *, now: float) -> None:
        """Find whether the line loses so much, over some seconds, that sound is sent twice."""
        passed_s, self._loss_at = now - self._loss_at, now
        share = min(1.0, passed_s / LOSS_OVER_S)
        if not self.estimate.is_draining:  # what a queue of ours loses ends with it
            self._loss_ratio += (self.estimate.loss.ratio - self._loss_ratio) * share
        is_lossy = self._loss_ratio > (CLEAN if self.is_lossy else LOSSY)
        is_lossy = is_lossy and self.only_sound is None
        self.is_lossy = is_lossy and self.estimate.usable_bps >= ONE_SOUND_BPS

    def _follow(self, *, now: float) -> bool:
        line_bps, sounds_bps = self.estimate.usable_bps, self._sounds_bps()
        usable_bps = max(0.0, line_bps - sounds_bps)
        all_bps = cost(Rung.HIGH, self.pictures)
        if not all_bps or (self.ladder.is_at_rest and all_bps <= usable_bps):
            self.probe.aim(None, now=now)
            self._pace(line_bps, sounds_bps + all_bps, now=now)
            return self._choose_sound(line_bps, 0.0)
        costs = [cost(rung, self.pictures) for rung in Rung]
        has_moved = self.ladder.step(
            costs,
            usable_bps,
            full_at=self.estimate.decreased_at,
            is_full=self.estimate.is_draining,
            is_thin=self.only_sound is not None and not self.estimate.is_assumed,
            is_sooner=self.only_sound is not None and self.estimate.is_sooner,
            is_assumed=self.estimate.is_assumed and not self.estimate.is_draining,
            has_improved=self._has_improved(now=now),
            can_probe=self.can_pad and self.estimate.has_feedback,
            now=now,
        )
        self._aim(costs, sounds_bps, now=now)
        pictures_bps = costs[self.ladder.rung]
        self._pace(line_bps, sounds_bps + pictures_bps, now=now)
        return self._choose_sound(line_bps, pictures_bps) or has_moved

    def _has_improved(self, *, now: float) -> bool:
        estimate = self.estimate
        if now - estimate.surely_faster_at >= SURELY_IMPROVED_S:
            return now - estimate.faster_at < IMPROVED_S
        return self.only_sound is None or estimate.faster_by_ms >= THIN_FASTER_MS

    def _aim(self, costs: Sequence[float], sounds_bps: float, *, now: float) -> None:
        probed = self.ladder.probed
        aim_bps = None
        if probed is not None and probed <= self.cap:
            aim_bps = sounds_bps + AIMED * costs[probed]
        self.probe.aim(aim_bps, now=now)

    def padding_due(self, *, now: float) -> int:
        """Return how many bytes of padding are to be sent now; ask every 5 ms."""
        is_paused = self.estimate.is_draining
        return self.probe.due(0.0 if is_paused else self.estimate.bps, now=now)

    def _pace(self, line_bps: float, sent_bps: float, *, now: float) -> None:
        """Spread pictures where the line has little room, or had a queue a while ago.

        So too where a keyframe alone would keep it busy for as long as a sound is missed.
        """
        is_tight = line_bps < ROOM * sent_bps or now - self.estimate.decreased_at < TIGHT_S
        is_tight = is_tight or line_bps * BURST_S < 8 * self._largest_bytes()
        self.pacer.bps = line_bps if is_tight else None

    def _largest_bytes(self) -> float:
        shown = (self._shown(slot, self.limit_of(slot)) for slot in self.pictures)
        return max((one.largest_bytes for one in shown if one is not None), default=0.0)

    @property
    def rung(self) -> Rung:
        """How much of the pictures is sent: where the ladder lets none through, sound."""
        rung = self._allowed
        has_none = self.pictures and not cost(rung, self.pictures)
        return Rung.SOUND if has_none else rung

    def _sounds_bps(self) -> float:
        sent = [one for slot, one in self.sounds.items() if self.only_sound in (None, slot)]
        bps = sum(SOUND_BPS if one.bps is None else one.bps for one in sent)
        return bps * TWICE if self.is_lossy else bps

    def _choose_sound(self, line_bps: float, pictures_bps: float) -> bool:
        limit_bps = ONE_SOUND_BPS * (1.0 if self.only_sound is None else LEAVES_ONE_SOUND)
        is_thin = pictures_bps == 0 and line_bps < limit_bps
        main = MAIN_SOUND if MAIN_SOUND in self.sounds else next(iter(self.sounds), None)
        only, self.only_sound = self.only_sound, main if is_thin else None
        return only != self.only_sound

    def looked_up(self, count: int, *, now: float) -> int:
        """Return how many of so many numbers may be looked up now, and count them."""
        allowed = min(count, int(self._numbers.left(now_s=now)))
        self._numbers.spend(now_s=now, amount=allowed)
        return allowed

    def heeds(self, packets: int, *, now: float) -> bool:
        """Return whether feedback on so many packets is read now, and count it if so."""
        return self._told.take(now_s=now, amount=TOLD_BY_ITSELF + packets)

    @property
    def comes_within_s(self) -> float:
        """How long a picture may take until the viewer's word on it is here.

        It is spread, a packet of it is lost, and sent again. What he asks for sooner he asked
        before he could have seen it.
        """
        round_trip_s = self.round_trip_s or _ASSUMED_ROUND_TRIP_S
        spread_s = LONGEST_S if self.pacer.is_needed else 0.0
        return min(spread_s + 2 * round_trip_s + _ASKS_AFTER_S, _LONGEST_ON_THE_WAY_S)

    def sends_again(self, stream: int, sequence_number: int, size: int, *, now: float) -> bool:
        """Return whether this packet is sent again now, and count it if so."""
        key = (stream, sequence_number)
        last = self._sent_at.get(key)
        wait_s = max(self.round_trip_s or _ASSUMED_ROUND_TRIP_S, _SHORTEST_ROUND_TRIP_S)
        if last is not None and now - last < wait_s:
            return False
        share_bytes_per_s = AGAIN_SHARE * self.estimate.usable_bps / 8
        dearer = max(1.0, self._bytes_per_s / share_bytes_per_s)
        if not self._bytes.take(now_s=now, amount=size * dearer):
            return False
        while self._sent_at and now - next(iter(self._sent_at.values())) >= GIVE_UP_MS / 1000:
            self._sent_at.popitem(last=False)
        self._sent_at[key] = now
        self._sent_at.move_to_end(key)
        return True
