"""What a rehearsal has found: from what came back of one's own media to checks with a cause.

Of a line people accept a loss below 1 %, a round trip below 50 ms and a jitter below 30 ms; above
2.5 %, 150 ms or 80 ms it is bad. Below 350 kbit/s there is no picture worth its name, below
64 kbit/s no sound.
"""

from dataclasses import dataclass
from typing import Literal

from contracts.rehearsal import (
    CheckedPart,
    CheckFound,
    KnownCause,
    RehearsalCheck,
    RehearsedLine,
)
from contracts.reports import DeviceState

LOSS_BOUNDS = (0.01, 0.025)
RTT_BOUNDS_MS = (50.0, 150.0)
JITTER_BOUNDS_MS = (30.0, 80.0)
PICTURE_FLOOR_BPS, SOUND_FLOOR_BPS = 350_000, 64_000
# Limited range puts black at 16 of 255 (ITU-R BT.601, section 2.5.3); a lens cap adds some noise.
DARK_LUMA, DARK_BRIGHTEST = 30.0, 50.0
# Two pictures of a still room differ by their noise; those of a camera that hangs do not.
STILL_LUMA = 0.02
LEAST_COMPARED = 6
LONGEST_GAP_S = 3.0
SILENT_DBFS = -70.0

SpeakerFound = Literal["heard", "unheard", "failed"]


@dataclass(frozen=True, slots=True)
class SeenPictures:
    """The pictures that came back. Brightness is luma, 0 to 255, the median of the later ones.

    `brightest`: the brightest fiftieth begins there. `changed`: by how much two pictures half a
    second apart differ, the median of `compared` pairs. `silent_s`: for how long none has come.
    """

    count: int = 0
    luma: float = 0.0
    brightest: float = 0.0
    changed: float = 0.0
    compared: int = 0
    silent_s: float = 0.0


@dataclass(frozen=True, slots=True)
class HeardSound:
    """The sound that came back; `peak_dbfs`: of full scale, None: no sound was decoded."""

    count: int = 0
    peak_dbfs: float | None = None


@dataclass(frozen=True, slots=True)
class TrialFacts:
    """What is known at the end of a rehearsal.

    `camera`, `microphone`: as who opens them says; None: nobody says it. `has_source`: the room
    sends at all. `speaker` None: nobody could try it. `carries_bps`: what the line upwards is
    taken to carry. `is_cut`: the relay was lost meanwhile.
    """

    pictures: SeenPictures
    sound: HeardSound
    line: RehearsedLine
    has_source: bool = True
    camera: DeviceState | None = None
    microphone: DeviceState | None = None
    plays_sound: bool = True
    speaker: SpeakerFound | None = None
    carries_bps: float | None = None
    is_cut: bool = False


def checks_of(tried: TrialFacts) -> tuple[RehearsalCheck, ...]:
    """Return what was found of each part."""
    camera, microphone = _camera(tried), _microphone(tried)
    if tried.is_cut:
        camera, microphone = _unblamed(camera), _unblamed(microphone)
    return (camera, microphone, _speaker(tried), line_check(tried))


def _unblamed(check: RehearsalCheck) -> RehearsalCheck:
    """Return what is said where the line was cut: only a missing device is known for certain."""
    if check.found == "failed" and check.cause not in ("no_camera", "no_microphone"):
        return _check(check.what, "not_tried", "cut")
    return check


def _camera(tried: TrialFacts) -> RehearsalCheck:
    seen = tried.pictures
    if not tried.has_source:
        return _check("camera", "not_tried", "no_camera")
    if seen.count == 0:
        is_open = tried.camera is None or tried.camera.state == "open"
        if is_open and tried.sound.count == 0:
            return _check("camera", "not_tried", "nothing_came_back")
        return _check("camera", "failed", "no_picture" if is_open else "no_camera")
    if seen.luma < DARK_LUMA and seen.brightest < DARK_BRIGHTEST:
        return _check("camera", "failed", "black")
    is_still = seen.compared >= LEAST_COMPARED and seen.changed < STILL_LUMA
    if is_still or seen.silent_s > LONGEST_GAP_S:
        return _check("camera", "failed", "frozen")
    return _check("camera", "passed")


def _microphone(tried: TrialFacts) -> RehearsalCheck:
    sound = tried.sound
    if not tried.has_source:
        return _check("microphone", "not_tried", "no_microphone")
    if tried.speaker == "heard":
        return _check("microphone", "passed")  # it has heard the room's own loudspeaker
    if tried.microphone is not None and tried.microphone.state != "open":
        return _check("microphone", "failed", "no_microphone")
    if sound.count == 0:
        is_nothing = tried.pictures.count == 0
        return (
            _check("microphone", "not_tried", "nothing_came_back")
            if is_nothing
            else _check("microphone", "failed", "no_microphone")
        )
    if sound.peak_dbfs is None or sound.peak_dbfs < SILENT_DBFS:
        return _check("microphone", "failed", "silent")
    return _check("microphone", "passed")


def _speaker(tried: TrialFacts) -> RehearsalCheck:
    if not tried.plays_sound:
        return _check("loudspeaker", "not_tried", "sound_not_allowed")
    if tried.speaker is None or tried.speaker == "failed":
        return _check("loudspeaker", "not_tried", "cannot_tell")
    if tried.speaker == "unheard":
        return _check("loudspeaker", "failed", "not_heard")
    return _check("loudspeaker", "passed")


def line_check(tried: TrialFacts) -> RehearsalCheck:
    """Return how the line is: the worst of its figures, the first of those that are as bad."""
    line = tried.line
    if tried.is_cut:
        return _check("line", "failed", "cut")
    if tried.has_source and not line.came_back_bps:
        return _check("line", "failed", "nothing_came_back")
    graded: dict[KnownCause, CheckFound] = {
        "loss": _graded(line.loss_ratio, LOSS_BOUNDS),
        "round_trip": _graded(line.rtt_ms, RTT_BOUNDS_MS),
        "jitter": _graded(line.jitter_ms, JITTER_BOUNDS_MS),
        "rate": _rate(tried.carries_bps),
    }
    for wanted in ("failed", "at_risk"):
        cause = next((name for name, found in graded.items() if found == wanted), None)
        if cause is not None:
            return _check("line", graded[cause], cause)
    if all(found == "not_tried" for found in graded.values()):
        return _check("line", "not_tried", "cannot_tell")
    return _check("line", "passed")


def _graded(value: float | None, bounds: tuple[float, float]) -> CheckFound:
    good, bad = bounds
    if value is None:
        return "not_tried"
    if value < good:
        return "passed"
    return "failed" if value > bad else "at_risk"


def _rate(carries_bps: float | None) -> CheckFound:
    if carries_bps is None:
        return "not_tried"
    if carries_bps >= PICTURE_FLOOR_BPS:
        return "passed"
    return "at_risk" if carries_bps >= SOUND_FLOOR_BPS else "failed"


def _check(
    what: CheckedPart, found: CheckFound, cause: KnownCause | Literal[""] = ""
) -> RehearsalCheck:
    return RehearsalCheck(what=what, found=found, cause=cause)
