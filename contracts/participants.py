"""What a participant of a meeting is: a point, a person, a recorder, or a relay."""

from enum import Enum

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import force_setattr

from contracts.ids import PERSON_PREFIX


class ParticipantKind(Enum):
    """What joins a meeting. A point of one id and a person of the same name are two."""

    POINT = "point"
    PERSON = "person"
    RECORDER = "recorder"
    RELAY = "relay"


def speaker_id(name: str, kind: ParticipantKind) -> str:
    """Return by what somebody is named on the floor: only a point's is its id."""
    return name if kind is ParticipantKind.POINT else f"{kind.value}:{name}"


def person_named(speaker: str) -> str | None:
    """Return the name that a person on the floor signs in with; None: it is no person."""
    return speaker.removeprefix(PERSON_PREFIX) if speaker.startswith(PERSON_PREFIX) else None


# A field that only they send who know points and people alone.
WasPoint = bool | UnsetType


def read_was_point(struct: Struct) -> None:
    """Take the kind from the older field, where a message has it."""
    said: WasPoint = getattr(struct, "was_point")  # noqa: B009 - of three messages, no base
    if said is not UNSET:
        kind = ParticipantKind.POINT if said else ParticipantKind.PERSON
        force_setattr(struct, "participant_kind", kind)
        force_setattr(struct, "was_point", UNSET)
