"""Who fills which slot of whom: the rules of the meeting, applied per viewer.

    stage     the chair's point, for everyone (the chair sees itself too), or who was put there
              in its place, while they are there
    speaker   who has the floor; for that point itself the previous speaker if it is
              someone else who is there, otherwise the chair; the chair too where another is on
              the stage and has the floor, or nobody has it
    content   what is shared, for everyone: who shares it may be a laptop in a room of many;
              its sound, in a slot of its own, is for all but who shares and hears it anyway
    sound-0   the chair     sound-1   the speaker     sound-2   another who may be heard
    tile-N    of who may see all: the points and people that his page asks for

In a discussion nobody has the floor. The sounds are those of the three who are loudest, the
chair like any other, and the speaker is who spoke last of those who are not on the stage.

In an echo each point sees and hears itself and nobody else, on the stage and in sound-0.

Nobody else receives his own sound. A page shows everybody the same, so a person with the floor
sees himself there. Where nobody may be forwarded a slot is empty.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from contracts.floor import FloorMode, FloorState, audible
from contracts.ids import PointId
from contracts.participants import ParticipantKind, person_named, speaker_id
from contracts.tiles import MAX_TILES
from media.sfu.sizes import TILE

STAGE, SPEAKER, CONTENT = "stage", "speaker", "content"
VIDEO_SLOTS = (STAGE, SPEAKER, CONTENT)
SOUND_SLOTS = ("sound-0", "sound-1", "sound-2")
CONTENT_SOUND = "sound-content"
ALL_SOUND_SLOTS = (*SOUND_SLOTS, CONTENT_SOUND)

TILE_SLOTS = tuple(f"{TILE}{index}" for index in range(MAX_TILES))

# Which source fills each slot; a slot that is missing here is empty.
Filling = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose slots are filled: a point by its id, a person by the name they sign in with.

    `tiles` are the points and people that his page shows in its grid now.
    """

    subject: str
    kind: ParticipantKind = ParticipantKind.POINT
    tiles: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Return the name of what he publishes: only a point's is its id."""
        return speaker_id(self.subject, self.kind)


def viewer_named(source: str) -> Viewer:
    """Return who publishes under a name: a point, or a person."""
    person = person_named(source)
    return Viewer(source) if person is None else Viewer(person, ParticipantKind.PERSON)


def content_of(viewer: Viewer) -> str:
    """Return the name of the content that somebody shares, a source of its own."""
    return f"content:{viewer.source}"


Plan = Callable[[Viewer], Filling]


@dataclass(frozen=True, slots=True)
class FloorView:
    """What the rules look at.

    `invited` are the points of the document, and the people whose browsers publish: they
    were let in by a right of their own.
    `lanes` and `speakers` are who is loudest, and who speaks or spoke last (loudness.py).
    """

    chair: PointId
    invited: frozenset[str]
    floor: FloorState
    is_forwarding: bool
    present: tuple[str, ...]
    lanes: tuple[str | None, ...] = ()
    speakers: tuple[str, ...] = ()
    content: str | None = None
    is_echo: bool = False


def fill(view: FloorView, viewer: Viewer) -> dict[str, str]:
    """Return who fills the viewer's slots."""
    if not view.is_forwarding:
        return {}
    own = viewer.source
    if view.is_echo:
        is_there = viewer.kind is ParticipantKind.POINT and own in view.invited & set(view.present)
        return {STAGE: own, SOUND_SLOTS[0]: own} if is_there else {}
    filling = {STAGE: on_stage(view), SPEAKER: _shown_speaker(view, own), **_sounds(view, own)}
    filling |= {
        slot: point
        for slot, point in zip(TILE_SLOTS, viewer.tiles, strict=False)
        if point in view.invited
    }
    filled: dict[str, str] = {
        slot: point for slot, point in filling.items() if point in view.present
    }
    if view.content is not None:
        filled[CONTENT] = view.content
        if view.content != content_of(viewer):
            filled[CONTENT_SOUND] = view.content
    return filled


def on_stage(view: FloorView) -> str:
    """Return who is on the main picture: the chair, or another who is there."""
    put = view.floor.on_stage
    return put if put is not None and put in view.invited & set(view.present) else view.chair


def _shown_speaker(view: FloorView, own: str) -> str | None:
    """Return who is beside the stage: nobody twice, and the chair where another is on it."""
    speaker, stage = _speaker(view, own), on_stage(view)
    return view.chair if stage != view.chair and speaker in (None, stage) else speaker


def _speaker(view: FloorView, own: str) -> str | None:
    if view.floor.mode is FloorMode.DISCUSSION:
        return _who_spoke(view, own)
    speaker = view.floor.speaker
    if speaker is None or speaker != own or person_named(own) is not None:
        return speaker
    previous = view.floor.previous_speaker
    if previous is None or previous == own or previous not in view.present:
        return view.chair
    return previous


def _who_spoke(view: FloorView, own: str) -> str | None:
    spoke = [name for name in view.speakers if name != view.chair]
    others = (name for name in spoke if name != own or person_named(own) is not None)
    return next(others, view.chair if spoke else None)


def heard(view: FloorView) -> frozenset[str]:
    """Return whose sound may be forwarded to others now."""
    if not view.is_forwarding or view.is_echo:
        return frozenset()
    allowed = audible(view.floor, chair=view.chair, invited=view.invited)
    return allowed & frozenset(view.present)


def _sounds(view: FloorView, own: str) -> dict[str, str]:
    allowed = heard(view) - {own}
    if view.floor.mode is FloorMode.DISCUSSION:
        return {slot: point for slot, point in _by_lane(view, own) if point in allowed}
    sounds = {}
    if view.chair in allowed:
        sounds[SOUND_SLOTS[0]] = view.chair
    others = [p for p in reversed(view.floor.holders) if p in allowed and p != view.chair]
    return sounds | dict(zip(SOUND_SLOTS[1:], others, strict=False))


def _by_lane(view: FloorView, own: str) -> Iterator[tuple[str, str]]:
    """Yield a lane's source for each slot; the last lane is for whom another is his own."""
    for slot, name in zip(SOUND_SLOTS, view.lanes, strict=False):
        chosen = view.lanes[-1] if name == own else name
        if chosen is not None:
            yield slot, chosen
