"""Which process is started through which patched entry, for each BREAK."""

from collections.abc import Sequence

_RELAY = "scripts.demo.breaks.relay"
_CONTROLLER = "scripts.demo.breaks.controller"
_CAMERA = "scripts.demo.breaks.camera"
_ROOM = "scripts.demo.breaks.room"

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
}


def process_of(breakage: str) -> str:
    """Return the name of the process that a BREAK spoils."""
    return next(process for name, process in ENTRIES if name == breakage)


def spoilt(broken: Sequence[str], process: str) -> tuple[str, ...]:
    """Return how Python starts a process that one of these spoils; empty: none does."""
    for name in broken:
        entry = ENTRIES.get((name, process))
        if entry is not None:
            return ("-m", entry, name)
    return ()
