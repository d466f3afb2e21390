"""A full ICE agent for one component, as a state machine without sockets or clocks.

    CHECKING    checks go out on every pair; nothing is selected yet
    CONNECTED   a pair is nominated and answered lately: media may flow
    SUSPECT     the selected pair has not answered for `suspect_after_ms`; media go on,
                since most such silences end, and whoever can prepares another way
    FAILED      consent is over (RFC 7675, 30 s without an answer), or no pair was ever
                nominated in that time: nothing but checks may be sent

Checks never stop: an answer leads from FAILED or SUSPECT back to CONNECTED, so a line
that returns is used at once. The only way out is `restart` with new credentials, which
keeps the pair that works until another is nominated (RFC 8445, section 9).

Each check is a transaction of its own; every answer is a measurement of the round trip.
The controlling side nominates the best pair that answered (RFC 8445, section 8.1.1), and
another one when the selected pair is suspect and the other is not: make before break.

Nothing has come for a moment by the selected pair where something always does: whoever sees
that says so (`doubt`). Every pair that lives is then asked at once and again, and one that
answers while the selected one does not is taken, long before that is suspect. The best pair is
gone back to once it has answered for ten seconds, from the moment at which it was left.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from contracts.hosts import Endpoint
from media.errors import MalformedPacket
from media.transport.address import plain
from media.transport.ice_pair import Check, Pair, Transmit
from media.wire import stun
from media.wire.ice_credentials import Credentials, Entropy
from media.wire.rtp import Buffer
from media.wire.sdp import host_priority

Reaches = Callable[[int, Endpoint], bool]

CHECK_EVERY_MS = 200
CONSENT_EVERY_MS = 1_000
NOMINATE_AFTER_MS = 100
SUSPECT_AFTER_MS = 2_200
CONSENT_EXPIRES_AFTER_MS = 30_000
PACING_MS = 20
DOUBT_AGAIN_MS, ANSWERED_PAUSE_MS = 400, 150
DOUBT_CHECKS, DOUBT_PACING_MS = 3, 5
LEAST_PATIENCE_MS = 60
RETURN_AFTER_MS = 10_000
ANSWER_LIMIT_MS = 5_000
MAX_PAIRS = 32


class IceState(Enum):
    """What the agent knows about its way to the other side."""

    CHECKING = "checking"
    CONNECTED = "connected"
    SUSPECT = "suspect"
    FAILED = "failed"


@dataclass(slots=True)
class IceAgent:
    """One side of ICE. Times are milliseconds of a steady clock.

    Args:
        sources: how many sockets there are; they are numbered from 0, the best first.
        entropy: returns that many random bytes.
    """

    local: Credentials
    remote: Credentials
    sources: int
    entropy: Entropy
    started_ms: float
    is_controlling: bool = True
    suspect_after_ms: int = SUSPECT_AFTER_MS
    selected: Pair | None = None
    _pairs: list[Pair] = field(default_factory=list)
    _checks: dict[bytes, Check] = field(default_factory=dict)
    _nominated: Pair | None = None
    _first_answer_ms: float | None = None
    _doubted_ms: float | None = None  # since when, until it is answered
    _asked_ms: float = -math.inf
    _remotes: list[Endpoint] = field(default_factory=list)
    _next_send_ms: float = 0
    _tie_breaker: int = 0

    def __post_init__(self) -> None:
        self._tie_breaker = int.from_bytes(self.entropy(8), "big")
        self._next_send_ms = self.started_ms

    def add_remote(
        self, candidate: Endpoint, now_ms: float, reaches: Reaches = lambda source, address: True
    ) -> None:
        """Take over a candidate of the other side: an IP address, however it is spelt.

        Names, known ones and too many are passed over.

        Args:
            reaches: whether one of our sockets can send there, being of its family.
        """
        address = plain(candidate)
        if address is None:
            return
        self._remotes.append(address)
        for source in range(self.sources):
            if reaches(source, address):
                self._pair(source, address, now_ms)

    def add_source(self, source: int, now_ms: float, reaches: Reaches) -> None:
        """Take over a socket that was opened later, the next in number."""
        self.sources = source + 1
        for address in self._remotes:
            if reaches(source, address):
                self._pair(source, address, now_ms)

    def has_pair(self, source: int, address: Endpoint) -> bool:
        """Return whether anything but checks may come from there to that socket."""
        return any((pair.source, pair.address) == (source, address) for pair in self._pairs)

    def restart(self, local: Credentials, remote: Credentials, now_ms: float) -> None:
        """Begin anew with new credentials; media stay on the selected pair meanwhile."""
        self.local, self.remote = local, remote
        self._checks.clear()
        self._nominated = self._doubted_ms = None
        self._first_answer_ms = None
        self.started_ms = now_ms
        for pair in self._pairs:
            pair.next_check_ms = now_ms
            pair.answered_at_ms = None

    def doubt(self, now_ms: float, *, is_sure: bool = False) -> None:
        """Ask all pairs that live at once: nothing comes by the selected one, as it should.

        Args:
            is_sure: it is known to be another way now; else it is not asked too often.
        """
        if self.selected is None:
            return
        pause_ms = ANSWERED_PAUSE_MS if self._doubted_ms is None else DOUBT_AGAIN_MS
        if not is_sure and now_ms - self._asked_ms < pause_ms:
            return
        self._doubted_ms = self._asked_ms = now_ms
        self._next_send_ms = now_ms
        for pair in self._pairs:
            if pair is self.selected or self._is_fresh(pair, now_ms):
                pair.next_check_ms = now_ms

    def state(self, now_ms: float) -> IceState:
        """Return the state at a time."""
        if self.selected is None:
            is_late = now_ms - self.started_ms >= CONSENT_EXPIRES_AFTER_MS
            return IceState.FAILED if is_late else IceState.CHECKING
        silent_ms = self._silent_ms(self.selected, now_ms)
        if silent_ms >= CONSENT_EXPIRES_AFTER_MS:
            return IceState.FAILED
        return IceState.SUSPECT if silent_ms >= self.suspect_after_ms else IceState.CONNECTED

    def may_send(self, now_ms: float) -> bool:
        """Return whether media may be sent to the selected pair (RFC 7675, section 5.1)."""
        return self.state(now_ms) in (IceState.CONNECTED, IceState.SUSPECT)

    def due_ms(self, now_ms: float) -> float:
        """Return when `poll` has something to do next, if nothing is heard before."""
        soonest = min((pair.next_check_ms for pair in self._pairs), default=math.inf)
        decides_ms = self._decides_ms()
        return min(
            max(soonest, self._next_send_ms), decides_ms if decides_ms > now_ms else math.inf
        )

    def _decides_ms(self) -> float:
        """Return when a pair may be chosen by what is known already."""
        if self._nominated is None and self._first_answer_ms is not None:
            return self._first_answer_ms + NOMINATE_AFTER_MS
        if self._doubted_ms is not None and self.selected is not None:
            return self._doubted_ms + self._patience_ms(self.selected)
        return math.inf

    def poll(self, now_ms: float) -> list[Transmit]:
        """Return the checks that are due, at most one per pacing interval."""
        self._forget_old_checks(now_ms)
        self._nominate(now_ms)
        if now_ms < self._next_send_ms:
            return []
        due = [pair for pair in self._pairs if pair.next_check_ms <= now_ms]
        if not due:
            return []
        pair = max(due, key=lambda p: (p is self._nominated, p is self.selected, p.priority))
        is_urgent = self._doubted_ms is not None
        self._next_send_ms = now_ms + (DOUBT_PACING_MS if is_urgent else PACING_MS)
        return [self._check(pair, now_ms)]

    def receive(
        self, source: int, data: Buffer, address: Endpoint, now_ms: float
    ) -> list[Transmit]:
        """Take in a STUN datagram; return what to answer. Anything unproven is dropped."""
        try:
            message = stun.parse(data)
        except MalformedPacket:
            return []
        if message.message_type == stun.BINDING_REQUEST:
            return self._answer(source, message, address, now_ms)
        if message.message_type in (stun.BINDING_RESPONSE, stun.BINDING_ERROR):
            self._take_answer(source, message, address, now_ms)
        return []

    def _pair(self, source: int, address: Endpoint, now_ms: float) -> Pair | None:
        for pair in self._pairs:
            if (pair.source, pair.address) == (source, address):
                return pair
        if len(self._pairs) >= MAX_PAIRS:
            return None
        priority = host_priority(source) - len(self._pairs)
        pair = Pair(source, address, priority, now_ms)
        self._pairs.append(pair)
        return pair

    def _silent_ms(self, pair: Pair, now_ms: float) -> float:
        """Return how long a pair has not answered, counted from a restart at the earliest."""
        since = self.started_ms if pair.answered_at_ms is None else pair.answered_at_ms
        return now_ms - since

    def _check(self, pair: Pair, now_ms: float) -> Transmit:
        transaction_id = self.entropy(12)
        is_nominating = self.is_controlling and pair in (self._nominated, self.selected)
        self._checks[transaction_id] = Check(pair, now_ms, is_nominating)
        pair.next_check_ms = now_ms + self._interval_ms(pair, now_ms)
        request = stun.build_request(
            transaction_id=transaction_id,
            own=self.local,
            other=self.remote,
            priority=pair.priority,
            tie_breaker=self._tie_breaker,
            is_controlling=self.is_controlling,
            is_nominating=is_nominating,
        )
        return Transmit(pair.source, pair.address, request)

    def _interval_ms(self, pair: Pair, now_ms: float) -> int:
        """Return the pause after a check: quick until it is answered, then 0.8 to 1.2 s."""
        if self._doubted_ms is not None and self.selected is not None:
            patience_ms = self._patience_ms(self.selected)
            if now_ms - self._doubted_ms < patience_ms and self._is_fresh(pair, now_ms):
                return int(patience_ms) // DOUBT_CHECKS
        if pair.answered_at_ms is None and self.selected is None:
            return CHECK_EVERY_MS
        if pair is self._nominated and pair is not self.selected:
            return CHECK_EVERY_MS
        spread = CONSENT_EVERY_MS * 2 // 5
        return CONSENT_EVERY_MS - spread // 2 + self.entropy(1)[0] * spread // 255

    def _forget_old_checks(self, now_ms: float) -> None:
        old = [
            key
            for key, check in self._checks.items()
            if now_ms - check.sent_at_ms > ANSWER_LIMIT_MS
        ]
        for key in old:
            del self._checks[key]

    def _nominate(self, now_ms: float) -> None:
        """Choose a pair where none is chosen, or another where the chosen one went silent."""
        if not self.is_controlling or self._first_answer_ms is None:
            return
        fresh = [p for p in self._pairs if self._is_fresh(p, now_ms)]
        if not fresh or self._takes_another(now_ms):
            return
        if self._nominated is not None and self._is_fresh(self._nominated, now_ms):
            return
        is_waiting_for_better = (
            self._nominated is None
            and now_ms - self._first_answer_ms < NOMINATE_AFTER_MS
            and len(fresh) < len(self._pairs)
        )
        if is_waiting_for_better:
            return
        self._nominated = max(fresh, key=lambda p: p.priority)
        self._nominated.next_check_ms = now_ms

    def _takes_another(self, now_ms: float) -> bool:
        """Take a pair that answers for one in doubt, or the best one back; both are proven."""
        present = self.selected
        if present is None or present is not self._nominated:
            return False
        others = [p for p in self._pairs if p is not present and p.answered_at_ms is not None]
        if self._doubted_ms is not None:
            if now_ms - self._doubted_ms < self._patience_ms(present):
                return False
            found = [p for p in others if (p.answered_at_ms or 0) >= self._doubted_ms]
        else:
            found = [
                p
                for p in others
                if p.source < present.source
                and self._is_fresh(p, now_ms)
                and now_ms - p.steady_since_ms >= RETURN_AFTER_MS
            ]
        if not found:
            return False
        if self._doubted_ms is not None:
            present.answered_at_ms = None  # what it answered before counts for nothing
        self._doubted_ms = None
        self.selected = self._nominated = max(found, key=lambda p: p.priority)
        self.selected.next_check_ms = now_ms
        return True

    def _patience_ms(self, pair: Pair) -> float:
        return max(LEAST_PATIENCE_MS, 2 * (pair.rtt_ms or 0))

    def _is_fresh(self, pair: Pair, now_ms: float) -> bool:
        return (
            pair.answered_at_ms is not None and now_ms - pair.answered_at_ms < self.suspect_after_ms
        )

    def _take_answer(
        self, source: int, message: stun.StunMessage, address: Endpoint, now_ms: float
    ) -> None:
        check = self._checks.get(message.transaction_id)
        if check is None or not stun.is_signed_by(message, self.remote.password):
            return
        # RFC 8445, section 7.2.5.2.1: an answer from elsewhere proves no way back.
        if (source, address) != (check.pair.source, check.pair.address):
            return
        del self._checks[message.transaction_id]
        if message.message_type == stun.BINDING_ERROR:
            self._take_error(message, check.pair, now_ms)
            return
        pair = check.pair
        if not self._is_fresh(pair, now_ms):
            pair.steady_since_ms = now_ms
        pair.answered_at_ms = now_ms
        is_sure = self._doubted_ms is not None and check.sent_at_ms >= self._doubted_ms
        if pair is self.selected and is_sure:
            self._doubted_ms = None
        pair.rtt_ms = now_ms - check.sent_at_ms
        pair.mapped = stun.mapped_address(message)
        if self._first_answer_ms is None:
            self._first_answer_ms = now_ms
        if check.is_nominating:
            self.selected = self._nominated = pair
        self._nominate(now_ms)

    def _take_error(self, message: stun.StunMessage, pair: Pair, now_ms: float) -> None:
        if message.error_code == stun.ROLE_CONFLICT:
            self.is_controlling = not self.is_controlling
            pair.next_check_ms = now_ms

    def _answer(
        self, source: int, message: stun.StunMessage, address: Endpoint, now_ms: float
    ) -> list[Transmit]:
        if message.username != f"{self.local.ufrag}:{self.remote.ufrag}":
            return []
        if not stun.is_signed_by(message, self.local.password):
            return []
        if self._has_role_conflict(message):
            refusal = stun.build_error(
                transaction_id=message.transaction_id,
                code=stun.ROLE_CONFLICT,
                reason="Role Conflict",
                password=self.local.password,
            )
            return [Transmit(source, address, refusal)]
        pair = self._pair(source, address, now_ms)
        if pair is not None:
            if pair.answered_at_ms is None:
                pair.next_check_ms = now_ms
            if message.is_nominating and not self.is_controlling:
                self.selected = self._nominated = pair
        response = stun.build_response(
            transaction_id=message.transaction_id, mapped=address, password=self.local.password
        )
        return [Transmit(source, address, response)]

    def _has_role_conflict(self, message: stun.StunMessage) -> bool:
        """Settle a conflict of roles (RFC 8445, section 7.3.1.1): true where the other yields."""
        role = stun.ICE_CONTROLLING if self.is_controlling else stun.ICE_CONTROLLED
        theirs = message.attributes.get(role)
        if theirs is None:
            return False
        is_ours_higher = self._tie_breaker >= int.from_bytes(theirs, "big")
        if is_ours_higher == self.is_controlling:
            return True
        self.is_controlling = not self.is_controlling
        return False
