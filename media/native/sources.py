"""The C beside this file, and where it lies compiled."""

import hashlib
from pathlib import Path

FOLDER = Path(__file__).parent
HEADER, SOURCE = FOLDER / "burst.h", FOLDER / "burst.c"
LIBRARY = FOLDER / "_burst.so"


def digest() -> int:
    """Return what a library says of itself that was compiled from the sources as they are."""
    found = hashlib.sha256(HEADER.read_bytes() + SOURCE.read_bytes()).digest()
    return int.from_bytes(found[:4]) >> 1
