"""Looks into the mailbox once a minute, and has whoever answered an alert take its incident."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
import structlog
from sqlalchemy import Engine

from controller.audit.service import Action, AuditLog
from controller.db.engine import reading, writing
from controller.errors import StorageError
from controller.incidents.replies.answer import MailAnswer
from controller.incidents.replies.errands import Collected, Dealt, MailboxLook
from controller.incidents.replies.mailbox import AlertMailboxes, mailbox, place_of
from controller.incidents.replies.tables import AlertMailbox
from controller.incidents.replies.taking_by_reply import Fate, Replies, Took
from controller.incidents.taking import TAKES_FOR
from controller.web.live import Hub
from runtime.guard import guarded

LOOK_EVERY_S, ASKED_EVERY_S = 60.0, 2.0
A_LOOK, MOST_SAID = 200, 4 * 1024 * 1024
LIMIT_S = 60.0
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_OF_NO_EFFECT = (Fate.AGAIN, Fate.AUTOMATIC, Fate.UNPROVED)
_log = structlog.get_logger()


@dataclass(slots=True)
class ReplyWatch:
    """Looks for as long as the process runs, where a mailbox is set and on."""

    state: Engine
    mailboxes: AlertMailboxes
    replies: Replies
    audit: AuditLog
    hub: Hub
    now: Callable[[], datetime]
    limit_s: float = LIMIT_S
    _looked_at_s: float = field(default=float("-inf"))
    _found: tuple[int, ...] = ()

    async def run(self) -> None:
        """Look for ever."""
        while True:
            with guarded("replies"):
                try:
                    await self.look(time.monotonic())
                except StorageError as exc:
                    _log.warning("replies_not_looked_at", error=str(exc))
            await asyncio.sleep(ASKED_EVERY_S)

    async def look(self, now_s: float) -> None:
        """Look into the mailbox, where it is time or somebody asked.

        Raises:
            StorageError: the database cannot be used now; the letters stay unseen.
        """
        row = await asyncio.to_thread(self._mailbox)
        is_due = now_s - self._looked_at_s >= LOOK_EVERY_S
        if row is None or not (row.asked_at or (row.is_on and is_due)):
            return
        self._looked_at_s = now_s
        found = await self._collected(row)
        before, self._found = self._found, tuple(one.uid for one in found.answers)
        if found.is_more and self._found != before:  # else nothing is marked as seen there
            self._looked_at_s = float("-inf")
        await asyncio.to_thread(self._note, row, found)
        self.hub.publish("incident", {"number": 0})

    def _mailbox(self) -> AlertMailbox | None:
        with reading(self.state) as session:
            return mailbox(session)

    async def _collected(self, row: AlertMailbox) -> Collected:
        secret = self.mailboxes.secret_of(row)
        if secret is None:
            return Collected("login")
        since = (self.now() - TAKES_FOR - timedelta(days=1)).date()
        day = f"{since.day:02}-{_MONTHS[since.month - 1]}-{since.year}"
        wanted = MailboxLook(place_of(row), secret, day, A_LOOK)
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "controller.incidents.replies.fetch",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=MOST_SAID,
        )  # fmt: skip
        try:
            async with asyncio.timeout(self.limit_s):
                return await self._talk(child, wanted)
        except TimeoutError:
            return Collected("slow")
        except (msgspec.DecodeError, ValueError, OSError):
            _log.warning("replies_child_failed", exit_code=child.returncode)
            return Collected("unread")
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()

    async def _talk(self, child: asyncio.subprocess.Process, wanted: MailboxLook) -> Collected:
        """Hear what is there, deal with it, and have that marked as seen: nothing is lost."""
        if child.stdin is None or child.stdout is None:
            return Collected("unread")
        child.stdin.write(msgspec.json.encode(wanted) + b"\n")
        await child.stdin.drain()
        found = msgspec.json.decode(await child.stdout.readline(), type=Collected)
        if found.answers:
            dealt = await asyncio.to_thread(self._deal, found.answers)
            child.stdin.write(msgspec.json.encode(Dealt(tuple(dealt))) + b"\n")
            await child.stdin.drain()
        child.stdin.close()
        await child.wait()
        return found

    def _deal(self, answers: Iterable[MailAnswer]) -> list[int]:
        dealt = []
        for one in answers:
            # One that cannot be dealt with holds up no other; it is looked at again.
            with guarded("reply", None, (StorageError,)):
                took = self.replies.take(one)
                dealt.append(one.uid)
                self._tell(took, is_new=one.uid not in self._found)
        return dealt

    def _tell(self, took: Took, *, is_new: bool) -> None:
        if took.fate in _OF_NO_EFFECT and not is_new:
            return  # the server keeps no flags: it would be told each minute
        _log.info("reply_dealt_with", fate=took.fate.value, number=took.number)
        if took.is_taken:
            self.audit.note(Action.ACKNOWLEDGE_INCIDENT, actor=took.who, subject=str(took.number))
            self.hub.publish("incident", {"number": took.number})

    def _note(self, asked: AlertMailbox, found: Collected) -> None:
        with writing(self.state) as session:
            row = mailbox(session)
            if row is None or row.changed_at != asked.changed_at:
                return
            row.looked_at, row.outcome = self.now(), found.fate
            if row.asked_at == asked.asked_at:
                row.asked_at = None
            session.add(row)
