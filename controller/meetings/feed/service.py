"""Units' calendars get a link and lose it, and what they say to whoever shows the right one."""

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.local_days import day_of
from controller.db.engine import reading, writing
from controller.errors import NotFound
from controller.link_pass import SECRET_BYTES, Pass
from controller.meetings import calendar_file, meeting_queries
from controller.meetings.calendar_file import CalendarEvent, DueDay
from controller.meetings.feed import feed_queries
from controller.meetings.feed.feed_queries import feeds
from controller.meetings.invited import service as invitations
from controller.meetings.invited import wording
from controller.meetings.invited.service import LETTERS_IN
from controller.meetings.tables import Meeting
from controller.meetings.tasks import deadlines, task_queries
from controller.places import service as places
from controller.places.tree import Branch, at_and_below
from controller.web.i18n.catalogue import chosen

__all__ = ["FeedWritten", "UnitFeeds", "feeds", "parse_feed"]

PAST, AHEAD = timedelta(days=60), timedelta(days=400)
MAX_EVENTS = 2_000
REFRESH_MIN = 60
_NAME = re.compile(rf"([a-z0-9-]{{1,40}})-([0-9a-f]{{{2 * SECRET_BYTES}}})")


@dataclass(frozen=True, slots=True)
class FeedWritten:
    """A calendar, and what it is known by as long as it says the same (RFC 9110, section 8.8.3)."""

    text: str
    etag: str


def parse_feed(name: str) -> Pass | None:
    """Return what an address shows, UNIT-secret; None: it cannot be one."""
    found = _NAME.fullmatch(name)
    return Pass(found[1], found[2]) if found else None


def own_names(tree: Sequence[Branch], unit_id: str) -> set[str]:
    """Return what a unit, those below and their points are called, and nobody else is."""
    own = {one.unit.unit_id for one in at_and_below(tree, unit_id)}
    names: dict[bool, set[str]] = {True: set(), False: set()}
    for branch in tree:
        called = {branch.unit.name, *(point.name for point in branch.points)}
        names[branch.unit.unit_id in own] |= called
    return names[True] - names[False]


@dataclass(frozen=True, slots=True)
class UnitFeeds:
    """Used from worker threads; keeps nothing itself. `origin`: of the meetings' pages."""

    state: Engine
    now: Callable[[], datetime]
    origin: str

    def make(self, unit_id: str, *, actor: str) -> str:
        """Make a unit's link, in place of one before; return its address, this once.

        Raises:
            NotFound: there is no such unit.
        """
        shown = Pass(unit_id, secrets.token_hex(SECRET_BYTES))
        with writing(self.state) as session:
            if unit_id not in places.unit_names(session, [unit_id]):
                raise NotFound("đơn vị", "unit")
            feed_queries.put(session, unit_id, shown.sha256, actor, self.now())
        return f"/calendar/{unit_id}-{shown.secret}.ics"

    def revoke(self, unit_id: str) -> None:
        """Have a unit's link open nothing any more.

        Raises:
            NotFound: it has none.
        """
        with writing(self.state) as session:
            if not feed_queries.remove(session, unit_id):
                raise NotFound("liên kết lịch", "calendar link")

    def written(self, shown: Pass) -> FeedWritten | None:
        """Return a unit's calendar; None: nobody has made this link, or it was revoked."""
        now = self.now()
        with reading(self.state) as session:
            row = feed_queries.feed(session, shown.holder_id)
            if not shown.proves(row.secret_sha256 if row else None):
                return None
            tree = places.as_of(session, now).tree
            merged = places.successors(session, at=now)
            unit_id = merged.get(shown.holder_id, shown.holder_id)
            events, name = self._events(session, tree, unit_id, now)
            days = self._days(session, tree, unit_id, now)
        text = calendar_file.feed(name, events, refresh_min=REFRESH_MIN, days=days)
        return FeedWritten(text, f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"')

    def _days(
        self, session: Session, tree: Sequence[Branch], unit_id: str, now: datetime
    ) -> list[DueDay]:
        """Return the deadlines of what a unit, those below and their points have to do."""
        owners = own_names(tree, unit_id)
        since, until = day_of(now - PAST), day_of(now + AHEAD)
        found = task_queries.owned_by(
            session, owners, since=since, until=until, most=deadlines.MOST_DAYS
        )
        return deadlines.due_days(found, self.origin)

    def _events(
        self, session: Session, tree: Sequence[Branch], unit_id: str, now: datetime
    ) -> tuple[list[CalendarEvent], str]:
        branches = at_and_below(tree, unit_id)
        names = {point.point_id: point.name for one in branches for point in one.points}
        found = meeting_queries.of_points(
            session, names, begins=now - PAST, ends=now + AHEAD, count=MAX_EVENTS
        )
        chairs = places.points_by_id(session, [one.chair_point_id for one, _ in found])
        points_called = {str(one): point.name for one, point in chairs.items()}
        units_called = places.unit_names(session, {one.host_unit_id or "" for one, _ in found})
        called = {
            one.meeting_id: (
                points_called.get(one.chair_point_id, one.chair_point_id),
                units_called.get(one.host_unit_id or "", ""),
            )
            for one, _ in found
        }
        sequences = invitations.sequences(session, [one.meeting_id for one, _ in found])
        events = [
            self._event(meeting, tuple(names[one] for one in points), called, sequences)
            for meeting, points in found
        ]
        unit = next((one.unit.name for one in branches if one.unit.unit_id == unit_id), unit_id)
        return events, unit

    def _event(
        self,
        meeting: Meeting,
        points: tuple[str, ...],
        called: dict[str, tuple[str, str]],
        sequences: dict[str, int],
    ) -> CalendarEvent:
        words = chosen(LETTERS_IN)
        page = f"{self.origin}/meetings/{meeting.meeting_id}"
        chair, host = called[meeting.meeting_id]
        where = invitations.where_held(words, meeting, points, chair)
        facts = wording.facts_of(meeting, chair, host, where, page)
        sequence = sequences.get(meeting.meeting_id, 0)
        return invitations.event_of(
            words, meeting, facts, sequence=sequence, stamp=meeting.created_at
        )
