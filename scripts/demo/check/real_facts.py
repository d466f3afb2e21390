"""Judging the real room: from its browser's counters and what the other rooms decode of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from scripts.demo.check import getstats, names
from scripts.demo.check.facts import Facts
from scripts.demo.check.getstats import Counted
from scripts.demo.check.rooms import Room, Slot, Sound
from scripts.demo.check.switches import PERIOD_MS

CAMERA_PER_S = 25.0
MIN_FRAMES_PER_S = 24.0
# The camera is a process of the demo: where that was late, it shows a picture twice.
MIN_DIFFERENT_PER_S = 20.0
MIN_SOUNDS_PER_S = 45.0
# Of what the real room sends, at least this part is decoded, and is not the picture before.
ARRIVES = 0.9
MAX_GAP_MS = 500.0
MAX_CONCEALED = 0.05
SIZE = (640, 360)
# Where the others see and hear it while it chairs.
PICTURE_SLOT, SOUND_SLOT = SLOTS = ("stage", "sound-0")
LIVE_MS = 1000.0
# ITU-R BT.1359: sound before its picture, and after it.
MAX_LEAD_MS, MAX_LAG_MS = 45.0, 125.0

PLAYED = "real room: stage and speaker decoded, frames/s, the less"
CONCEALED = "real room: what it hears, concealed"
SPOKEN = "real room: sound sent, packets/s"
GAP = "real room at the others: longest gap"
PICTURE_P50 = "real room: camera → decoded at another point, p50"
PICTURE_P95 = "real room: camera → decoded at another point, p95"
SOUND_P50 = "real room: microphone → decoded at another point, p50"
SOUND_P95 = "real room: microphone → decoded at another point, p95"


@dataclass(frozen=True, slots=True)
class Measured:
    """A stretch of the meeting: from inside the room's browser, and from the other rooms."""

    counted: tuple[Counted, Counted]
    pulses_ms: list[float]
    before: dict[str, Room]
    after: dict[str, Room]
    silences: dict[str, float]
    seconds: float
    fault: str
    own: Room | None


@dataclass(frozen=True, slots=True)
class Shares:
    """Which part of a camera's 25 pictures a second there was to be passed on.

    Attributes:
        sent: what its browser sent; less than all only for want of CPU.
        different: those that the others decoded and that were not the picture before.
    """

    sent: float = 1.0
    different: float = 1.0


def shares(measured: Measured) -> Shares:
    """Return what the lines about all rooms may expect of the real one."""
    found = getstats.sent(*measured.counted)
    sent = found.pictures_per_s / CAMERA_PER_S if found.is_slowed else 1.0
    different = _least_different(measured) / CAMERA_PER_S
    is_moving = different * CAMERA_PER_S >= MIN_DIFFERENT_PER_S * sent
    return Shares(min(1.0, sent), min(1.0, different) if is_moving else 1.0)


def record_sent(facts: Facts, measured: Measured) -> None:
    """What it sends and plays itself."""
    found = getstats.sent(*measured.counted)
    camera = measured.own.camera if measured.own else "unknown"
    said = " ".join(measured.fault.split())
    detail = f"camera {camera}" + (f", “{said}”" if said else "")
    rate, slowed = found.pictures_per_s, found.is_slowed
    facts.at_least(names.CAMERA_SENT, rate, MIN_FRAMES_PER_S, detail, is_slowed=slowed)
    width, height = found.size
    wanted = "{}x{}".format(*SIZE)
    if found.size == (0, 0):
        facts.not_checked(names.CAMERA_SIZE, "it sends no picture")
    elif found.size != SIZE and found.limited_by == "cpu":
        facts.stood_still(names.CAMERA_SIZE, f"{width}x{height}, made smaller for want of CPU")
    else:
        figure = f"{width}x{height}, limited by {found.limited_by}"
        facts.hold(names.CAMERA_SIZE, found.size == SIZE, figure, wanted)
    facts.hold(
        SPOKEN,
        found.sounds_per_s >= MIN_SOUNDS_PER_S and found.loudness > 0,
        f"{found.sounds_per_s:.1f}/s" + ("" if found.loudness > 0 else ", silent"),
        f"≥ {MIN_SOUNDS_PER_S:g}/s, not silent",
    )
    _played(facts, measured)


def _played(facts: Facts, measured: Measured) -> None:
    found = getstats.played(*measured.counted)
    filled = sum(is_live(slot) for slot in measured.own.slots.values()) if measured.own else 0
    rates = found.pictures_per_s[:filled]
    if not filled:
        facts.not_checked(PLAYED, "nobody is shown")
    else:
        least = min(rates) if len(rates) == filled else 0.0
        slowed = _is_slowed(measured, least)
        facts.at_least(PLAYED, least, MIN_FRAMES_PER_S, f"({filled} slots)", is_slowed=slowed)
    if found.concealed_ratio is None:
        facts.not_checked(CONCEALED, "nobody else is heard")
    else:
        share = found.concealed_ratio * 100
        facts.at_most(CONCEALED, share, MAX_CONCEALED * 100, "%")


def record_seen(facts: Facts, measured: Measured) -> None:
    """What the others see and hear of it."""
    least = _least_different(measured)
    detail = f"({len(measured.after)} rooms, {measured.seconds:.0f} s)"
    slowed = _is_slowed(measured, least)
    facts.at_least(names.CAMERA_SEEN, least, MIN_DIFFERENT_PER_S, detail, is_slowed=slowed)
    stages = [ms for key, ms in measured.silences.items() if key.endswith(f"/{PICTURE_SLOT}")]
    facts.at_most(GAP, max(stages, default=9e9), MAX_GAP_MS, "ms")
    if least < 1:
        facts.not_checked(PICTURE_P50, "its pictures stand still")
        facts.not_checked(PICTURE_P95, "its pictures stand still")
    else:
        slots = [r.slots[PICTURE_SLOT] for r in measured.after.values() if PICTURE_SLOT in r.slots]
        _worst(facts, PICTURE_P50, [s.latency_p50_ms for s in slots], 150)
        _worst(facts, PICTURE_P95, [s.latency_p95_ms for s in slots], 300)
    sounds = delays(measured)
    _worst(facts, SOUND_P50, [sound.latency_p50_ms for sound in sounds.values()], 150)
    _worst(facts, SOUND_P95, [sound.latency_p95_ms for sound in sounds.values()], 250)


def _least_different(measured: Measured) -> float:
    rates = [
        different_per_s(measured.before.get(point_id), room, measured.seconds)
        for point_id, room in measured.after.items()
    ]
    return min(rates, default=0.0)


def _is_slowed(measured: Measured, rate: float) -> bool:
    """Return whether a rate is too low only because the browser sends no more."""
    found = getstats.sent(*measured.counted)
    return found.is_slowed and rate >= ARRIVES * found.pictures_per_s


def _worst(facts: Facts, name: str, values: Sequence[float | None], limit_ms: float) -> None:
    known = [value for value in values if value is not None]
    if known:
        facts.at_most(name, max(known), limit_ms, "ms", f"at the worst of {len(known)}")
    else:
        facts.hold(name, False, "nothing was decoded", f"≤ {limit_ms:g} ms")


def record_sync(facts: Facts, measured: Measured) -> None:
    """Whether its sound fits its picture where both are decoded."""
    lags = lags_ms(measured.after, delays(measured))
    bound = f"≤ {MAX_LEAD_MS:g} ms before, ≤ {MAX_LAG_MS:g} ms after it"
    if not lags:
        facts.hold(names.LIP_SYNC, False, "nothing was heard and seen", bound)
        return
    figure = f"{min(lags):+.0f} to {max(lags):+.0f} ms at {len(lags)} rooms"
    facts.within(names.LIP_SYNC, lags, (-MAX_LEAD_MS, MAX_LAG_MS), figure, bound)


def different_per_s(before: Room | None, after: Room, seconds: float) -> float:
    """Return how many pictures a second that were not the one before a room decoded."""
    old = before.slots.get(PICTURE_SLOT) if before else None
    new = after.slots.get(PICTURE_SLOT)
    if old is None or new is None:
        return 0.0
    return ((new.frames - new.repeated) - (old.frames - old.repeated)) / seconds


def delays(measured: Measured) -> dict[str, Sound]:
    """Return how long after leaving the microphone its pulses were decoded, by room.

    Rooms know them against the wall clock's grid; the microphone's own place on it is taken off.
    """
    left_ms = getstats.phase_ms(measured.pulses_ms, PERIOD_MS)
    if left_ms is None:
        return {}
    return {
        point_id: Sound(
            (room.sounds[SOUND_SLOT].latency_p50_ms - left_ms) % PERIOD_MS,
            (room.sounds[SOUND_SLOT].latency_p95_ms - left_ms) % PERIOD_MS,
        )
        for point_id, room in measured.after.items()
        if SOUND_SLOT in room.sounds
    }


def lags_ms(rooms: dict[str, Room], sounds: dict[str, Sound]) -> list[float]:
    """Return how much later than its picture the sound of a moment is decoded, by room."""
    pictures = {
        point_id: room.slots[PICTURE_SLOT].latency_p50_ms
        for point_id, room in rooms.items()
        if PICTURE_SLOT in room.slots
    }
    return [
        sound.latency_p50_ms - picture
        for point_id, sound in sounds.items()
        if (picture := pictures.get(point_id)) is not None
    ]


def is_live(slot: Slot) -> bool:
    """Return whether a slot shows moving pictures now."""
    return slot.silent_ms is not None and slot.silent_ms < LIVE_MS
