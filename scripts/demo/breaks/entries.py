"""Which process is started through which patched entry, for each BREAK."""

_RELAY = "scripts.demo.breaks.relay"
_CONTROLLER = "scripts.demo.breaks.controller"

ENTRIES: dict[tuple[str, str], str] = {
    ("relay-wrong-speaker", "relay"): _RELAY,
    ("no-floor", "relay"): _RELAY,
    ("late-start", "relay"): _RELAY,
    ("silent-sound", "relay"): _RELAY,
    ("own-echo", "relay"): _RELAY,
    ("stale-presence", "ingest"): _CONTROLLER,
    ("lost-report", "ingest"): _CONTROLLER,
}
