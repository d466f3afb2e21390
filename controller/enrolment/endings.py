"""What the web process does once certificates have ended: wherever they still serve, at once.

The broker reads its list again when the file changes (a path unit under systemd), and
refuses what is on it. A session that is open already it does not ask again: so we take it
over, by a certificate of a few minutes in that name, until the list must have been read.
Relays hear it by the documents of the point's meetings, which are planned anew.
"""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Engine

from contracts.ids import PointId
from controller import knock
from controller.db.engine import reading
from controller.dispatch.changes import Changes
from controller.enrolment import certificate_queries, pki
from controller.enrolment.revocation import RENEWED, REVOKED
from controller.enrolment.signing import Question, Signatures
from controller.errors import RequestError, StorageError
from controller.settings import ControllerSettings
from runtime.bus import Bus, BusSettings, Received
from runtime.guard import start

_log = structlog.get_logger()

LOOK_EVERY_S, AGAIN_AFTER_S = 0.5, 5.0
# A command writes, and then knocks.
_JUST_NOW = timedelta(seconds=5)
# Who has just started looks this far back.
LOOK_BACK = timedelta(minutes=10)
# From the first moment, for a session whose owner is refused already, to the time by which
# the broker has surely read its list again. Whoever replaces a machine takes over by itself.
REVOKED_AT_S, REPLACED_AT_S = (0.0, 1.5, 4.0, 8.0), (0.0,)
_TAKE_OVER_LIMIT_S = 5.0
# The enrolment process may be starting just now: for two minutes it is asked again.
_BORROW_TRIES = 24


@dataclass(frozen=True, slots=True)
class Endings:
    """Looks for what has ended, for ever."""

    settings: ControllerSettings
    state: Engine
    signatures: Signatures
    changes: Changes
    now: Callable[[], datetime]
    again_after_s: float = AGAIN_AFTER_S

    async def run(self) -> None:
        """Act on every knock, and once at the start."""
        since, seen = self.now() - LOOK_BACK, -1
        async with asyncio.TaskGroup() as group:
            while True:
                knocked = await asyncio.to_thread(knock.last, self.settings.state_dir)
                wait_s = LOOK_EVERY_S
                if knocked != seen:
                    began = self.now()
                    if await self._act(group, look_from(since, began)):
                        since, seen = began, knocked
                    else:
                        wait_s = self.again_after_s
                await asyncio.sleep(wait_s)

    async def _act(self, group: asyncio.TaskGroup, since: datetime) -> bool:
        """Do what follows from a knock; False: not now, the database or the disk has failed."""
        try:
            ended = await asyncio.to_thread(self._listed, since)
        except (StorageError, RequestError, OSError) as exc:
            _log.error("revocations_not_listed", error=str(exc))
            return False
        self.changes.note_everything(is_forced=False)
        for point_id, why in ended:
            if why == RENEWED:  # whoever is in holds the newer one, or is refused next time
                continue
            moments = REVOKED_AT_S if why == REVOKED else REPLACED_AT_S
            start(group, self._end_session(point_id, moments), kind="ending", point_id=point_id)
        return True

    def _listed(self, since: datetime) -> list[tuple[PointId, str]]:
        self.signatures.ask(Question(what="list"))
        with reading(self.state) as session:
            return certificate_queries.ended_since(session, since)

    async def _end_session(self, point_id: PointId, moments_s: tuple[float, ...]) -> None:
        with tempfile.TemporaryDirectory(prefix="diemcau-ending-") as folder:
            borrowed = await self.borrowed(Path(folder), point_id)
            waited_s = 0.0
            for at_s in moments_s:
                await asyncio.sleep(at_s - waited_s)
                waited_s = at_s
                await _take_over(borrowed)

    async def borrowed(self, folder: Path, point_id: PointId) -> BusSettings:
        """Return how to take a point's session over.

        Raises:
            RequestError, StorageError: the enrolment process lends nothing, however often asked.
        """
        for _ in range(_BORROW_TRIES - 1):
            try:
                return await asyncio.to_thread(self._borrow, folder, point_id)
            except (RequestError, StorageError) as exc:
                _log.warning("session_not_ended_yet", point_id=point_id, error=str(exc))
            await asyncio.sleep(self.again_after_s)
        return await asyncio.to_thread(self._borrow, folder, point_id)

    def _borrow(self, folder: Path, point_id: PointId) -> BusSettings:
        key = ec.generate_private_key(ec.SECP256R1())
        request = Question(what="borrow", point_id=point_id, csr_pem=pki.request_pem(key))
        (folder / "point.crt").write_text(self.signatures.ask(request).certificate_pem)
        (folder / "point.key").write_bytes(pki.private_pem(key))
        return BusSettings(
            host=self.settings.broker.host,
            port=self.settings.broker.port,
            ca_file=self.settings.pki_dir / "ca.crt",
            cert_file=folder / "point.crt",
            key_file=folder / "point.key",
            client_id=point_id,
        )


def look_from(since: datetime, now: datetime) -> datetime:
    """Return from when on endings are looked for, also where the clock was set back meanwhile."""
    return min(since, now - _JUST_NOW)


async def _take_over(borrowed: BusSettings) -> None:
    is_ours = asyncio.Event()

    async def connected(_: Bus) -> None:
        is_ours.set()

    async def ignore(_: Received) -> None:
        return None

    async with asyncio.TaskGroup() as group:
        bus = Bus(borrowed, on_connected=connected)
        running = start(group, bus.run(ignore), kind="ending")
        try:
            async with asyncio.timeout(_TAKE_OVER_LIMIT_S):
                await is_ours.wait()
            _log.info("session_ended", point_id=borrowed.client_id)
        except TimeoutError:
            _log.warning("session_not_ended", point_id=borrowed.client_id)
        running.cancel()
