"""Sends what is queued: of each channel one message at a time, the most important first.

A channel that does not take one is left alone for a while, growing, and then asked for the same
again: each message goes out once, late where it must be, for a day. What was refused itself
waits behind the others. A channel that somebody wants tried is tried at once.

Each delivery is a process: there are four at once, and at most two of channels that did not take
the last they were given, so that however many hang, those that do not are served.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

import msgspec
import structlog
from sqlalchemy import Engine

from controller.db.engine import reading, writing
from controller.errors import StorageError
from controller.incidents import channel_queries, taking, wording
from controller.incidents.channel_entered import MAIL
from controller.incidents.channel_queries import GIVEN_UP, SENT, name_of
from controller.incidents.channels import AlertChannels, place_of
from controller.incidents.parcel import Delivery, Parcel
from controller.incidents.replies import mailbox as replies
from controller.incidents.replies.answer import MARK
from controller.incidents.replies.mailbox_entered import MailboxPlace
from controller.incidents.tables import AlertChannel, AlertMessage
from controller.incidents.telling_clock import TellingClock
from controller.incidents.wording import ANSWER_WORDS, MAX_TEXT_CHARS, TAKE_WORDS
from controller.web.i18n.catalogue import chosen
from controller.web.live import Hub
from runtime.backoff import Backoff
from runtime.clock_trust import Doubt
from runtime.guard import guarded, start

LOOK_EVERY_S = 1.0
AT_ONCE, SUSPECTS_AT_ONCE = 4, 2
GIVEN_UP_AFTER = timedelta(hours=24)
RESTS = Backoff(first_s=10.0, cap_s=300.0)
NO_SECRET = Delivery("login", "secret")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Errand:
    """One channel's turn; `message` None: the channel is to be tried.

    `answered_at`: where mail is answered; None: answers are not looked for.
    """

    channel: AlertChannel
    message: AlertMessage | None
    answered_at: MailboxPlace | None = None


@dataclass(slots=True)
class Postman:
    """Looks every second. `deliver` has somebody send a parcel and never takes for ever.

    `clock`: by which it is known how long a message has waited; `doubt`: what speaks against it.
    """

    state: Engine
    channels: AlertChannels
    hub: Hub
    now: Callable[[], datetime]
    link: str
    deliver: Callable[[Parcel], Awaitable[Delivery]]
    rests: Backoff = RESTS
    clock: TellingClock | None = None
    doubt: Callable[[], Doubt | None] = lambda: None
    _busy: set[str] = field(default_factory=set)
    _failures: dict[str, int] = field(default_factory=dict)
    _rests_until_s: dict[str, float] = field(default_factory=dict)
    _unwritten: dict[int, Delivery] = field(default_factory=dict)

    async def run(self) -> None:
        """Send for ever."""
        async with asyncio.TaskGroup() as tasks:
            for _ in count():
                with guarded("alerts"):
                    try:
                        errands = await asyncio.to_thread(self._due, time.monotonic())
                    except StorageError as exc:
                        _log.warning("alerts_not_read", error=str(exc))
                        errands = []
                    for errand in errands:
                        self._busy.add(errand.channel.channel_id)
                        start(tasks, self._run(errand), kind="alert")
                await asyncio.sleep(LOOK_EVERY_S)

    def _due(self, now_s: float) -> list[Errand]:
        with reading(self.state) as session:
            waiting = channel_queries.waiting(session)
            rows = channel_queries.channels(session)
            answered_at = replies.answered_at(session)
        found: list[Errand] = []
        for row in rows:
            rests = self._rests_until_s.get(row.channel_id, 0.0) > now_s
            message = waiting.get(row.channel_id)
            if row.channel_id in self._busy:
                continue
            if row.asked_at is not None:
                found.append(Errand(row, None))
            elif message is not None and not rests:
                found.append(Errand(row, message, answered_at))
        return self._as_many_as_may(found)

    def _as_many_as_may(self, found: list[Errand]) -> list[Errand]:
        """Return what begins now: the most important first, suspects after the others."""

        def order(errand: Errand) -> tuple[bool, int]:
            is_suspect = errand.channel.channel_id in self._failures
            return is_suspect, errand.message.rank if errand.message else -1

        begun: list[Errand] = []
        suspects = sum(one in self._failures for one in self._busy)
        for errand in sorted(found, key=order):
            is_suspect, _ = order(errand)
            if len(self._busy) + len(begun) >= AT_ONCE:
                break
            if is_suspect and suspects >= SUSPECTS_AT_ONCE:
                continue
            suspects += is_suspect
            begun.append(errand)
        return begun

    async def _run(self, errand: Errand) -> None:
        channel_id = errand.channel.channel_id
        try:
            outcome = await self._outcome(errand)
            self._take(channel_id, outcome, time.monotonic())
            await asyncio.to_thread(self._write, errand, outcome)
        except StorageError as exc:
            _log.warning("alert_not_written", error=str(exc))
        finally:
            self._busy.discard(channel_id)
        number = errand.message.number if errand.message else 0
        self.hub.publish("incident", {"number": number, "channel_id": channel_id})

    async def _outcome(self, errand: Errand) -> Delivery:
        """Have it sent, unless it was before and that could not be written."""
        message_id = errand.message.message_id if errand.message else None
        if message_id in self._unwritten:
            return self._unwritten[message_id]
        parcel = self._parcel(errand)
        outcome = NO_SECRET if parcel is None else await self.deliver(parcel)
        if message_id is not None and outcome.is_delivered:
            self._unwritten[message_id] = outcome
        return outcome

    def _parcel(self, errand: Errand) -> Parcel | None:
        channel, message = errand.channel, errand.message
        secret, place = self.channels.secret_of(channel), place_of(channel)
        if secret is None:
            return None
        words = chosen("vi")
        if message is None:
            link = f"{self.link}/incidents/channels"
            letter = wording.trial(words, channel.name, link)
            name = f"trial-{random.getrandbits(48):x}"
            return Parcel(
                channel.kind,
                place,
                secret,
                letter.title,
                letter.text,
                name,
                "trial",
                link=link,
                said_at=self.now(),
            )
        if message.address and channel.kind == MAIL:
            place = replace(place, recipients=(message.address,))
        parcel = Parcel(
            channel.kind,
            place,
            secret,
            message.title,
            message.text,
            name_of(message),
            message.what,
            message.number,
            message.priority,
            f"{self.link}/incidents/{message.number}",
            said_at=message.queued_at,
        )
        return self._to_take(parcel, message, errand.answered_at) if message.takes else parcel

    def _to_take(
        self, parcel: Parcel, message: AlertMessage, answered_at: MailboxPlace | None
    ) -> Parcel:
        """Return a message with what takes its incident: a link, of mail an answer as well."""
        words, master = chosen("vi"), self.channels.master
        link = f"{self.link}{taking.PATH}/{taking.token_of(message, master)}"
        said, _, page = parcel.text.rpartition(" ")
        text = f"{said} {words.gettext(TAKE_WORDS)}: {link} {page}"
        parcel = msgspec.structs.replace(parcel, text=text, take_link=link)
        if parcel.kind != MAIL:
            return parcel
        token = f"{MARK}{taking.answer_token_of(message, master)}"
        parcel = msgspec.structs.replace(parcel, message_id=token)
        if answered_at is None:
            return parcel
        hint = f"{text}\n{words.gettext(ANSWER_WORDS)}"
        return msgspec.structs.replace(
            parcel,
            answer_to=answered_at.answer_to(token),
            text=hint if len(hint) <= MAX_TEXT_CHARS else text,
        )

    def _take(self, channel_id: str, outcome: Delivery, now_s: float) -> None:
        if outcome.is_delivered:
            self._failures.pop(channel_id, None)
            self._rests_until_s.pop(channel_id, None)
            return
        failures = self._failures[channel_id] = self._failures.get(channel_id, 0) + 1
        rest_s = self.rests.wait_s(failures, random.random())  # noqa: S311 - spreads tries
        self._rests_until_s[channel_id] = now_s + rest_s
        _log.warning("alert_not_delivered", channel_id=channel_id, fate=outcome.fate)

    def _is_too_old(self, message: AlertMessage, now: datetime) -> bool:
        """Whether it has waited for a day; while the clock is doubted none has."""
        if self.doubt() is not None:
            return False
        if self.clock is None:
            return now - message.queued_at >= GIVEN_UP_AFTER
        return self.clock.age(message.message_id or 0, message.queued_at) >= GIVEN_UP_AFTER

    def _write(self, errand: Errand, outcome: Delivery) -> None:
        said, now, message = f"{outcome.fate} {outcome.detail}".strip(), self.now(), errand.message
        with writing(self.state) as session:
            row = channel_queries.channel(session, errand.channel.channel_id)
            if row is not None:
                row.tried_at, row.outcome = now, said
                if message is None and row.asked_at == errand.channel.asked_at:
                    row.asked_at = None
                session.add(row)
            if message is None or message.message_id is None:
                return
            problem = "" if outcome.fate == "sent" else said
            if outcome.is_delivered:
                channel_queries.ended(session, message.message_id, SENT, now, problem=problem)
            elif self._is_too_old(message, now):
                channel_queries.ended(session, message.message_id, GIVEN_UP, now, problem=problem)
            else:
                channel_queries.tried(session, message.message_id, problem=problem)
        self._unwritten.pop(message.message_id, None)
