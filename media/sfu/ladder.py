"""What a subscriber is sent on a line that does not carry everything, and when that changes.

    HIGH       every picture as large as its slot is made for
    SPEAKER    the speaker large (where nobody speaks: the stage), the others small
    LOW        every picture small
    CONTENT    what is shared, and sound
    SOUND      sound; below 100 kbit/s one of them

A source of one size has no small picture: on the lower rungs it is off. What is shared stays
as it is, since small it cannot be read.

Down as soon as the line carries far too little, or a little too little for half a second, to
the rung that fits. Up one rung at a time, where the line is known to carry the next one, or
as a trial: a line that is sent little shows no more than that. Where padding can be sent, a
trial is a probe, and the climb follows when it has shown enough (probe.py); elsewhere it is
the climb itself. A trial that fails makes the next wait twice as long. A rung that is lost soon
after each climb is tried ever more rarely, however much the line seems to carry (patience.py).
A line that shows by its delay that it has become faster is tried soon, and so is one that is
only said to carry little (a contract is where to begin); one so thin that it carries a single
sound, otherwise hardly ever, and only until the first sign of a queue. A line that was taken to be
so thin, and whose sounds come sooner than they can on such a one, is tried as any other.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Protocol

from contracts.relay import RungName
from media.sfu.patience import RungPatience
from media.sfu.sizes import Size, encoding_for, wish_of
from media.sfu.slots import SPEAKER, STAGE

SHORT_S = 0.5  # what is carried may be a little too little for so long
FAR = 0.8
GRACE_S = 2.0  # a climb is judged by the estimate after so long, before it by a queue
SETTLE_S = 1.0  # between two climbs, and after a fall
TRIAL_S, FASTER_TRIAL_S, LONGEST_TRIAL_S = 8.0, 1.5, 64.0
IMPROVES_AFTER_S = 3.0  # after a move the line's delay changes by that
LASTING_S = 6.0  # a climb that lasts so long was right
SPARE, PROBED_SPARE = 1.15, 1.05  # of what the next rung costs
PROBED_S = 5.0  # a probe that has not shown enough by then has failed
# So has one that has filled the line: for so long, or so often; once is noise of its delay.
FILLED_S, FILLS = 0.3, 3
ONE_SOUND_BPS = 100_000.0
CONTENT = "content"
NOMINAL_BPS = {Size.HIGH: 1_500_000.0, Size.LOW: 100_000.0}


class Rung(IntEnum):
    """How much is sent."""

    SOUND = 0
    CONTENT = 1
    LOW = 2
    SPEAKER = 3
    HIGH = 4

    @property
    def word(self) -> RungName:
        """Its name in messages."""
        return _WORDS[self]


_WORDS: tuple[RungName, ...] = ("sound", "content", "low", "speaker", "high")


class Offered(Protocol):
    """An encoding that could fill a slot. `bps` is None until it was measured."""

    @property
    def size(self) -> Size:
        """Which of its camera's sizes it is."""

    @property
    def bps(self) -> float | None:
        """What it measures."""

    @property
    def largest_bytes(self) -> float:
        """What its largest frame of late took."""


Wanted = Mapping[str, Sequence[Offered]]


def limit_of(rung: Rung, slot: str, main: str) -> Size:
    """Return the largest picture that a rung lets into a slot.

    Args:
        main: the slot that is large the longest.
    """
    if slot == CONTENT:
        return Size.HIGH if rung >= Rung.CONTENT else Size.NONE
    if rung < Rung.LOW:
        return Size.NONE
    is_large = rung == Rung.HIGH or (rung == Rung.SPEAKER and slot == main)
    return Size.HIGH if is_large else Size.LOW


def main_of(pictures: Wanted) -> str:
    """Return the slot that is large the longest: the speaker's, if there is one."""
    return SPEAKER if pictures.get(SPEAKER) else STAGE


def cost(rung: Rung, pictures: Wanted) -> float:
    """Return what the pictures of a rung take, in bits per second."""
    main, total = main_of(pictures), 0.0
    for slot, offered in pictures.items():
        shown = encoding_for(offered, wish_of(slot), limit_of(rung, slot, main))
        if shown is not None:
            total += NOMINAL_BPS[shown.size] if shown.bps is None else shown.bps
    return total


class Ladder:
    """One subscriber's place on it. Times are seconds of one steady clock."""

    def __init__(self) -> None:
        self.rung = Rung.HIGH
        self.moves = 0
        self._trials_s = dict.fromkeys(Rung, TRIAL_S)
        self._short_since: float | None = None
        self._changed_at = float("-inf")
        self._climbed_at: float | None = None
        self._patience = RungPatience(len(Rung))
        self.probed: Rung | None = None  # what padding is to show that the line carries
        self._probed_since = self._probe_full_at = 0.0
        self._fills = 0
        self._is_blind = False  # nothing has shown that the line became faster

    @property
    def is_at_rest(self) -> bool:
        """Whether everything is sent, and no climb is on trial."""
        return self.rung is Rung.HIGH and self._climbed_at is None and self._short_since is None

    def step(
        self,
        costs: Sequence[float],
        usable_bps: float,
        *,
        full_at: float,
        is_full: bool,
        is_thin: bool,
        is_assumed: bool = False,
        is_sooner: bool = False,
        has_improved: bool,
        can_probe: bool = False,
        now: float,
    ) -> bool:
        """Fall or climb where that is due; return whether the rung is another.

        Args:
            costs: what each rung takes.
            usable_bps: what the line carries, as far as is known.
            full_at: when the line was last found to be full, and whether it still is.
            is_thin: it carries so little that a trial is dear.
            is_sooner: and yet sounds come sooner than they can on such a line.
            is_assumed: nobody has found that it carries no more.
            has_improved: the line has just shown that it became faster.
            can_probe: padding may be sent.
        """
        if is_thin and self.probed is None:
            self._wait_as_thin(is_sooner=is_sooner)
        if has_improved and now - self._changed_at > IMPROVES_AFTER_S:
            self._trials_s = dict.fromkeys(Rung, FASTER_TRIAL_S)
            self._patience.hurry(now=now)
        self._judge_probe(full_at, is_full=is_full, is_thin=is_thin, now=now)
        if costs[self.rung] > usable_bps and not self._is_on_trial(full_at, now=now):
            return self._fall(costs, usable_bps, is_assumed=is_assumed, now=now)
        self._short_since = None
        if self._climbed_at is not None and now - self._climbed_at > LASTING_S:
            self._climbed_at = None
            self._trials_s[self.rung] = TRIAL_S
        if self.rung is Rung.HIGH or is_full:
            return False
        return self._climb(costs, usable_bps, can_probe=can_probe, now=now)

    def _judge_probe(self, full_at: float, *, is_full: bool, is_thin: bool, now: float) -> None:
        """End a probe that has filled the line, or has shown too little for long."""
        if self.probed is None:
            return
        if full_at > self._probe_full_at:
            self._probe_full_at = full_at
            self._fills += 1
        is_filled = self._fills >= (1 if is_thin and self._is_blind else FILLS) or (
            is_full and now - full_at > FILLED_S
        )
        if not is_filled and now - self._probed_since <= PROBED_S:
            return
        self._wait_longer(self.probed)
        self.probed, self._changed_at = None, now

    def _wait_as_thin(self, *, is_sooner: bool) -> None:
        if not is_sooner:
            self._trials_s = dict.fromkeys(Rung, LONGEST_TRIAL_S)
        elif set(self._trials_s.values()) == {LONGEST_TRIAL_S}:
            self._trials_s = dict.fromkeys(Rung, TRIAL_S)

    def _wait_longer(self, rung: Rung) -> None:
        longer_s = max(TRIAL_S, 2 * self._trials_s[rung])
        self._trials_s[rung] = min(LONGEST_TRIAL_S, longer_s)

    def _is_on_trial(self, full_at: float, *, now: float) -> bool:
        climbed_at = self._climbed_at
        return climbed_at is not None and now - climbed_at < GRACE_S and full_at < climbed_at

    def _fall(
        self, costs: Sequence[float], usable_bps: float, *, is_assumed: bool, now: float
    ) -> bool:
        self._short_since = now if self._short_since is None else self._short_since
        is_due = usable_bps < FAR * costs[self.rung] or now - self._short_since >= SHORT_S
        cheaper = [rung for rung in Rung if costs[rung] < costs[self.rung]]
        if not is_due or not cheaper:
            return False
        fitting = [rung for rung in cheaper if costs[rung] <= usable_bps]
        if self._climbed_at is not None:
            self._wait_longer(self.rung)
            self._climbed_at = None
        elif is_assumed:
            self._trials_s = dict.fromkeys(Rung, FASTER_TRIAL_S)
        before = self.rung
        self._move(fitting[-1] if fitting else Rung.SOUND, now=now)
        for lost in range(self.rung + 1, before + 1):
            self._patience.lost(lost, now=now)
        return True

    def _climb(
        self, costs: Sequence[float], usable_bps: float, *, can_probe: bool, now: float
    ) -> bool:
        waited_s = now - self._changed_at
        following = Rung(self.rung + 1)
        is_free = costs[following] <= min(usable_bps, costs[self.rung])
        if not is_free and not self._patience.allows(following, now=now):
            return False
        spare = SPARE if self.probed is None else PROBED_SPARE
        is_carried = costs[following] * spare <= usable_bps and waited_s >= SETTLE_S
        is_due = self.probed is None and waited_s >= self._trials_s[following]
        if not (is_free or is_carried) and is_due and can_probe:
            self.probed, self._probed_since = following, now
            self._probe_full_at, self._fills = now, 0
            self._is_blind = self._trials_s[following] == LONGEST_TRIAL_S
            return False
        if not (is_free or is_carried or is_due):
            return False
        if not is_free:
            self._climbed_at = now
        self._move(following, now=None if is_free else now)
        self._patience.climbed(following, now=now)
        return True

    def _move(self, rung: Rung, *, now: float | None) -> None:
        self.rung = rung
        self._short_since = self.probed = None
        if now is not None:
            self._changed_at = now
            self.moves += 1
