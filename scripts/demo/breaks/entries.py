"""Which process is started through which patched entry, for each BREAK."""

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
