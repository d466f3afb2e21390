"""Sends what is queued, one letter after another, for as long as the server takes them.

A server that does not take any rests, longer each time, up to an hour; a letter that it does not
take now waits by itself and holds up no other. What was claimed by a process that ended waits
again: such a letter, one at most, may go out twice. What fails here waits as well.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import msgspec
import structlog
from sqlalchemy import Engine

from controller.db.engine import reading, writing
from controller.errors import StorageError
from controller.mail import child, errand, letter_queries
from controller.mail.errand import MailErrand
from controller.mail.message import message_of
from controller.mail.retrying import GIVEN_UP_AFTER, SERVER_RESTS, tried
from controller.mail.server import MailServers, place_of, server
from controller.mail.smtp import MailOutcome
from controller.mail.tables import MailLetter, MailServer
from controller.web.live import Hub
from runtime.backoff import Backoff
from runtime.clock_trust import Doubt
from runtime.guard import guarded
from runtime.limits import TokenBucket

LOOK_EVERY_S = 1.0
PER_S, AT_ONCE = 2.0, 20.0
NO_SERVER = "no_server"
_log = structlog.get_logger()


async def by_child(what: MailErrand, *, limit_s: float = child.LIMIT_S) -> MailOutcome:
    """Have a child hand a letter to the server; never longer than the limit."""
    answer = await child.ask(errand.NAME, msgspec.json.encode(what), limit_s=limit_s)
    if answer.line is None:
        return MailOutcome("slow", is_of_server=True)
    try:
        return msgspec.json.decode(answer.line, type=MailOutcome)
    except msgspec.DecodeError:
        _log.warning("mail_child_failed", exit_code=answer.exit_code)
        return MailOutcome("failed", is_of_server=True)


@dataclass(frozen=True, slots=True)
class _Ended:
    """What became of a letter; `asked_at`: what of the server's row was seen before."""

    letter: MailLetter
    outcome: MailOutcome
    asked_at: datetime | None


@dataclass(slots=True)
class Mailer:
    """Looks every second. `send` hands one letter over and never takes for ever."""

    state: Engine
    servers: MailServers
    hub: Hub
    now: Callable[[], datetime]
    send: Callable[[MailErrand], Awaitable[MailOutcome]] = by_child
    doubt: Callable[[], Doubt | None] = lambda: None
    monotonic: Callable[[], float] = time.monotonic
    rests: Backoff = SERVER_RESTS
    _pace: TokenBucket = field(default_factory=lambda: TokenBucket(per_s=PER_S, burst=AT_ONCE))
    _untold: _Ended | None = None
    _failures: int = 0
    _rests_until_s: float = 0.0

    async def run(self) -> None:
        """Send for ever."""
        for _ in count():
            is_busy = False
            with guarded("mail"):
                try:
                    is_busy = await self.step()
                except StorageError as exc:
                    _log.warning("mail_not_read", error=str(exc))
            if not is_busy:
                await asyncio.sleep(LOOK_EVERY_S)

    async def step(self) -> bool:
        """Send the letter whose turn it is; False: there is none now.

        Raises:
            StorageError: the database cannot be used now. What became of a letter is kept, and
                written at the next look.
        """
        await asyncio.to_thread(self._catch_up)
        due = await asyncio.to_thread(self._due)
        if due is None:
            return False
        row, letter = due
        # Of what fails here, as where no child can be begun, this letter alone waits.
        ended = self._untold = _Ended(letter, MailOutcome("failed", detail="here"), row.asked_at)
        with guarded("mail_letter"):
            outcome = await self._handed_over(row, letter)
            self._take(outcome)
            ended = self._untold = _Ended(letter, outcome, row.asked_at)
        await asyncio.to_thread(self._write, ended)
        self.hub.publish("mail", {"about": letter.about, "meeting_id": letter.about})
        return True

    async def _handed_over(self, row: MailServer, letter: MailLetter) -> MailOutcome:
        secret = self.servers.secret_of(row)
        if secret is None:
            return MailOutcome("login", detail="secret", is_of_server=True)
        place = place_of(row)
        message = message_of(letter, place.sender).as_bytes()
        return await self.send(MailErrand(place, secret, letter.address, message))

    def _catch_up(self) -> None:
        """Write what could not be before; have wait what nobody sends, since this is all who do."""
        if self._untold is not None:
            self._write(self._untold)
        with reading(self.state) as session:
            if not letter_queries.is_any_sending(session):
                return
        with writing(self.state) as session:
            letter_queries.let_go(session)

    def _due(self) -> tuple[MailServer, MailLetter] | None:
        now, now_s = self.now(), self.monotonic()
        with reading(self.state) as session:
            row = server(session)
            is_due = letter_queries.is_due(session, now)
        if not is_due:
            return None
        if row is None:
            self._give_up(now, NO_SERVER)
            return None
        is_resting = self._rests_until_s > now_s and row.asked_at is None
        if is_resting or not self._pace.take(now_s=now_s):
            return None
        with writing(self.state) as session:
            letter = letter_queries.claim_next(session, now)
        return None if letter is None else (row, letter)

    def _take(self, outcome: MailOutcome) -> None:
        if not outcome.is_of_server:
            self._failures, self._rests_until_s = 0, 0.0
            return
        self._failures += 1
        rest_s = self.rests.wait_s(self._failures, random.random())  # noqa: S311 - spreads tries
        self._rests_until_s = self.monotonic() + rest_s
        _log.warning("mail_server_failed", fate=outcome.fate, rests_s=round(rest_s))

    def _write(self, ended: _Ended) -> None:
        letter, outcome = ended.letter, ended.outcome
        now, said = self.now(), f"{outcome.fate} {outcome.detail}".strip()[:40]
        # A clock that is doubted gives nothing up.
        queued_at = now if self.doubt() is not None else letter.queued_at
        result = tried(
            outcome,
            tries=letter.tries,
            queued_at=queued_at,
            now=now,
            chance=random.random(),  # noqa: S311 - spreads tries
        )
        with writing(self.state) as session:
            letter_queries.became(session, letter.letter_id or 0, result, outcome, now)
            row = server(session)
            if row is not None:
                row.tried_at, row.outcome, row.said = now, said, outcome.said
                if row.asked_at == ended.asked_at:
                    row.asked_at = None
                session.add(row)
        self._untold = None
        if outcome.is_of_server:
            self._give_up(now, said)

    def _give_up(self, now: datetime, problem: str) -> None:
        """Give up what has waited for three days, all at once: the server is asked seldom."""
        if self.doubt() is not None:
            return
        before = now - GIVEN_UP_AFTER
        with reading(self.state) as session:
            if not letter_queries.has_waited_since(session, before):
                return
        with writing(self.state) as session:
            letters = letter_queries.give_up(
                session, queued_before=before, now=now, problem=problem
            )
        _log.warning("mail_given_up", letters=letters)
        self.hub.publish("mail", {})
