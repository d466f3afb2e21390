"""What GStreamer says of a device, in the words in which a point reports it."""

from urllib.parse import urlsplit

from agent.room.gstreamer.child import ChildFault
from agent.room.gstreamer.passing import Hindrance
from agent.room.settings import CameraSettings, MicrophoneSettings
from contracts.reports import DeviceState

# The same word for a device that is not there and for a camera that does not answer.
_GONE = frozenset(
    {"not-found", "open-read", "open-write", "open-read-write", "read", "ended", "silent"}
)
# What is said behind the name of a device that fails, so that people know whom to ask.
_NOTES = {
    "no-picture": "its sound comes, and no picture",
    "missing-plugin": "of a codec that is not decoded here",
    "codec-not-found": "of a codec that is not decoded here",
}
_MOST_OF_NAME = 200
_REFUSED_TEXT = "nauthorized"
_BY_RTP = "rtp "


def state_of(name: str, trouble: ChildFault | None) -> DeviceState:
    """Return how a device is; no trouble: it is open."""
    if trouble is None:
        return DeviceState("open", name)
    if trouble.kind in ("not-authorized", "secret") or _REFUSED_TEXT in trouble.text:
        return DeviceState("wrong_password", name)
    if trouble.kind == "busy":
        return DeviceState("busy", name)
    if trouble.kind in _GONE:
        is_far = "://" in name or name.startswith(_BY_RTP)
        return DeviceState("unreachable" if is_far else "missing", name)
    note = trouble.text if trouble.kind == "session" else _NOTES.get(trouble.kind, "")
    return DeviceState("failed", f"{name} ({note})"[:_MOST_OF_NAME] if note else name)


def camera_name(camera: CameraSettings, hindrance: Hindrance) -> str:
    """Return by what name people know it: its address without what follows `?`, its device."""
    if camera.kind == "v4l2":
        return camera.device
    note = f" ({_HINDRANCES[hindrance]})" if hindrance else ""
    if camera.kind == "rtp":
        return f"{_BY_RTP}{camera.session_file.name if camera.session_file else ''}"[:120] + note
    if camera.kind != "rtsp":
        return camera.kind
    parts = urlsplit(camera.address)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"[:120] + note


def microphone_name(microphone: MicrophoneSettings) -> str:
    """Return by what name people know it."""
    return f"{microphone.kind} {microphone.device}".strip()[:200]


_HINDRANCES: dict[Hindrance, str] = {
    "keyframes": "encoded anew: its keyframes are more than 4 s apart",
    "size": "encoded anew: larger than 1920×1080",
    "sets": "encoded anew: it says its size too often",
    "rate": "encoded anew: more than the line carries",
    "nothing": "encoded anew: no H.264",
}
