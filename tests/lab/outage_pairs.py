"""Two faults at once, chosen by a seed, and what is expected of each pair by rule. Pure.

What began it counts: the first fault's cause, where it puts the point out.
Of two in the same moment the nearest to the machine.
What puts nobody out leaves the outage to the other.
Once a second line has taken over, the fixed one does no harm.
A dead name server keeps out whoever has to come anew, also over the second line.
While the centre is blind nobody is out; whoever still is when it hears again is out.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.judgement.outage_cause import OutageCause as Cause
from monitoring.judgement.problem import ProblemKey
from tests.lab.outage_faults import Fault, Part

GAPS_S = (0.0, 14.0, 24.0)
"""How long after the first the second comes: at once, or by some reports later."""
NOBODY_OUT = frozenset((None, Cause.CENTRE))
"""Of what the centre did itself: no outage, or one that is its own."""


@dataclass(frozen=True, slots=True)
class Case:
    """Faults that are made one after the other and are there together; `second` None: one alone."""

    number: int
    first: Fault
    second: Fault | None = None
    gap_s: float = 0.0
    is_second_mended_first: bool = False

    @property
    def name(self) -> str:
        """Both, and how long after the first the second came."""
        if self.second is None:
            return self.first.name
        order = " <" if self.is_second_mended_first else ""
        return f"{self.first.name} +{self.gap_s:g} {self.second.name}{order}"

    @property
    def faults(self) -> tuple[Fault, ...]:
        """In the order in which they are made."""
        return (self.first,) if self.second is None else (self.first, self.second)

    @property
    def mended(self) -> tuple[Fault, ...]:
        """In the order in which they are mended."""
        return self.faults[::-1] if self.is_second_mended_first else self.faults

    @property
    def has_blindness(self) -> bool:
        """Whether the centre hears nobody for a while."""
        return any(one.blinds for one in self.faults)

    @property
    def problem(self) -> ProblemKey | None:
        """What is to be told beside it; of two none is asked for."""
        return self.first.problem if self.second is None else None

    @property
    def expected(self) -> frozenset[Cause | None]:
        """Which causes are right; None: no outage."""
        if self.second is None:
            return NOBODY_OUT if self.first.blinds else frozenset((self.first.cause,))
        cause = expected_of(self.first, self.second, is_at_once=not self.gap_s)
        if self.has_blindness and not self._is_seen():
            return NOBODY_OUT
        return NOBODY_OUT if self.has_blindness and cause is None else frozenset((cause,))

    def _is_seen(self) -> bool:
        """Whether the other one is there while the centre hears: before, or still after it."""
        is_before = bool(self.gap_s) and not self.first.blinds
        return is_before or self.mended[0].blinds


def expected_of(first: Fault, second: Fault, *, is_at_once: bool) -> Cause | None:
    """Return the cause that two faults have, by what each has alone."""
    if is_at_once:
        first, second = sorted((first, second), key=lambda one: one.part)
    has_to_come_anew = second.moves or (is_at_once and first.moves)
    if has_to_come_anew and (first.is_dormant or second.is_dormant):
        return Cause.DNS
    if first.moves and second.part is Part.LINE:
        return None
    return first.cause or second.cause


def singles(faults: Sequence[Fault]) -> list[Case]:
    """Return each fault alone."""
    return [Case(number, one) for number, one in enumerate(faults)]


def pairs(faults: Sequence[Fault], count: int, seed: int) -> list[Case]:
    """Return so many pairs of different parts, the same for the same seed.

    Without those that are made alone, and without a blind centre beside a name server that is
    dead: whether a session ends meanwhile is not for the point to say.
    """
    chance = random.Random(seed)
    every = [
        (a, b)
        for a in faults
        for b in faults
        if a.part is not b.part
        and not (a.is_single or b.is_single)
        and {(a.blinds, b.is_dormant), (b.blinds, a.is_dormant)}.isdisjoint({(True, True)})
    ]
    chosen = chance.sample(every, count)
    return [
        Case(number, first, second, chance.choice(GAPS_S), chance.random() < 0.5)
        for number, (first, second) in enumerate(chosen)
    ]
