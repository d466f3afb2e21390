"""Keeps a running process small. Imported before anything else of it.

structlog and paho-mqtt import optional packages where they happen to be installed
(10 MiB together, and a quarter of a second) and we use nothing of them: tracebacks in colour, SRV
records, SOCKS proxies. An entry of None says "not installed" to an import.
"""

import ctypes
import gc
import sys

_OPTIONAL = ("rich", "colorama", "dns", "socks")
# malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_KIB = 1024


def leave_out_optional() -> None:
    """Make optional packages of our libraries look as if they were not installed."""
    for name in _OPTIONAL:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


def tune_allocator() -> None:
    """One arena, and memory that is free goes back; where the C library is glibc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, 64 * _KIB)
        mallopt(_M_TRIM_THRESHOLD, 64 * _KIB)


def settle() -> None:
    """Give back what starting needed, and keep the collector off what stays for good.

    Again later, it gives back also what was to stay and has gone since.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
