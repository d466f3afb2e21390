"""Looks every fifteen seconds how the centre is, has it judged, and writes what changed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Engine
from sqlmodel import Session

from contracts.errors import ContractError
from controller import backup_note
from controller.centre import centre_rows
from controller.centre.certificates import AUTHORITY, certificates
from controller.centre.databases import damage, database
from controller.centre.hearing import CentreHearing, Publish
from controller.centre.machine import CentreMachine, kept_in
from controller.clock import WatchedClock
from controller.db.engine import reading, writing
from controller.errors import StorageError
from controller.settings import ControllerSettings
from controller.web.live import Hub
from monitoring.judgement.centre import CentreLimits, CentreVerdict, judge
from monitoring.judgement.centre_facts import (
    BackupFacts,
    CentreFacts,
    ClockFacts,
    DatabaseFacts,
    grown_per_day,
)
from runtime.bus import Received
from runtime.clock_trust import Doubt
from runtime.guard import guarded
from runtime.kernel_clock import read_kernel_time

LOOK_EVERY_S = 15.0
CHECK_EVERY = timedelta(hours=24)
LOOK_FOR_CHECKS_S = 600.0
_log = structlog.get_logger()


@dataclass(slots=True)
class LastCentreLook:
    """What the last look found, for /metrics and the page; before the first there is nothing."""

    at: datetime | None = None
    facts: CentreFacts = field(default_factory=CentreFacts)
    verdicts: tuple[CentreVerdict, ...] = ()


@dataclass(slots=True)
class CentreWatch:
    """Looks for as long as the process runs."""

    settings: ControllerSettings
    state: Engine
    series: Engine
    hub: Hub
    clock: WatchedClock
    last: LastCentreLook
    publish: Publish
    _limits: CentreLimits = field(init=False)
    _hearing: CentreHearing = field(init=False)
    _machine: CentreMachine = field(init=False)

    def __post_init__(self) -> None:
        """Prepare what is asked."""
        self._limits = self.settings.centre.limits
        self._hearing = CentreHearing(self.clock.now)
        self._machine = CentreMachine(kept_in(self.settings))

    def taking(
        self, others: Callable[[Received], Awaitable[None]]
    ) -> Callable[[Received], Awaitable[None]]:
        """Return who takes in what is about the centre itself, and hands on all else."""

        async def handle(received: Received) -> None:
            if not self._hearing.is_mine(received.topic):
                await others(received)
                return
            try:
                self._hearing.handle(received)
            except ContractError as exc:
                _log.warning("message_rejected", topic=received.topic[:120], error=str(exc))

        return handle

    async def run(self) -> None:
        """Look for ever."""
        while True:
            with guarded("centre"):
                await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def run_checks(self) -> None:
        """Look the databases through once a day, for ever."""
        while True:
            await asyncio.sleep(LOOK_FOR_CHECKS_S)
            for name, engine in self._engines().items():
                with guarded("database_check", database=name):
                    await asyncio.to_thread(self.check, name, engine)

    async def look(self) -> None:
        """Find out how everything is; write and show what is new."""
        await self._hearing.echo(self.publish)
        databases = await asyncio.to_thread(self._databases)
        grown = {one.name: one.grown_per_day for one in databases if one.grown_per_day}
        facts = CentreFacts(
            volumes=await self._machine.volumes(grown),
            databases=databases,
            broker=self._hearing.broker(self.settings.data_dir / "mosquitto/mosquitto.db"),
            ingest=self._hearing.ingest(),
            certificates=await asyncio.to_thread(certificates, self.settings.pki_dir),
            backup=await asyncio.to_thread(self._backup),
            clock=self._clock(),
            machine=await self._machine.load(),
        )
        now = self.clock.now()
        verdicts = judge(facts, self._limits, now=now)
        self.last.at, self.last.facts, self.last.verdicts = now, facts, tuple(verdicts)
        try:
            if await asyncio.to_thread(self._keep, verdicts, now):
                self.hub.publish("centre", {})
        except StorageError as exc:
            _log.warning("centre_not_written", error=str(exc))

    def _keep(self, verdicts: list[CentreVerdict], now: datetime) -> bool:
        with writing(self.state) as session:
            for one in self.last.facts.databases:
                if not one.error:
                    centre_rows.note_size(session, one.name, one.bytes_total, now)
            return centre_rows.keep(session, verdicts, now)

    def _engines(self) -> dict[str, Engine]:
        return {"state": self.state, "series": self.series}

    def _databases(self) -> list[DatabaseFacts]:
        found = [database(name, engine) for name, engine in self._engines().items()]
        note, now = backup_note.read(self.settings), self.clock.now()
        try:
            with reading(self.state) as session:
                return [_with_past(session, one, note, now) for one in found]
        except StorageError:
            return found

    def _backup(self) -> BackupFacts:
        note = backup_note.read(self.settings)
        authority = self.settings.pki_dir / f"{AUTHORITY}.crt"
        try:
            since = datetime.fromtimestamp(authority.stat().st_mtime, UTC)
        except OSError:
            since = None
        return BackupFacts(since, note.made_at, note.folder, note.failed_at, note.problem)

    def _clock(self) -> ClockFacts:
        kernel, doubt = read_kernel_time(), self.clock.doubt()
        is_doubted = doubt in (Doubt.AHEAD, Doubt.BEHIND)
        return ClockFacts(kernel.is_synchronised, kernel.error.total_seconds() * 1000, is_doubted)

    def check(self, name: str, engine: Engine) -> None:
        """Look a database through, where that was not done for a day.

        Raises:
            StorageError: it does not answer, or what was found cannot be written.
        """
        now = self.clock.now()
        with reading(self.state) as session:
            before = centre_rows.last_check(session, name)
        if before is not None and not before[1] and now - before[0] < CHECK_EVERY:
            return
        found = damage(engine)
        if found:
            _log.error("database_damaged", database=name, error=found)
        if found is not None:
            with writing(self.state) as session:
                centre_rows.note_check(session, name, found, now)


def _with_past(
    session: Session, one: DatabaseFacts, note: backup_note.BackupNote, now: datetime
) -> DatabaseFacts:
    """Return a database with how it has grown, and when its pages were last in order.

    A backup looks at every page of its copies.
    """
    sizes = centre_rows.sizes(session, one.name, now)
    checked_at, found = centre_rows.last_check(session, one.name) or (None, "")
    if one.name in note.databases and not found and note.made_at is not None:
        checked_at = max(checked_at or note.made_at, note.made_at)
    grown = grown_per_day([*sizes, (now, one.bytes_total)]) if one.bytes_total else None
    return replace(one, grown_per_day=grown, checked_at=checked_at, damage=found)
