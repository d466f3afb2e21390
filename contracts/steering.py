"""The floor moved at a relay by whoever leads the meeting, and what rooms are told of it.

The page of a secretary whose centre does not answer asks the relay itself (`SteeringMove`), and is
answered with the floor as it is then (`FloorShown`). What rooms and the meeting's other relays
would hear of the centre they hear of the relay (`FloorWord`, `MovedFloor`) until the centre has it.
"""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, field

from contracts.floor import MAX_HOLDERS, FloorMode, FloorState
from contracts.floor_request import FloorAction, FloorRequest
from contracts.ids import PointIdField, SpeakerIdField
from contracts.message import WITHOUT_NUL, Count, Message, Part

SpeakerName = Annotated[str, Meta(max_length=40, pattern=WITHOUT_NUL)]
# What rooms can be told without the centre. Who is on the main picture is said by name alone, and
# to undo is to know what was before: both are the centre's.
SteeringAction = Literal["grant", "withdraw", "withdraw_all", "mode", "mute", "mute_all", "unmute"]


class SteeringMove(Message, frozen=True):
    """One move, made on the floor of `expected_epoch`; refused where it was moved since.

    `name`: of whom it is about, as rooms are to say it.
    """

    max_bytes: ClassVar[int] = 1024

    action: SteeringAction
    expected_epoch: Count
    who: SpeakerIdField | None = None
    mode: FloorMode | None = None
    name: SpeakerName = ""

    @property
    def request(self) -> FloorRequest:
        """What is asked by it."""
        return FloorRequest(FloorAction(self.action), self.who, self.mode)


class FloorShown(Message, frozen=True):
    """The floor as the relay has it; `is_moved_here`: it is another than the centre's last word."""

    floor: FloorState
    is_moved_here: bool = False


class MovedFloor(Part, frozen=True):
    """A floor that was moved at a meeting's home, as its other relays are told.

    `names`: of who has it.
    """

    floor: FloorState
    names: Annotated[dict[SpeakerIdField, SpeakerName], Meta(max_length=MAX_HOLDERS)] = field(
        default_factory=dict
    )


class FloorWord(Message, frozen=True, omit_defaults=True):
    """The floor as it is for one room, while the centre's own word on it is older.

    `is_holder`, `is_muted`: the room itself. `speaker_name` is empty where nobody has said it.
    """

    max_bytes: ClassVar[int] = 1024

    floor_epoch: Count
    mode: FloorMode = FloorMode.ONE_MIC
    speaker: PointIdField | None = None
    speaker_name: SpeakerName = ""
    is_holder: bool = False
    is_muted: bool = False


def word_for(moved: MovedFloor, point: str) -> FloorWord:
    """Return what a room is told of a floor; `point` is the room's own."""
    floor, speaker = moved.floor, moved.floor.speaker
    name = moved.names.get(speaker, "") if speaker else ""
    is_point = speaker is not None and ":" not in speaker
    return FloorWord(
        floor_epoch=floor.epoch,
        mode=floor.mode,
        speaker=speaker if is_point else None,  # type: ignore[arg-type]  # it has no colon
        speaker_name=name,
        is_holder=point in floor.holders,
        is_muted=point in floor.muted,
    )
