"""Who answers an alert's letter takes its incident, as by its link.

The token says which message was answered, and proves that the letter came from somebody who has
it; who wrote it has to be somebody to whom it went. A machine's answer counts for nothing. What
came of it is told to whom the message went, never to an address that a stranger could write.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import Engine
from sqlmodel import Session

from controller.db.engine import writing
from controller.incidents import channel_queries, incident_queries, taking, telling, wording
from controller.incidents.channels import place_of
from controller.incidents.duty import duty_queries
from controller.incidents.replies import dealt
from controller.incidents.replies.answer import MailAnswer
from controller.incidents.service import ACKNOWLEDGED
from controller.incidents.tables import AlertMessage, IncidentRow
from controller.people import accounts
from controller.web.i18n.catalogue import chosen
from controller.web.i18n.language import N_

ANSWERS_TOLD = 3
"""So many answers to one message are answered: two machines that answer each other end there."""


class Fate(Enum):
    """What came of an answer."""

    TAKEN = "taken"
    STRANGER = "stranger"
    LATE = "late"
    OVER = "over"
    BEFORE = "before"
    AUTOMATIC = "automatic"
    UNPROVED = "unproved"
    AGAIN = "again"


_SAID = {
    Fate.TAKEN: N_("Written down: %(who)s takes care of it. %(what)s."),
    Fate.BEFORE: N_("Your answer changes nothing: %(who)s takes care of it already. %(what)s."),
    Fate.OVER: N_("Your answer changes nothing: it is over. %(what)s."),
    Fate.LATE: N_("The answer came too late to count: take it by the page. %(what)s."),
    Fate.STRANGER: N_(
        "An answer came from an address to which this was not sent, and does not count. %(what)s."
    ),
}


@dataclass(frozen=True, slots=True)
class Took:
    """What came of an answer; `number` 0: it was to no message."""

    fate: Fate
    number: int = 0
    who: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether somebody takes care of an incident by it."""
        return self.fate is Fate.TAKEN


@dataclass(frozen=True, slots=True)
class Replies:
    """Used from worker threads. `master`: the key that proves; `link`: where the pages are."""

    engine: Engine
    master: bytes
    now: Callable[[], datetime]
    link: str

    def take(self, answer: MailAnswer) -> Took:
        """Have who answered take care of the incident, and tell them what came of it.

        Raises:
            StorageError: not now; nothing is written.
        """
        now = self.now()
        with writing(self.engine) as session:
            if dealt.is_dealt(session, answer.letter):
                return Took(Fate.AGAIN)
            message = self._message(session, answer)
            if message is None:
                return Took(Fate.UNPROVED)
            row = incident_queries.what_became_of(session, message.number)
            if row is None:
                return Took(Fate.UNPROVED)
            number = row.number or 0
            if answer.is_automatic:
                return Took(Fate.AUTOMATIC, number)
            dealt.remember(session, answer.letter)
            who = _who(session, message, answer.sender)
            fate = self._fate(session, message, row, who, now)
            self._tell(session, message, row, answer.sender if who else "", fate, now)
            return Took(fate, number, who)

    def _message(self, session: Session, answer: MailAnswer) -> AlertMessage | None:
        found = (taking.answered(session, one, self.master) for one in answer.tokens)
        return next((one for one in found if one is not None), None)

    def _fate(
        self, session: Session, message: AlertMessage, row: IncidentRow, who: str, now: datetime
    ) -> Fate:
        if not who:
            return Fate.STRANGER
        if now - message.queued_at > taking.TAKES_FOR:
            return Fate.LATE
        if row.over_at is not None:
            return Fate.OVER
        number = row.number or 0
        if not incident_queries.acknowledge(session, number, who, now):
            return Fate.BEFORE
        incident_queries.note(session, number, ACKNOWLEDGED, now, who=who, text="reply")
        return Fate.TAKEN

    def _tell(
        self,
        session: Session,
        message: AlertMessage,
        row: IncidentRow,
        own: str,
        fate: Fate,
        now: datetime,
    ) -> None:
        if channel_queries.count_answers(session, message.message_id or 0) >= ANSWERS_TOLD:
            return
        words = chosen(telling.LETTERS_IN)
        session.refresh(row)
        [told] = telling.all_in_words(session, words, [row], now, lambda _: {})
        what = wording.line(words, now, told.happened, told.advice.what)
        taker = row.acknowledged_by
        who = accounts.display_names(session, [taker]).get(taker, taker)
        said = words.gettext(_SAID[fate], who=wording.plain(who), what=what)
        letter = wording.answer(words, said, f"{self.link}/incidents/{row.number}")
        session.add(
            AlertMessage(
                number=row.number or 0,
                channel_id=message.channel_id,
                channel_name=message.channel_name,
                person_id=message.person_id,
                address=message.address or own,
                what=telling.ANSWER,
                rank=message.rank,
                priority=message.priority,
                title=letter.title,
                text=letter.text,
                queued_at=now,
                answers=message.message_id,
            )
        )


def _who(session: Session, message: AlertMessage, sender: str) -> str:
    """Return as whom somebody takes it who has an address; empty: it was not sent to that."""
    channel = channel_queries.channel(session, message.channel_id)
    if channel is None or not sender:
        return ""
    own = (message.address,) if message.address else place_of(channel).recipients
    if sender.lower() not in {one.lower() for one in own}:
        return ""
    if message.person_id:
        return message.channel_name
    names = {one.address.lower(): one.name for one in duty_queries.people(session) if one.address}
    name = names.get(sender.lower())
    return f"{name} · {channel.name}"[:60] if name else message.channel_name
