"""The sessions of STAMP that the reflector keeps: which packets are new, and their numbers. Pure.

A stateful reflector numbers what it answers by itself (RFC 8762, section 4), so that its sender
tells a packet that was lost on the way there from one that was lost on the way back.

A sender counts upwards and its timestamps only grow, since no setting of its wall clock reaches
them. So of a session that is known

    a higher number with a later time      is the next packet
    a number of the last WINDOW, unseen    is a late one, overtaken on the way
    another number with a later time       is a sender that has begun anew: so does the session
    anything else                          was heard before, or is of a session that is over;
                                           only after QUIET_S of silence may it begin anew

A session belongs to who asks and not to an address, so that a line that fails over to another, or
a router that gives it another port, costs no number.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

WINDOW = 64
QUIET_S = 30.0
FORGOTTEN_AFTER_S = 600.0
MAX_SESSIONS = 20_000

_SEEN_MASK = (1 << WINDOW) - 1


@dataclass(slots=True)
class _Session:
    highest_seq: int
    latest_ns: int
    heard_s: float
    seen: int = 1  # bit n: `highest_seq` - n was heard
    answered: int = 1


class Sessions:
    """At most `limit`; of more the one that was silent longest is forgotten."""

    def __init__(self, limit: int = MAX_SESSIONS) -> None:
        self._limit = limit
        self._sessions: OrderedDict[Hashable, _Session] = OrderedDict()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._sessions)

    def number(self, who: Hashable, seq: int, sent_ns: int, *, now_s: float) -> int | None:
        """Return the number of the answer to a packet, from 0; None: it gets none."""
        session = self._sessions.get(who)
        if session is None or now_s - session.heard_s >= FORGOTTEN_AFTER_S:
            return self._begin(who, seq, sent_ns, now_s)
        ahead = seq - session.highest_seq
        is_later = sent_ns > session.latest_ns
        if ahead > 0 and is_later:
            session.seen = (session.seen << min(ahead, WINDOW) | 1) & _SEEN_MASK
            session.highest_seq, session.latest_ns = seq, sent_ns
        elif -WINDOW < ahead <= 0 and not is_later and not session.seen >> -ahead & 1:
            session.seen |= 1 << -ahead
        elif is_later or now_s - session.heard_s >= QUIET_S:
            return self._begin(who, seq, sent_ns, now_s)
        else:
            return None
        session.heard_s = now_s
        session.answered += 1
        self._sessions.move_to_end(who)
        return session.answered - 1

    def forget(self, now_s: float) -> None:
        """Forget the sessions of which nothing was heard for long."""
        while self._sessions:
            who, oldest = next(iter(self._sessions.items()))
            if now_s - oldest.heard_s < FORGOTTEN_AFTER_S:
                return
            del self._sessions[who]

    def _begin(self, who: Hashable, seq: int, sent_ns: int, now_s: float) -> int:
        self._sessions[who] = _Session(seq, sent_ns, now_s)
        self._sessions.move_to_end(who)
        if len(self._sessions) > self._limit:
            self._sessions.popitem(last=False)
        return 0
