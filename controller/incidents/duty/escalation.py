"""Looks every few seconds who has to be told next: nobody has taken it, it has become more
pressing, or the quiet hours are over. What it decides it decides anew within the transaction that
writes it, so that whoever takes care of an incident meanwhile stops it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Engine
from sqlmodel import Session

from controller.db.engine import reading, usable, writing
from controller.errors import StorageError
from controller.health import service as health
from controller.incidents import channel_queries, incident_queries, summing, telling
from controller.incidents.duty import duty_queries
from controller.incidents.duty.ladder import Climb, LadderRung, counts_since, due
from controller.incidents.tables import IncidentRow
from controller.incidents.telling import CausesOf, Teller
from controller.incidents.urgency import Urgency, urgency
from controller.looking import look_for_ever
from controller.web.i18n.catalogue import chosen
from controller.web.live import Hub
from monitoring.judgement.priority import Priority, by_itself
from runtime.clock_trust import Doubt
from runtime.guard import guarded

LOOK_EVERY_S = 5.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Next:
    """What has to be done of an incident now."""

    urgency: Urgency
    since: datetime
    rungs: tuple[LadderRung, ...] = ()
    is_changed: bool = False
    rises: bool = False

    @property
    def is_something(self) -> bool:
        """Whether anything has to be."""
        return bool(self.rungs) or self.is_changed


@dataclass(slots=True)
class EscalationWatch:
    """Looks for as long as the process runs. `link`: where the pages are reached; `doubt`: what
    speaks against the clock. One that was set a moment ago has every step due, or none.
    """

    state: Engine
    series: Engine
    hub: Hub
    now: Callable[[], datetime]
    link: str
    doubt: Callable[[], Doubt | None] = lambda: None

    async def run(self) -> None:
        """Look for ever."""
        await look_for_ever(
            "escalation",
            self.look,
            lambda number: self.hub.publish("incident", {"number": number}),
            every_s=LOOK_EVERY_S,
        )

    def look(self) -> list[int]:
        """Have told whoever is to know now; return the incidents of which something is new.

        Raises:
            StorageError: a database cannot be used now; what is due stays due.
        """
        if self.doubt() is Doubt.LEAPT:
            return []  # nobody is woken for hours that have not passed
        now = self.now()
        with reading(self.state) as session:
            rows = incident_queries.open_rows(session)
            numbers = [row.number or 0 for row in rows if _next(session, row, now).is_something]
            are_held = bool(channel_queries.held(session, until=now))
        for number in numbers:
            # One that cannot be told holds up no other.
            with guarded("escalation", None, (StorageError,)), usable():
                self._climb(number, now)
        if are_held:
            with writing(self.state) as session:
                count = summing.sum_up(session, now, self.link)
            _log.info("quiet_hours_over", receivers=count)
        return numbers

    def _climb(self, number: int, now: datetime) -> None:
        with reading(self.series) as series, writing(self.state) as session:
            row = incident_queries.row(session, number)
            if row is None or row.over_at is not None:
                return
            what = _next(session, row, now)
            words = chosen(telling.LETTERS_IN)
            causes_of = partial(health.causes_of_outages, series, words, now)
            if what.is_changed:
                row.priority, row.priority_since = what.urgency.priority.value, what.since
                session.add(row)
            self._tell(session, row, what, now, causes_of)

    def _tell(
        self, session: Session, row: IncidentRow, what: Next, now: datetime, causes_of: CausesOf
    ) -> None:
        teller, number = Teller.of(session, row, now, self.link), row.number or 0
        before = teller.told_before()
        steps = [one.step for one in what.rungs]
        if what.rises:
            row.raised_at = now
            names = teller.alert(telling.RISEN, causes_of, before)
            incident_queries.note(session, number, "raised", now, text=", ".join(names))
        if what.rungs:
            duty_queries.climb(session, number, steps, now)
            to = teller.of_rungs(what.rungs)
            again = [one for one in to if not (what.rises and one in before)]
            occasion = telling.UNANSWERED if before else telling.FIRST
            names = teller.alert(occasion, causes_of, again)
            incident_queries.note(session, number, occasion.story, now, text=", ".join(names))
        if what.rises or what.rungs:
            _log.info("incident_escalated", number=number, rungs=steps, rises=what.rises)


def _next(session: Session, row: IncidentRow, now: datetime) -> Next:
    number = row.number or 0
    how = urgency(session, row, incident_queries.points_of(session, number), now)
    before, told_at = Priority(row.priority), row.told_at
    since = counts_since(
        before, row.priority_since or told_at, how.priority, told_at=told_at, now=now
    )
    # What is yet to come was written before the clock was set back: minutes count anew.
    is_changed = how.priority is not before or since > now
    stands = Climb(
        told_at=told_at,
        priority=how.priority,
        since=min(since, now),
        acknowledged_at=row.acknowledged_at,
        over_at=row.over_at,
        climbed=duty_queries.climbed(session, number),
        before=by_itself(row.key),
    )
    rises = (
        how.priority is not before
        and how.priority is Priority.HIGH
        and row.raised_at is None
        and row.acknowledged_at is None
    )
    rungs = due(duty_queries.ladder(session), stands, now)
    return Next(how, stands.since, tuple(rungs), is_changed, rises)
