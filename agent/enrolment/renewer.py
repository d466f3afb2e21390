"""Sees to it that the point's certificate never ends: looked at now and then, renewed when due."""

import asyncio
import random
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from datetime import datetime

import msgspec
import structlog

from agent.point.identity import PointFolder
from runtime.backoff import Backoff

_log = structlog.get_logger()

FIRST_AFTER_S = 10.0
LOOK_EVERY_S = 6 * 3600.0
TIMEOUT_S = 45.0
RETRY = Backoff(first_s=60.0, cap_s=LOOK_EVERY_S)


class _Outcome(msgspec.Struct, frozen=True):
    is_renewed: bool


_decoder = msgspec.json.Decoder(_Outcome)


class Renewer:
    """Looks for ever. `renewed` is called once the new certificate and key are in place."""

    def __init__(
        self,
        folder: PointFolder,
        *,
        url: str,
        now: Callable[[], datetime | None],
        renewed: Callable[[], None],
    ) -> None:
        """Prepare.

        Args:
            now: the corrected time; None while it is not known, and then nothing is due.
        """
        self._folder = folder
        self._url = url
        self._now = now
        self._renewed = renewed

    async def run(self) -> None:
        """Look now and then; a failure is tried again after a minute, then ever less often."""
        await asyncio.sleep(FIRST_AFTER_S)
        failures = 0
        while True:
            now = self._now()
            is_done = now is not None and await self._look(now)
            failures = 0 if is_done else failures + 1
            wait_s = RETRY.wait_s(failures, random.random())  # noqa: S311 - jitter
            await asyncio.sleep(wait_s if failures else LOOK_EVERY_S)

    async def _look(self, now: datetime) -> bool:
        try:
            outcome = await self._run_renewal(now)
        except (OSError, TimeoutError, msgspec.MsgspecError) as exc:
            _log.warning("certificate_not_renewed", error=str(exc) or "no answer in time")
            return False
        if outcome is None:
            return False
        if outcome.is_renewed:
            _log.info("certificate_renewed")
            self._renewed()
        return True

    async def _run_renewal(self, now: datetime) -> _Outcome | None:
        arguments = (str(self._folder.root), self._url, f"{now.timestamp():.3f}")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "agent.enrolment.renew", *arguments, stdout=PIPE, stderr=PIPE
        )
        try:
            async with asyncio.timeout(TIMEOUT_S):
                output, errors = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode:
            said = errors.decode(errors="replace").strip()[-300:]
            _log.warning("certificate_not_renewed", error=said)
            return None
        return _decoder.decode(output)
