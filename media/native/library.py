"""Loads the compiled C; nothing else does. Without it Python does the same work, as it does
with DIEMCAU_NATIVE=no in the environment: to compare, or to find a fault.

A library that was compiled from other sources than lie beside it is not loaded: it would
read the shared structures otherwise than Python writes them.
"""

import os
from functools import cache
from typing import Any

from cffi import FFI

from media.native.sources import HEADER, LIBRARY, digest

Pointer = Any  # a C value, which cffi has no type for

ffi = FFI()
ffi.cdef(HEADER.read_text())


@cache
def library() -> Pointer | None:
    """Return the library; None: there is none."""
    if os.environ.get("DIEMCAU_NATIVE") == "no" or not LIBRARY.exists():
        return None
    try:
        loaded = ffi.dlopen(str(LIBRARY))
    except OSError:
        return None
    return loaded if loaded.source_digest() == digest() else None
