"""Whether who waits for the floor could be seen and heard at once: line, microphone, camera.

Judged of what the relay sees now and what the room last said of its devices. A room whose
microphone the floor keeps closed sends no sound at all, so that its microphone is known by the
room's own word; sound that arrives proves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from contracts.relay import Attendee
from contracts.reports import DeviceState, RoomSection

BAD_LOSS_RATIO = 0.05
BAD_RTT_MS = 800.0
_FOUND = ("open", "closed")


class Readiness(Enum):
    """How it would go if they were given the floor now; the worst last."""

    READY = "ready"
    UNKNOWN = "unknown"
    AT_RISK = "at_risk"
    NOT_READY = "not_ready"


class Lack(Enum):
    """What is missing, or not known."""

    NOT_IN = "not_in"
    NO_MICROPHONE = "no_microphone"
    MICROPHONE_UNKNOWN = "microphone_unknown"
    NO_PICTURE = "no_picture"
    BAD_LINE = "bad_line"


_JUDGED = {
    Lack.NOT_IN: Readiness.NOT_READY,
    Lack.NO_MICROPHONE: Readiness.NOT_READY,
    Lack.NO_PICTURE: Readiness.AT_RISK,
    Lack.BAD_LINE: Readiness.AT_RISK,
    Lack.MICROPHONE_UNKNOWN: Readiness.UNKNOWN,
}
_WORST_FIRST = (Readiness.NOT_READY, Readiness.AT_RISK, Readiness.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Ready:
    """The verdict with everything that speaks against it, the worst first.

    `microphone`, `camera`: what the room says of a device that is lacking.
    """

    verdict: Readiness
    lacks: tuple[Lack, ...] = ()
    microphone: DeviceState | None = None
    camera: DeviceState | None = None


def is_bad_line(session: Attendee) -> bool:
    """Return whether a session loses much, or is far away."""
    return (session.loss_ratio or 0) >= BAD_LOSS_RATIO or (session.rtt_ms or 0) >= BAD_RTT_MS


def ready(sessions: Sequence[Attendee], room: RoomSection | None, *, is_person: bool) -> Ready:
    """Return whether a point or person could speak now.

    Args:
        sessions: what they have at the relay and is connected.
        room: what the point's room last said of itself; of people there is nothing.
    """
    microphone = room.microphone if room is not None else None
    camera = room.camera if room is not None else None
    publishing = next((one for one in sessions if one.direction == "publish"), None)
    if publishing is None:
        return Ready(Readiness.NOT_READY, (Lack.NOT_IN,))
    lacks = []
    sends = publishing.sends
    has_sound = sends is not None and "audio" in sends
    if microphone is not None and microphone.state not in _FOUND and not has_sound:
        lacks.append(Lack.NO_MICROPHONE)
    if sends is not None and "video" not in sends:
        lacks.append(Lack.NO_PICTURE)
    if any(is_bad_line(one) for one in sessions):
        lacks.append(Lack.BAD_LINE)
    if microphone is None and not has_sound and not is_person:
        lacks.append(Lack.MICROPHONE_UNKNOWN)
    verdicts = {_JUDGED[one] for one in lacks}
    worst = next((one for one in _WORST_FIRST if one in verdicts), Readiness.READY)
    return Ready(worst, tuple(lacks), microphone, camera)
