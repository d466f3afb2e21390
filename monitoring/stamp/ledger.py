"""What became of each probe: answered, lost on the way there, or lost on the way back. Pure.

The reflector numbers what it answers. So of the probes between two that were answered, those whose
numbers never came were lost on the way back, and the rest of the lost never arrived. A probe is
settled once it was answered or LOST_AFTER_S have passed; one that was lost waits up to
DIRECTION_WAIT_S longer for an answer to a later one, which alone tells where. Without it the probe
counts as lost, and in neither direction.

A reflector that was started anew numbers from 0, and its numbers no longer grow with its time.
What was lost while it was away is nobody's loss: it is forgotten.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from msgspec import Struct

from monitoring.stamp.wire import SEQ_MASK, StampAnswer

LOST_AFTER_NS = 2_000_000_000
DIRECTION_WAIT_NS = 2_000_000_000
MOST_MISSING = 256


class Passage(Struct, frozen=True, gc=False):
    """One answered probe, by both clocks: each direction holds what they differ by.

    `error_ns`: by how much at most, where somebody keeps both right.
    """

    seq: int
    reflector_seq: int
    reflected_ns: int
    up_ns: int
    down_ns: int
    error_ns: int | None = None

    @property
    def rtt_ns(self) -> int:
        """The round trip, without the time that the reflector took."""
        return self.up_ns + self.down_ns


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the probes settled since the last time.

    `passages` are in the order of sending; runs of them are of one reflector each. `directed`
    were sent and it is known of each how far it came: `lost_up`, `lost_down` of them not.
    """

    sent: int = 0
    passages: tuple[Passage, ...] = ()
    directed: int = 0
    lost_up: int = 0
    lost_down: int = 0


@dataclass(slots=True)
class _Probe:
    seq: int
    sent_ns: int
    passage: Passage | None = None
    is_late: bool = False

    @property
    def is_answered(self) -> bool:
        return self.passage is not None and not self.is_late


@dataclass(slots=True)
class Ledger:
    """The probes on their way, in the order of sending."""

    _probes: deque[_Probe] = field(default_factory=deque)
    _last: Passage | None = None
    _top: int = -1
    """The highest of the reflector's numbers that was counted."""
    _missing: set[int] = field(default_factory=set)
    """Lower ones that nobody saw: of answers that were overtaken, or lost like a later probe."""

    @property
    def waiting(self) -> int:
        """How many are not settled."""
        return len(self._probes)

    def sent(self, seq: int, sent_ns: int) -> None:
        """Note a probe, each with a number one higher than the last."""
        self._probes.append(_Probe(seq, sent_ns))

    def answered(
        self, answer: StampAnswer, *, arrived_ns: int, error_ns: int | None = None
    ) -> None:
        """Note an answer; one that is doubled, of a former run or nobody's is passed over.

        Args:
            arrived_ns: by the clock that stamped the probe.
            error_ns: how wrong that clock is at most; None: nobody knows.
        """
        # Numbers wrap on the wire.
        place = (answer.sender_seq - self._probes[0].seq) & SEQ_MASK if self._probes else 0
        if place >= len(self._probes):
            return
        probe = self._probes[place]
        if probe.passage is not None or probe.sent_ns != answer.sender_sent_ns:
            return
        is_known = error_ns is not None and answer.error.is_synchronised
        took_ns = max(0, arrived_ns - probe.sent_ns)
        held_ns = answer.sent_ns - answer.received_ns
        up_ns = answer.received_ns - probe.sent_ns
        probe.passage = Passage(
            probe.seq,
            answer.seq,
            answer.sent_ns,
            up_ns=up_ns,
            # What a reflector cannot have taken, whatever its clock says, it did not take.
            down_ns=took_ns - up_ns - (held_ns if 0 <= held_ns <= took_ns else 0),
            error_ns=(error_ns or 0) + answer.error.error_ns if is_known else None,
        )
        probe.is_late = took_ns > LOST_AFTER_NS

    def settle(self, now_ns: int) -> Settled:
        """Return what became of the probes of which it is known by now, and forget them."""
        count = self._directed_count(now_ns)
        directed = [self._probes.popleft() for _ in range(count)]
        found = self._directed(directed) if directed else Settled()
        late_ns = now_ns - LOST_AFTER_NS - DIRECTION_WAIT_NS
        undirected = 0
        while self._probes and self._probes[0].sent_ns <= late_ns:
            self._probes.popleft()
            undirected += 1
            self._last = None
        if not undirected:
            return found
        return Settled(
            found.sent + undirected,
            found.passages,
            found.directed,
            found.lost_up,
            found.lost_down,
        )

    def _directed_count(self, now_ns: int) -> int:
        """Return how many of the first are settled, up to the last answered one.

        Behind one that was lost only those that are no longer on their way: the numbers that are
        missing may be theirs, had they overtaken.
        """
        count, has_lost = 0, False
        for place, probe in enumerate(self._probes, 1):
            is_young = now_ns - probe.sent_ns < LOST_AFTER_NS
            if is_young and (has_lost or not probe.is_answered):
                break
            if probe.is_answered:
                count = place
            else:
                has_lost = True
        return count

    def _directed(self, probes: Sequence[_Probe]) -> Settled:
        """Return what became of probes of which the last was answered."""
        passages = tuple(p.passage for p in probes if p.passage is not None and not p.is_late)
        before, self._last = self._last, passages[-1]
        known = passages if before is None else (before, *passages)
        if _is_of_one_reflector(known):
            return self._of_one_reflector(probes, passages, before)
        self._top = self._last.reflector_seq
        self._missing.clear()
        away = {seq for a, b in _breaks(known) for seq in range(a.seq + 1, b.seq)}
        lost = sum(not p.is_answered and p.seq not in away for p in probes)
        return Settled(len(passages) + lost, passages)

    def _of_one_reflector(
        self, probes: Sequence[_Probe], passages: tuple[Passage, ...], before: Passage | None
    ) -> Settled:
        # Without one before, the first that was answered only begins to count.
        begun = before or passages[0]
        if before is None:
            self._top = begun.reflector_seq
            self._missing.clear()
        counted = [p for p in probes if p.seq > begun.seq]
        bottom, self._top = self._top, max(self._top, *(p.reflector_seq for p in passages))
        # Of a long report all count; what remains of it is bounded, and what a reflector makes up.
        oldest = self._top - len(probes) - MOST_MISSING
        self._missing.update(range(max(bottom, oldest) + 1, self._top + 1))
        self._missing.difference_update(
            p.passage.reflector_seq for p in (*probes, *self._probes) if p.passage is not None
        )
        missing = sorted(one for one in self._missing if one > oldest)
        lost = sum(p.passage is None for p in counted)
        lost_down = min(lost, len(missing))
        self._missing = set(missing[lost_down:][-MOST_MISSING:])
        return Settled(len(probes), passages, len(counted), lost - lost_down, lost_down)


def is_next(a: Passage, b: Passage) -> bool:
    """Return whether one reflector answered both: its numbers grow with its time.

    Args:
        b: of the probe that was sent later, which overtook the other by that little at most.
    """
    if b.reflected_ns < a.reflected_ns - LOST_AFTER_NS:
        return False  # it was started anew by a clock that was set back meanwhile
    first, second = sorted((a, b), key=lambda one: (one.reflected_ns, one.reflector_seq))
    return first.reflector_seq < second.reflector_seq


def _breaks(passages: Sequence[Passage]) -> list[tuple[Passage, Passage]]:
    return [(a, b) for a, b in pairwise(passages) if not is_next(a, b)]


def _is_of_one_reflector(passages: Sequence[Passage]) -> bool:
    return not _breaks(passages)
