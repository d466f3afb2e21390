"""Who fills which slot of whom: the rules of the meeting, applied per viewer.

    stage     the chair's point, for everyone (the chair sees itself too)
    speaker   who has the floor; for that point itself the previous speaker if it is
              someone else who is there, otherwise the chair
    sound-0   the chair     sound-1   the speaker     sound-2   another who may be heard

A point never receives its own sound. Where nobody may be forwarded a slot is empty.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from contracts.floor import FloorMode, FloorState, audible
from contracts.ids import PointId
from contracts.participants import ParticipantKind

STAGE, SPEAKER = "stage", "speaker"
VIDEO_SLOTS = (STAGE, SPEAKER)
SOUND_SLOTS = ("sound-0", "sound-1", "sound-2")

# Which source fills each slot; a slot that is missing here is empty.
Filling = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose slots are filled: a point by its id, a person by the name they sign in with."""

    subject: str
    kind: ParticipantKind = ParticipantKind.POINT

    @property
    def source(self) -> str:
        """Return the name of what he publishes: only a point's is its id."""
        return (
            self.subject
            if self.kind is ParticipantKind.POINT
            else f"{self.kind.value}:{self.subject}"
        )


Plan = Callable[[Viewer], Filling]


@dataclass(frozen=True, slots=True)
class FloorView:
    """What the rules look at. `present` has the loudest first where that is known."""

    chair: PointId
    invited: frozenset[PointId]
    floor: FloorState
    is_forwarding: bool
    present: tuple[PointId, ...]


def fill(view: FloorView, viewer: Viewer) -> dict[str, str]:
    """Return who fills the viewer's slots."""
    if not view.is_forwarding:
        return {}
    own = PointId(viewer.subject) if viewer.kind is ParticipantKind.POINT else None
    filling = {STAGE: view.chair, SPEAKER: _shown_speaker(view, own), **_sounds(view, own)}
    return {slot: point for slot, point in filling.items() if point in view.present}


def _shown_speaker(view: FloorView, own: PointId | None) -> PointId | None:
    speaker = view.floor.speaker
    if speaker is None or speaker != own:
        return speaker
    previous = view.floor.previous_speaker
    if previous is None or previous == own or previous not in view.present:
        return view.chair
    return previous


def _sounds(view: FloorView, own: PointId | None) -> dict[str, PointId]:
    heard = audible(view.floor, chair=view.chair, invited=view.invited) - {own}
    sounds = {}
    if view.chair in heard:
        sounds[SOUND_SLOTS[0]] = view.chair
    others = [point for point in reversed(view.floor.holders) if point in heard]
    if view.floor.mode is FloorMode.DISCUSSION:
        others = [point for point in view.present if point in heard]
    others = [point for point in others if point != view.chair]
    return sounds | dict(zip(SOUND_SLOTS[1:], others, strict=False))
