"""Payloads as they were once sent. They stay readable for as long as points run that send them.

A change of a message adds a file; it changes none.
"""

from pathlib import Path

from contracts.centre import ChangeNotice, IngestBeat, IngestState, WebEcho
from contracts.desired import LineTest, Live, Policy, Probes, RelayMeeting, Schedule
from contracts.devices import DeviceSecrets, SnmpDevices
from contracts.hand import Hand
from contracts.message import Message
from contracts.played import Played, Withheld
from contracts.recordings import RecorderStatus, RecordingFacts, SpokenChapter, SpokenLine
from contracts.rehearsal import Rehearsal
from contracts.relay import RelayEvent, RelayState, RelayStatus
from contracts.reports import Applied, Held, PointStatus, Report
from contracts.seen_addresses import SeenAddresses
from contracts.steering import FloorShown, FloorWord, SteeringMove
from contracts.tiles import Tiles
from contracts.tokens import MediaToken
from contracts.trunk import TrunkAnswer, TrunkPeer, TrunkWords
from contracts.uplink import Beat

FOLDER = Path(__file__).parents[1] / "data" / "golden"

TYPES: dict[str, type[Message]] = {
    "applied": Applied,
    "beat": Beat,
    "change-notice": ChangeNotice,
    "change-notice-minutes": ChangeNotice,
    "change-notice-rehearsal": ChangeNotice,
    "change-notice-snmp": ChangeNotice,
    "change-notice-traps": ChangeNotice,
    "change-notice-way": ChangeNotice,
    "device-secrets": DeviceSecrets,
    "devices": SnmpDevices,
    "devices-traps": SnmpDevices,
    "floor-move": SteeringMove,
    "floor-move-mode": SteeringMove,
    "floor-shown": FloorShown,
    "floor-word": FloorWord,
    "floor-word-muted": FloorWord,
    "hand": Hand,
    "held": Held,
    "held-packs": Held,
    "ingest-beat": IngestBeat,
    "ingest-state": IngestState,
    "web-echo": WebEcho,
    "live": Live,
    "live-idle": Live,
    "live-discussion": Live,
    "live-recorded": Live,
    "live-conference": Live,
    "live-speech": Live,
    "live-message": Live,
    "live-stage": Live,
    "live-queue": Live,
    "live-deputy": Live,
    "media-token": MediaToken,
    "media-token-steer": MediaToken,
    "played": Played,
    "point-status": PointStatus,
    "point-status-run": PointStatus,
    "point-status-stopped": PointStatus,
    "point-status-will": PointStatus,
    "policy": Policy,
    "policy-budget": Policy,
    "policy-duty": Policy,
    "probes": Probes,
    "probes-traces": Probes,
    "recorder-status": RecorderStatus,
    "recording": RecordingFacts,
    "rehearsal": Rehearsal,
    "rehearsal-none": Rehearsal,
    "relay-event": RelayEvent,
    "relay-event-floor": RelayEvent,
    "relay-event-hand": RelayEvent,
    "relay-event-kinds": RelayEvent,
    "relay-meeting": RelayMeeting,
    "relay-meeting-access": RelayMeeting,
    "relay-meeting-echo": RelayMeeting,
    "relay-meeting-home": RelayMeeting,
    "relay-meeting-kinds": RelayMeeting,
    "relay-meeting-lines": RelayMeeting,
    "relay-meeting-locked": RelayMeeting,
    "relay-meeting-outer": RelayMeeting,
    "relay-meeting-pages": RelayMeeting,
    "relay-meeting-recorded": RelayMeeting,
    "relay-meeting-revoked": RelayMeeting,
    "relay-meeting-stage": RelayMeeting,
    "relay-state": RelayState,
    "relay-state-counts": RelayState,
    "relay-state-kinds": RelayState,
    "relay-state-quality": RelayState,
    "relay-state-moves": RelayState,
    "relay-state-outside": RelayState,
    "relay-state-people": RelayState,
    "relay-state-sends": RelayState,
    "relay-state-speakers": RelayState,
    "relay-state-streams": RelayState,
    "relay-state-trunk-lines": RelayState,
    "relay-state-trunks": RelayState,
    "relay-status": RelayStatus,
    "report-bandwidth": Report,
    "report-bandwidth-down": Report,
    "report-devices": Report,
    "report-health": Report,
    "report-health-containers": Report,
    "report-health-figures": Report,
    "report-health-inodes": Report,
    "report-inventory": Report,
    "report-inventory-containers": Report,
    "report-lan": Report,
    "report-names": Report,
    "report-inventory-machine": Report,
    "report-line": Report,
    "report-machine": Report,
    "report-media": Report,
    "report-media-played": Report,
    "report-media-heard": Report,
    "report-rehearsal": Report,
    "report-sections": Report,
    "report-snmp": Report,
    "report-snmp-ports": Report,
    "report-snmp-usb": Report,
    "report-throughput": Report,
    "report-traps": Report,
    "report-uplink": Report,
    "report-way": Report,
    "schedule": Schedule,
    "schedule-recorded": Schedule,
    "seen-addresses": SeenAddresses,
    "spoken-chapter": SpokenChapter,
    "spoken-line": SpokenLine,
    "spoken-line-loudest": SpokenLine,
    "test": LineTest,
    "tiles": Tiles,
    "withheld": Withheld,
    "trunk-answer": TrunkAnswer,
    "trunk-peer": TrunkPeer,
    "trunk-words": TrunkWords,
    "trunk-words-moved": TrunkWords,
    "trunk-words-unheard": TrunkWords,
}

# What is read and not written any more, and how it is said now.
SAID_NOW = {
    "relay-event": "relay-event-kinds",
    "relay-meeting-access": "relay-meeting-kinds",
    "relay-state": "relay-state-kinds",
}
READ_ONLY = frozenset(("Attendee.was_point", "Barred.was_point", "RelayEvent.was_point"))


def payload(name: str) -> bytes:
    """Return one golden payload."""
    return (FOLDER / f"{name}.json").read_bytes()
