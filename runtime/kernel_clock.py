"""What the kernel knows of its own wall clock: adjtimex(2), read only, and the boot's name."""

import ctypes
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

_TIME_ERROR = 5
_STA_UNSYNC = 0x0040
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class _Timex(ctypes.Structure):
    """The first fields of struct timex, and room for the rest of it (208 bytes on Linux)."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


@dataclass(frozen=True, slots=True)
class KernelTime:
    """Whether an NTP client keeps the clock right, and to within what."""

    is_synchronised: bool
    error: timedelta

    @property
    def known_error_ns(self) -> int | None:
        """Within how many nanoseconds the clock is right; None: nobody keeps it right."""
        return self.error // timedelta(microseconds=1) * 1000 if self.is_synchronised else None


def read_kernel_time() -> KernelTime:
    """Return the kernel's own verdict; not synchronised where it cannot be asked."""
    timex = _Timex()
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    state = adjtimex(ctypes.byref(timex)) if adjtimex is not None else -1
    is_synchronised = 0 <= state != _TIME_ERROR and not timex.status & _STA_UNSYNC
    return KernelTime(is_synchronised, timedelta(microseconds=max(0, timex.maxerror)))


def boot_id() -> str:
    """Return this boot's random name, 32 hexadecimal digits.

    Raises:
        OSError: the kernel does not tell it.
    """
    return _BOOT_ID.read_text().strip().replace("-", "")
