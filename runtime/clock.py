"""Wall time with an error bound and a source, right also where the machine's clock is not.

    source "ntp"      an NTP client keeps the kernel's clock right: it is believed
    source "centre"   the centre's signed time, kept as an offset against the boot clock,
                      which no one sets; its error grows as quartz drifts
    source "unknown"  neither; at least the time never falls behind what was known before

The centre's time also counts where it contradicts an "ntp" by more than 5 s: what is
scheduled is scheduled by the centre's clock. One process of a point corrects the clock
and writes the file; the others follow it.
"""

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from contracts.reports import ClockState
from runtime import atomic
from runtime.kernel_clock import KernelTime, boot_id, read_kernel_time

LOOK_EVERY_S = 5.0
CONTRADICTION_S = 5.0
# A quartz without NTP is within 100 ppm: a third of a second an hour.
DRIFT_RATIO = 100e-6


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept in clock.json. Boot-clock values count within one boot only."""

    boot_id: str
    epoch_at_boot_s: float
    corrected_at_boot_s: float
    error_s: float
    is_ntp_refuted: bool = False


_decoder = msgspec.json.Decoder(Correction)


def _boottime_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Clock:
    """The time every process of ours asks for. Only the one that corrects it needs a file.

    Args:
        file: clock.json of a point's data folder; followed when another process changes it.
        wall: the machine's own idea of seconds since 1970.
        boottime: seconds since boot, sleep included; never set, never goes back.
        kernel: the kernel's verdict on its wall clock.
    """

    def __init__(
        self,
        file: Path | None = None,
        *,
        wall: Callable[[], float] = time.time,
        boottime: Callable[[], float] = _boottime_s,
        kernel: Callable[[], KernelTime] = read_kernel_time,
    ) -> None:
        self._file = file
        self._wall = wall
        self._boottime = boottime
        self._read_kernel = kernel
        self._boot_id = boot_id()
        self._correction: Correction | None = None
        self._earliest_at_boot_s = -math.inf
        self._kernel = kernel()
        self._looked_at_s = -math.inf
        self._file_stamp: tuple[int, int] | None = None
        self._look()

    @property
    def boot_id(self) -> str:
        """This boot's random name."""
        return self._boot_id

    def monotonic_ms(self) -> int:
        """Return milliseconds since boot."""
        return int(self._boottime() * 1000)

    def now(self) -> datetime:
        """Return the time in UTC, corrected where a correction is known."""
        self._look()
        correction = self._counting_correction()
        if correction is not None:
            return _utc(correction.epoch_at_boot_s + self._boottime())
        if self._kernel.is_synchronised:
            return _utc(self._wall())
        return _utc(max(self._wall(), self._earliest_at_boot_s + self._boottime()))

    def state(self) -> ClockState:
        """Return where the time comes from and how wrong it may be."""
        self._look()
        correction = self._counting_correction()
        if correction is not None:
            age_s = self._boottime() - correction.corrected_at_boot_s
            error_s = correction.error_s + max(0.0, age_s) * DRIFT_RATIO
            return ClockState(source="centre", error_ms=round(error_s * 1000, 1))
        if self._kernel.is_synchronised:
            error_ms = self._kernel.error / timedelta(milliseconds=1)
            return ClockState(source="ntp", error_ms=round(error_ms, 1))
        return ClockState(source="unknown")

    def correct(self, true_now: datetime, *, error: timedelta) -> timedelta:
        """Take over the centre's time, right to within `error`; return what the wall was off.

        A wall clock that agrees to within the error is kept as it is: a measurement
        over the network does not make it better.
        """
        self._look()
        boottime_s, wall_s = self._boottime(), self._wall()
        off_s = true_now.timestamp() - wall_s
        error_s = error.total_seconds()
        is_agreed = abs(off_s) <= error_s
        allowed_s = CONTRADICTION_S + error_s + self._kernel.error.total_seconds()
        self._correction = Correction(
            boot_id=self._boot_id,
            epoch_at_boot_s=(wall_s if is_agreed else true_now.timestamp()) - boottime_s,
            corrected_at_boot_s=boottime_s,
            error_s=error_s + (abs(off_s) if is_agreed else 0.0),
            is_ntp_refuted=self._kernel.is_synchronised and abs(off_s) > allowed_s,
        )
        return timedelta(seconds=off_s)

    def save(self) -> None:
        """Write what is known to the file, so that the next start and the others know it.

        Raises:
            OSError: it cannot be written.
        """
        if self._file is None:
            return
        correction = self._correction
        if correction is None:
            if not self._kernel.is_synchronised:
                return  # nothing is known that the file does not say already
            correction = Correction(
                boot_id="", epoch_at_boot_s=self._wall(), corrected_at_boot_s=0.0, error_s=0.0
            )
        else:
            correction = self._aged(correction)
        atomic.write_bytes(self._file, msgspec.json.encode(correction), mode=0o644)
        self._file_stamp = self._stamp()

    def _aged(self, correction: Correction) -> Correction:
        """Return the correction as of now: the file then says the latest time known."""
        boottime_s = self._boottime()
        age_s = max(0.0, boottime_s - correction.corrected_at_boot_s)
        return msgspec.structs.replace(
            correction,
            corrected_at_boot_s=boottime_s,
            error_s=correction.error_s + age_s * DRIFT_RATIO,
        )

    def _counting_correction(self) -> Correction | None:
        correction = self._correction
        if correction is None or (self._kernel.is_synchronised and not correction.is_ntp_refuted):
            return None
        return correction

    def _look(self) -> None:
        """Ask the kernel and the file again, every few seconds at most."""
        boottime_s = self._boottime()
        if boottime_s - self._looked_at_s < LOOK_EVERY_S:
            return
        self._looked_at_s = boottime_s
        self._kernel = self._read_kernel()
        stamp = self._stamp()
        if stamp is not None and stamp != self._file_stamp:
            self._file_stamp = stamp
            self._follow()

    def _stamp(self) -> tuple[int, int] | None:
        if self._file is None:
            return None
        try:
            status = self._file.stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns

    def _follow(self) -> None:
        if self._file is None:
            return
        try:
            found = _decoder.decode(self._file.read_bytes())
        except (OSError, msgspec.MsgspecError):
            return  # gone or damaged: the time is as it would be without the file
        known_s = found.epoch_at_boot_s + found.corrected_at_boot_s
        if not math.isfinite(known_s):
            return
        if found.boot_id == self._boot_id:
            self._correction = found
        elif not found.boot_id:
            # By NTP, perhaps in this boot: what has gone by since is not known.
            self._earliest_at_boot_s = known_s - self._boottime()
        else:
            # Of an earlier boot: how long the machine was off is not known, but not less. In a
            # container that was started anew the boot clock is its host's and has gone on.
            has_gone_on = self._boottime() >= found.corrected_at_boot_s
            self._earliest_at_boot_s = found.epoch_at_boot_s if has_gone_on else known_s


def _utc(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)
