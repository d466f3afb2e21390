"""Judges meetings once they are over, and anew when something else comes to be known of them.

What is allowed may change with the settings: then they are counted anew by the minutes kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from controller.db.engine import reading, writing
from controller.health import service as health
from controller.heard import heard_queries
from controller.heard.judging import SETTLING, is_due, judge, recount
from controller.looking import look_for_ever
from controller.meetings import service as meetings
from controller.meetings.minutes import service as minutes
from controller.meetings.rollcall import service as roll_calls
from controller.meetings.service import Meeting
from controller.web.live import Hub
from runtime.clock_trust import Doubt, may_redo
from runtime.guard import guarded

LOOK_EVERY_S = 30.0
FOLLOWED_FOR = timedelta(days=31)
"""So long after its end the roll call of a meeting is followed; what points tell is for ever."""
OVERLAP = timedelta(hours=1)
MOST_AT_ONCE = 50
_log = structlog.get_logger()


@dataclass(slots=True)
class HeardWatch:
    """Looks twice a minute; not by a clock that was set just now, or that data deny.

    `keep`: so long after it was said what is said of a meeting is removed (`retention.py`).
    """

    state: Engine
    series: Engine
    hub: Hub
    now: Callable[[], datetime]
    allowed: int
    doubt: Callable[[], Doubt | None]
    keep: timedelta
    _looked_at: datetime | None = field(default=None)
    _recounted: str = field(default="")

    async def run(self) -> None:
        """Look for ever."""
        await look_for_ever(
            "heard",
            self.look,
            lambda meeting_id: self.hub.publish("heard", {"meeting_id": meeting_id}),
            every_s=LOOK_EVERY_S,
            may_look=lambda: may_redo(self.doubt()),
        )

    def look(self) -> list[str]:
        """Judge what is due; return which meetings that was.

        First those never judged, then by how long they are over: news of old ones keep none back.

        Raises:
            StorageError: a database cannot be used now.
        """
        now = self.now()
        due = self._due(now)
        for meeting in due[:MOST_AT_ONCE]:
            with guarded("meeting", meeting_id=meeting.meeting_id):
                self.judge(meeting, now)
        if len(due) <= MOST_AT_ONCE:
            self._looked_at = now
        return [*(one.meeting_id for one in due[:MOST_AT_ONCE]), *self._recount()]

    def _recount(self) -> list[str]:
        """Count some meetings by what is allowed now; those with locked minutes stay as they were.

        By the minutes that are kept: what was known of old meetings may have left by its age.
        """
        with reading(self.state) as session:
            after = self._recounted
            names = heard_queries.judged_otherwise(
                session, self.allowed, after=after, count=MOST_AT_ONCE
            )
            locked = minutes.locked(session, names)
        self._recounted = names[-1] if len(names) == MOST_AT_ONCE else ""
        changed = []
        for name in names:
            if name in locked:
                continue
            with writing(self.state) as session:
                rows = heard_queries.claim(session, name)
                heard_queries.note_allowed(session, name, self.allowed)
                if any([recount(one, allowed=self.allowed) for one in rows]):
                    changed.append(name)
        if changed:
            _log.info("meetings_counted_anew", meetings=len(changed), allowed_min=self.allowed)
        return changed

    def judge(self, meeting: Meeting, now: datetime) -> None:
        """Say of a meeting what is known now; with locked minutes by what it was allowed then.

        Raises:
            StorageError: a database cannot be used now.
        """
        with reading(self.state) as state, reading(self.series) as series:
            is_locked = bool(minutes.locked(state, [meeting.meeting_id]))
            before = heard_queries.allowed_of(state, meeting.meeting_id) if is_locked else None
            allowed = self.allowed if before is None else before
            points = judge(state, series, meeting, allowed=allowed, now=now)
        with writing(self.state) as session:
            heard_queries.replace(session, meeting.meeting_id, points, now=now, allowed=allowed)

    def _due(self, now: datetime) -> list[Meeting]:
        with reading(self.series) as series:
            news = health.newly_heard(series, self._since(now))
        with reading(self.state) as state:
            known = {one.meeting_id: one for one in meetings.ended_since(state, now - FOLLOWED_FOR)}
            for meeting_id, at in roll_calls.changed_at(state, known).items():
                news[meeting_id] = max(at, news.get(meeting_id, at))
            late = meetings.ended_of(state, news.keys() - known.keys())
            known |= {one.meeting_id: one for one in late}
            judged_at = heard_queries.judged_at(state, known)
        due = [
            one
            for name, one in known.items()
            if one.ended_at is not None
            and one.ended_at >= now - self.keep
            and is_due(one.ended_at, judged_at.get(name), news.get(name), now)
        ]
        return sorted(due, key=lambda one: (one.meeting_id in judged_at, *_over_since(one)))

    def _since(self, now: datetime) -> datetime:
        """Return since when news are asked for; some of it again, so that none is passed over."""
        if self._looked_at is not None:
            return min(self._looked_at, now) - OVERLAP
        with reading(self.state) as session:
            newest = heard_queries.newest(session)
        return (newest or now - FOLLOWED_FOR) - max(OVERLAP, SETTLING[-1])


def _over_since(meeting: Meeting) -> tuple[datetime, str]:
    return meeting.ended_at or meeting.ends_at, meeting.meeting_id
