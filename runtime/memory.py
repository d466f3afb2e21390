"""Memory that is free, given back to the system.

The C library keeps what was freed between things that live longer, and grows beside it:
some 6 MiB after each meeting of a room, whose pictures and codecs come and go.
"""

import ctypes
import gc

_YOUNG_OBJECTS = 10_000


def settle() -> None:
    """Let the collector pass over what exists now, and come seldom: once a process has started.

    A full collection with many sessions would hold up a frame, and what comes and goes with
    every packet refers to itself nowhere.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS)


def give_back() -> None:
    """Collect what nobody holds, and return free pages; some 50 ms, so between two things."""
    gc.collect()
    trim()


def trim() -> None:
    """Return free pages; about 4 ms for each MiB."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's alone
    if trim is not None:
        trim(0)
