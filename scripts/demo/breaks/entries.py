"""Which process is started through which patched entry, for each BREAK."""

from collections.abc import Sequence

_RELAY = "scripts.demo.breaks.relay"
_CONTROLLER = "scripts.demo.breaks.controller"
_CAMERA = "scripts.demo.breaks.camera"
_ROOM = "scripts.demo.breaks.room"
_OFFICE = "scripts.demo.breaks.office"

ENTRIES: dict[tuple[str, str], str] = {
    ("relay-wrong-speaker", "relay"): _RELAY,
    ("no-floor", "relay"): _RELAY,
    ("late-start", "relay"): _RELAY,
    ("silent-sound", "relay"): _RELAY,
    ("own-echo", "relay"): _RELAY,
    ("frozen-camera", "camera"): _CAMERA,
    ("dead-camera", "camera"): _CAMERA,
    ("wrong-size", "camera"): _CAMERA,
    ("muted-leaks", "media"): _ROOM,
    ("lost-sync", "media"): _ROOM,
    ("stale-presence", "ingest"): _CONTROLLER,
    ("lost-report", "ingest"): _CONTROLLER,
    ("wrong-cause", "ingest"): _CONTROLLER,
    ("silent-trap", "ingest"): _CONTROLLER,
    ("alert-storm", "web"): _CONTROLLER,
    ("lost-alert", "web"): _CONTROLLER,
    ("double-booking", "web"): _OFFICE,
    ("lost-invitation", "web"): _OFFICE,
    ("two-holders", "web"): _OFFICE,
    ("wrong-roll-call", "web"): _OFFICE,
    ("wrong-indicator", "web"): _OFFICE,
}
OF_ONE_ENTRY = frozenset(name for (name, _), entry in ENTRIES.items() if entry == _OFFICE)
"""Rules of one process that have nothing to do with each other: replaced in one start."""


def process_of(breakage: str) -> str:
    """Return the name of the process that a BREAK spoils."""
    return next(process for name, process in ENTRIES if name == breakage)


def clash(broken: Sequence[str]) -> str | None:
    """Return the process that two BREAKs would each replace by another; None: there is none."""
    entries: dict[str, str] = {}
    for name in broken:
        process = process_of(name)
        entry = _OFFICE if name in OF_ONE_ENTRY else name
        if entries.setdefault(process, entry) != entry:
            return process
    return None


def spoilt(broken: Sequence[str], process: str) -> tuple[str, ...]:
    """Return how Python starts a process that some of these spoil; empty: none does."""
    names = [name for name in broken if (name, process) in ENTRIES]
    return ("-m", ENTRIES[names[0], process], ",".join(names)) if names else ()
