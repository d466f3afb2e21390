"""Syslog servers are told of each incident, whoever is on duty: that it began, was taken, is over.

They are programs that keep a record: no ladder, no quiet hours, no link to take it by. What they
are told follows from the rows alone, so that it is the same by whatever way somebody took one; a
message that is there already is not written twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Engine
from sqlmodel import Session

from controller.db.engine import reading, usable, writing
from controller.errors import StorageError
from controller.health import service as health
from controller.incidents import channel_queries, incident_queries, telling, wording
from controller.incidents.tables import AlertChannel, AlertMessage, IncidentRow
from controller.incidents.telling import InWords
from controller.incidents.wording import Letter
from controller.looking import look_for_ever
from controller.people import accounts
from controller.web.i18n.catalogue import chosen
from controller.web.live import Hub
from monitoring.judgement.incidents import Turn
from runtime.guard import guarded

LOOK_EVERY_S = 2.0
LATELY = timedelta(hours=24)
TAKEN = "taken"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Logbook:
    """Looks for as long as the process runs. `link`: where the pages are reached."""

    state: Engine
    series: Engine
    hub: Hub
    now: Callable[[], datetime]
    link: str

    async def run(self) -> None:
        """Look for ever."""
        await look_for_ever(
            "logbook",
            self.look,
            lambda number: self.hub.publish("incident", {"number": number}),
            every_s=LOOK_EVERY_S,
        )

    def look(self) -> list[int]:
        """Write what is to be told and was not; return of which incidents.

        Raises:
            StorageError: a database cannot be used now; what is due stays due.
        """
        now = self.now()
        with reading(self.state) as session:
            numbers = list(dict.fromkeys(row.number or 0 for row, _, _ in _due(session, now)))
        for number in numbers:
            # One that cannot be told holds up no other.
            with guarded("logbook", None, (StorageError,)), usable():
                self._write(number, now)
        return numbers

    def _write(self, number: int, now: datetime) -> None:
        with reading(self.series) as series, writing(self.state) as session:
            causes_of = partial(health.causes_of_outages, series, chosen(telling.LETTERS_IN), now)
            for row, channel, event in _due(session, now, number):
                told = telling.in_words(session, chosen(telling.LETTERS_IN), row, now, causes_of)
                taker = _taker(session, row.acknowledged_by)
                letter = _letter(row, taker, event, told, now, f"{self.link}/incidents/{number}")
                session.add(_message(row, channel, event, letter, now))


def _due(
    session: Session, now: datetime, number: int | None = None
) -> Iterator[tuple[IncidentRow, AlertChannel, str]]:
    """Yield what a syslog server was not told of incidents that are open, or lately were.

    Args:
        number: of one of them alone.
    """
    channels = channel_queries.logs(session)
    rows = incident_queries.rows_since(session, now - LATELY) if channels else []
    rows = [row for row in rows if number in (None, row.number)]
    known = channel_queries.told_of(session, channels, rows)
    for channel in channels:
        for row in rows:
            for event in _events(row):
                is_known = (channel.channel_id, row.number, event) in known
                if row.told_at >= channel.added_at and not is_known:
                    yield row, channel, event


def _events(row: IncidentRow) -> Iterator[str]:
    """Yield what has happened to an incident so far."""
    yield Turn.TOLD.value
    if row.acknowledged_at is not None:
        yield TAKEN
    if row.over_at is not None:
        yield row.ending or Turn.RECOVERED.value


def _taker(session: Session, who: str) -> str:
    """Return what somebody is called, and what they sign in with: a record has to be certain."""
    name = accounts.display_names(session, (who,)).get(who)
    beside = f" · {who}"
    # Both have to stay where a name is as long as it may be: what is certain is not cut off.
    return f"{name[: max(0, wording.MAX_NAME_CHARS - len(beside))]}{beside}" if name else who


def _letter(
    row: IncidentRow, taker: str, event: str, told: InWords, now: datetime, address: str
) -> Letter:
    words, what = chosen(telling.LETTERS_IN), told.advice.what
    if event == Turn.TOLD.value:
        return wording.alert(words, now, told.happened, told.advice, address)
    if event == Turn.RECOVERED.value:
        return wording.recovery(words, now, told.happened, what, address)
    lead, about = {
        TAKEN: (wording.TAKEN_BY, taker),
        Turn.MERGED.value: (wording.PART_OF, str(row.merged_into)),
    }.get(event, (wording.LEFT_OUT, ""))
    return wording.remark(words, told.happened, what, address, lead=lead, about=about)


def _message(
    row: IncidentRow, channel: AlertChannel, event: str, letter: Letter, now: datetime
) -> AlertMessage:
    return AlertMessage(
        number=row.number or 0,
        channel_id=channel.channel_id,
        channel_name=channel.name,
        what=event,
        rank=telling.RANK_OF_RECOVERY,  # people first; among themselves as they happened
        priority=row.priority,
        title=letter.title,
        text=letter.text,
        queued_at=now,
    )
