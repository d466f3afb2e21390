"""One trace of the way to somewhere: what to ask next, and what the answers come to. Pure.

    outward   each hop once, a packet every `pace_s`, until the end is known: whoever is traced
              answers, a router says that it goes no further, the same routers come again, or
              nobody answers for SILENT_HOPS beyond the last who did
    again     each hop as far as that anew, one after the other, and one beyond
    large     two packets as large as Ethernet carries to the last router: does one say that it
              takes less?
    waiting   for what is still on its way

Packets of one trace differ in nothing that a router spreads its load by, so that all take one
way. Which packet an answer is to stands in the piece of it that comes back. A piece that is shorter
than RFC 1812, section 4.3.2.3 wants proves the ports at most, and anybody can send it who knows
them. It ends a trace from ports that are known; in one that goes `one by one`, from a port that
nobody knows, it is the answer to the one packet that is out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

SILENT_HOPS = 6
LARGE_BYTES = 1500
_LARGE_ASKED = 2
_LOOP_TIMES = 3


@dataclass(frozen=True, slots=True)
class TraceLimits:
    """How much a trace may be: hops, packets to each and in all, seconds, one packet a `pace_s`.

    `wait_s`: how long an answer may take; `asks_large`: whether a packet may be large.
    """

    hops: int = 30
    per_hop: int = 3
    packets: int = 100
    whole_s: float = 10.0
    pace_s: float = 0.08
    wait_s: float = 1.0
    asks_large: bool = True


USUAL_LIMITS = TraceLimits()
QUIET_LIMITS = TraceLimits(per_hop=1, pace_s=0.2, asks_large=False)
"""Beside a meeting, and where the line is charged by volume."""


class Says(Enum):
    """What an answer says; values as in contracts/way.py where a hop says it."""

    PASSED = ""
    THERE = "there"
    NOBODY_LISTENS = "nobody_listens"
    NO_NETWORK = "no_network"
    NO_HOST = "no_host"
    PROHIBITED = "prohibited"
    TOO_LARGE = "too_large"


_ENDS = frozenset((Says.THERE, Says.NOBODY_LISTENS))
_REFUSALS = frozenset((Says.NO_NETWORK, Says.NO_HOST, Says.PROHIBITED))


class WayEnd(Enum):
    """How a trace ended; values as in contracts/way.py."""

    REACHED = "reached"
    REFUSED = "refused"
    SILENT = "silent"
    UNREACHABLE = "unreachable"
    LOOP = "loop"
    TOO_FAR = "too_far"
    NO_WAY = "no_way"


@dataclass(frozen=True, slots=True)
class HopAsk:
    """A packet to send now."""

    number: int
    ttl: int
    size: int | None = None


@dataclass(frozen=True, slots=True)
class HopAnswer:
    """What came back; `number` None: it does not say to which packet."""

    number: int | None
    address: str
    says: Says
    at_s: float
    mtu_bytes: int | None = None


@dataclass(slots=True)
class TracedHop:
    """One hop as far as it is known."""

    ttl: int
    sent: int = 0
    addresses: list[str] = field(default_factory=list)
    round_trips_ms: list[float] = field(default_factory=list)
    says: Says = Says.PASSED

    @property
    def address(self) -> str:
        """Who answered first; empty: nobody."""
        return self.addresses[0] if self.addresses else ""


@dataclass(frozen=True, slots=True)
class Traced:
    """What a trace came to; `mtu_from` empty: nobody said that packets are too large."""

    ending: WayEnd
    hops: tuple[TracedHop, ...] = ()
    mtu_bytes: int | None = None
    mtu_from: str = ""


@dataclass(slots=True)
class _Sent:
    ttl: int
    at_s: float
    is_large: bool
    is_answered: bool = False


class Trace:
    """Belongs to who sends: `next`, `answered` and `could_not_send` by turns, then `traced`."""

    def __init__(
        self,
        limits: TraceLimits = USUAL_LIMITS,
        *,
        now_s: float,
        is_one_by_one: bool = False,
    ) -> None:
        self._limits = limits
        self._is_one_by_one = is_one_by_one
        self.is_told_too_little = False
        """Whether something came that does not say to which packet: it has to go one by one."""
        self._until_s = now_s + limits.whole_s
        self._free_s = now_s
        self._sent: list[_Sent] = []
        self._hops: dict[int, TracedHop] = {}
        self._end_ttl: int | None = None
        self._ending: WayEnd | None = None
        self._plan: list[tuple[int, bool]] | None = None
        self._mtu_bytes: int | None = None
        self._mtu_from = ""

    def next(self, now_s: float) -> HopAsk | float | None:
        """Return what to send now, how long to wait until asked again, or None: it is over."""
        if self.is_told_too_little or now_s >= self._until_s or self._ending is WayEnd.NO_WAY:
            return None
        if now_s < self._free_s:
            return min(self._free_s, self._until_s) - now_s
        waits_s = self._waits_s(now_s)
        if waits_s and self._is_one_by_one:
            return min(waits_s, self._until_s - now_s)
        following = self._following()
        if following is None and waits_s:
            return min(waits_s, self._until_s - now_s)
        if following is None and self._plan is None:
            self._plan = self._again()
            following = self._following()
        if following is None or len(self._sent) >= self._limits.packets:
            return min(waits_s, self._until_s - now_s) if waits_s else None
        return self._ask(*following, now_s)

    def answered(self, answer: HopAnswer) -> None:
        """Take what came back; what is no answer to any packet is left out."""
        number = answer.number if answer.number is not None else self._only_open()
        if number is None or not 0 <= number < len(self._sent):
            return
        sent = self._sent[number]
        if sent.is_answered:
            return
        sent.is_answered = True
        if answer.says is Says.TOO_LARGE or sent.is_large:
            self._take_size(answer)
            return
        hop = self._hops[sent.ttl]
        if answer.address not in hop.addresses:
            hop.addresses.append(answer.address)
        if len(hop.round_trips_ms) < hop.sent:
            hop.round_trips_ms.append(max(0.0, (answer.at_s - sent.at_s) * 1000))
        if answer.says is not Says.PASSED:
            self._ends_at(hop, answer.says)
        elif self._ending is None and self._goes_round():
            self._ending = WayEnd.LOOP

    def one_by_one(self, now_s: float) -> "Trace":
        """Return a trace anew, with what is left of the limits, for a port that nobody knows."""
        left = replace(
            self._limits,
            packets=self._limits.packets - len(self._sent),
            whole_s=max(0.0, self._until_s - now_s),
        )
        return Trace(left, now_s=now_s, is_one_by_one=True)

    def could_not_send(self) -> None:
        """Say that the last packet did not leave: there is no way out of this machine."""
        sent = self._sent.pop()
        self._hops[sent.ttl].sent -= not sent.is_large
        if not any(one.is_answered for one in self._sent):
            self._ending = WayEnd.NO_WAY

    def traced(self) -> Traced:
        """Return what is known by now."""
        answered = [ttl for ttl, hop in self._hops.items() if hop.addresses]
        last = self._end_ttl or max(answered, default=0) + 1
        hops = [hop for ttl, hop in sorted(self._hops.items()) if ttl <= last and hop.sent]
        ending = self._ending
        if ending is None:
            ending = WayEnd.TOO_FAR if self._limits.hops in answered else WayEnd.SILENT
        return Traced(ending, tuple(hops), self._mtu_bytes, self._mtu_from)

    def _following(self) -> tuple[int, bool] | None:
        """Return distance and size of the next packet; None: answers are to be waited for."""
        if self._plan is not None:
            self._plan = [one for one in self._plan if not (one[1] and self._mtu_from)]
            return self._plan.pop(0) if self._plan else None
        if self._ending is not None:
            return None
        ttl = len(self._hops) + 1
        last = max((ttl for ttl, hop in self._hops.items() if hop.addresses), default=0)
        is_further = ttl <= min(self._limits.hops, last + SILENT_HOPS)
        return (ttl, False) if is_further else None

    def _again(self) -> list[tuple[int, bool]]:
        answered = [ttl for ttl, hop in self._hops.items() if hop.addresses]
        last = self._end_ttl or min(max(answered, default=0) + 1, len(self._hops))
        plan = [(ttl, False) for ttl in range(1, last + 1)] * (self._limits.per_hop - 1)
        routers = [ttl for ttl in answered if ttl != self._end_ttl]
        if self._limits.asks_large and routers and self._ending is not WayEnd.LOOP:
            plan += [(max(routers), True)] * _LARGE_ASKED
        return plan

    def _ask(self, ttl: int, is_large: bool, now_s: float) -> HopAsk:
        hop = self._hops.setdefault(ttl, TracedHop(ttl))
        hop.sent += not is_large
        self._sent.append(_Sent(ttl, now_s, is_large))
        self._free_s = now_s + self._limits.pace_s
        return HopAsk(len(self._sent) - 1, ttl, LARGE_BYTES if is_large else None)

    def _waits_s(self, now_s: float) -> float:
        """Return for how long something may still come."""
        still = (one.at_s + self._limits.wait_s for one in self._sent if not one.is_answered)
        return max(0.0, max(still, default=now_s) - now_s)

    def _only_open(self) -> int | None:
        """Return the one packet that an answer can be to which does not say."""
        if not self._is_one_by_one:
            self.is_told_too_little = True
            return None
        unanswered = [place for place, one in enumerate(self._sent) if not one.is_answered]
        is_only = len(unanswered) == 1 or (
            len(unanswered) > 1
            and self._sent[unanswered[-1]].at_s - self._sent[unanswered[-2]].at_s
            >= self._limits.wait_s
        )
        return unanswered[-1] if is_only else None

    def _take_size(self, answer: HopAnswer) -> None:
        if answer.says is Says.TOO_LARGE and answer.mtu_bytes is not None and not self._mtu_from:
            self._mtu_bytes, self._mtu_from = answer.mtu_bytes, answer.address

    def _ends_at(self, hop: TracedHop, says: Says) -> None:
        is_end = says in _ENDS
        if self._end_ttl is not None and self._end_ttl < hop.ttl:
            return
        if is_end or says in _REFUSALS:
            self._end_ttl = hop.ttl
            hop.says = says
            self._ending = (
                WayEnd.REACHED
                if says is Says.THERE
                else WayEnd.REFUSED
                if is_end
                else WayEnd.UNREACHABLE
            )

    def _goes_round(self) -> bool:
        """Whether some router was met three times, with others between."""
        met: dict[str, list[int]] = {}
        for ttl, hop in sorted(self._hops.items()):
            if hop.address:
                met.setdefault(hop.address, []).append(ttl)
        return any(_is_round(ttls) for ttls in met.values())


def _is_round(ttls: Iterable[int]) -> bool:
    """Whether there are three that are no neighbours: a router may answer twice in a row."""
    apart: list[int] = []
    for ttl in ttls:
        if not apart or ttl - apart[-1] > 1:
            apart.append(ttl)
    return len(apart) >= _LOOP_TIMES
