"""Asks the centre for the time where no NTP client keeps the clock: at the start, then hourly."""

import asyncio
import math
import random
import sys
from asyncio.subprocess import PIPE
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import structlog

from runtime.backoff import Backoff
from runtime.clock import Clock

_log = structlog.get_logger()

CHECK_TIMEOUT_S = 25.0
RETRY = Backoff(first_s=5.0, cap_s=300.0)


class _Found(msgspec.Struct, frozen=True):
    epoch_at_boot_s: float
    error_s: float


_decoder = msgspec.json.Decoder(_Found)


class Timekeeper:
    """Corrects the clock. `is_first_done` is set once the first attempt has ended."""

    def __init__(self, clock: Clock, *, url: str, ca_file: Path, interval_s: float) -> None:
        self._clock = clock
        self._url = url
        self._ca_file = ca_file
        self._interval_s = interval_s
        self.is_first_done = asyncio.Event()

    async def run(self) -> None:
        """Keep the clock right for ever."""
        failures = 0
        while True:
            if self._clock.state().source == "ntp":
                failures = 0
                self._save()
            else:
                failures = 0 if await self.check() else failures + 1
            self.is_first_done.set()
            if failures:
                await asyncio.sleep(RETRY.wait_s(failures, random.random()))  # noqa: S311 - jitter
            else:
                await asyncio.sleep(self._interval_s)

    async def check(self) -> bool:
        """Ask once; return whether the clock was corrected."""
        found = await self._ask()
        if found is None:
            return False
        epoch_s = found.epoch_at_boot_s + self._clock.monotonic_ms() / 1000
        off = self._clock.correct(
            datetime.fromtimestamp(epoch_s, UTC), error=timedelta(seconds=found.error_s)
        )
        _log.info(
            "clock_corrected",
            off_s=round(off.total_seconds(), 3),
            error_ms=round(found.error_s * 1000, 1),
        )
        self._save()
        return True

    async def _ask(self) -> _Found | None:
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "agent.enrolment.timecheck",
                self._url,
                str(self._ca_file),
                stdout=PIPE,
                stderr=PIPE,
            )
        except OSError as exc:  # no memory, or too many processes: the next attempt may do
            _log.warning("clock_not_checked", error=exc.strerror or str(exc))
            return None
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                output, errors = await process.communicate()
            found = _decoder.decode(output) if process.returncode == 0 else None
        except (TimeoutError, msgspec.MsgspecError) as exc:
            _log.warning("clock_not_checked", error=str(exc) or "no answer in time")
            return None
        finally:
            if process.returncode is None:
                process.kill()
        if found is None or not math.isfinite(found.epoch_at_boot_s + found.error_s):
            _log.warning("clock_not_checked", error=errors.decode(errors="replace").strip()[-300:])
            return None
        return found

    def _save(self) -> None:
        try:
            self._clock.save()
        except OSError as exc:
            _log.warning("clock_not_saved", error=exc.strerror or str(exc))
