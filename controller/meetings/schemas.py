"""What the API takes and gives of meetings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from contracts.floor import FloorMode
from contracts.floor_request import FloorAction
from contracts.ids import SPEAKER_PATTERN
from contracts.participants import ParticipantKind
from contracts.relay import MeetingState
from controller.meetings.agenda import MAX_ITEM_MIN, MAX_ITEMS
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.relays_now import RelayNow
from controller.places.owner import Owner
from controller.web.schemas import Id, Input, Output


class AgendaItemIn(Input):
    """An item of an agenda; a speaker who is called as an invited point is that point."""

    title: str
    minutes: Annotated[int, Field(ge=1, le=MAX_ITEM_MIN)]
    speaker: str = ""


class AgendaItemOut(Output):
    """An item of an agenda; `began_at`: when the meeting came to it."""

    title: str
    minutes: int
    speaker: str
    point_id: str | None
    began_at: datetime | None


class MeetingIn(Input):
    """A meeting to be made or changed. `classification` was judged before this is read."""

    classification: Literal["normal"]
    title: str
    chair_point_id: Id
    point_ids: Annotated[list[Id], Field(max_length=400)]
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    document_number: str = ""
    kind: MeetingKind = MeetingKind.OTHER
    level: Literal[2, 3, 4] | None = None
    secretary: str = ""
    held_as: HeldAs = HeldAs.ONLINE
    host_unit_id: Id | None = None
    chair_name: str = ""
    owner: Owner = Owner.PEOPLE_COMMITTEE
    mode: FloorMode = FloorMode.ONE_MIC
    is_draft: bool = False
    is_recorded: bool | None = None
    agenda: Annotated[list[AgendaItemIn], Field(max_length=MAX_ITEMS)] | None = None


class FloorOut(Output):
    """Who has the floor."""

    epoch: int
    mode: FloorMode
    holders: list[str]
    speaker: str | None
    previous_speaker: str | None
    muted: list[str]
    on_stage: str | None


class MeetingOut(Output):
    """A meeting."""

    meeting_id: str
    title: str
    document_number: str
    classification: str
    owner: str
    kind: MeetingKind
    level: int | None
    secretary: str
    held_as: HeldAs
    host_unit_id: str | None
    chair_name: str
    chair_point_id: str
    deputy_point_id: str | None
    deputy_name: str
    deputy_since: datetime | None
    begins_at: datetime
    ends_at: datetime
    state: str
    relay_id: str
    is_recorded: bool
    created_by: str
    created_at: datetime
    live_at: datetime | None
    ended_at: datetime | None
    series_id: str | None
    series_at: datetime | None
    point_count: int | None = None


class StreamOut(Output):
    """One stream of a session over the last seconds."""

    stream: str
    loss_ratio: float | None
    jitter_ms: float | None
    bitrate_bps: int | None
    mos: float | None
    size: str | None
    decoded: int | None
    frozen_ratio: float | None
    height_px: int | None
    concealed_ratio: float | None
    keyframes: int | None
    empty_ms: int | None


class AttendeeOut(Output):
    """One session at the relay now."""

    subject: str
    participant_kind: ParticipantKind
    direction: str
    joined_at: datetime
    is_connected: bool
    rtt_ms: float | None
    loss_ratio: float | None
    jitter_ms: float | None
    bitrate_bps: int | None
    mos: float | None
    rung: str | None
    frozen_ratio: float | None
    stalled_ratio: float | None
    moves: int | None
    is_shed: bool
    concealed_ratio: float | None
    streams: list[StreamOut]


class TrunkOut(Output):
    """What goes over the line between two relays, one way."""

    rung: str
    loss_ratio: float | None
    rtt_ms: float | None


class RelayOut(Output):
    """One relay of a meeting, and how many points are its own; `down`: from the home to it."""

    relay_id: str
    is_home: bool
    is_online: bool
    is_given_up: bool
    is_joined: bool
    point_count: int
    down: TrunkOut | None
    up: TrunkOut | None


class AttendanceOut(BaseModel):
    """Who is in, by the last word of the meeting's relays; the first of these is its home."""

    is_relay_online: bool
    reported_at: datetime | None
    is_forwarding: bool
    relays: list[RelayOut]
    attendees: list[AttendeeOut]

    @classmethod
    def of(
        cls,
        state: MeetingState | None,
        relays: Sequence[RelayNow],
        *,
        reported_at: datetime | None,
    ) -> "AttendanceOut":
        """Return a meeting as its relays have it, as the API shows it."""
        return cls(
            is_relay_online=relays[0].is_online,
            reported_at=reported_at,
            relays=[RelayOut.of(one) for one in relays],
            is_forwarding=state is not None and state.is_forwarding,
            attendees=[AttendeeOut.of(one) for one in state.attendees] if state else [],
        )


class MeetingDetailOut(MeetingOut):
    """A meeting with its points, floor and who is in."""

    point_ids: list[str]
    agenda: list[AgendaItemOut]
    floor: FloorOut
    attendance: AttendanceOut


class ClashOut(Output):
    """Another meeting that holds some of the same rooms."""

    meeting_id: str
    title: str
    begins_at: datetime
    ends_at: datetime
    point_ids: list[str] = Field(validation_alias="points")


class MeetingMadeOut(MeetingOut):
    """A meeting just made or changed, with what it clashes with."""

    clashes: list[ClashOut]


class FloorIn(Input):
    """A move of the floor, of a point or of `person:NAME`.

    With `expected_epoch` only if nobody has moved it since.
    """

    action: FloorAction
    point_id: Annotated[str, Field(pattern=SPEAKER_PATTERN)] | None = None
    mode: FloorMode | None = None
    expected_epoch: Annotated[int, Field(ge=0)] | None = None


class HandIn(Input):
    """Whether one's hand is up."""

    is_up: bool


class EventOut(Output):
    """One row of a meeting's log."""

    event_id: int
    happened_at: datetime
    kind: str
    point_id: str | None
    subject: str
    actor: str
    direction: str | None
    floor_epoch: int | None
    detail: str


class TokenIn(Input):
    """What a browser wants at the relay."""

    direction: Literal["play", "publish", "share", "steer"] = "play"


class TokenOut(BaseModel):
    """A media token and where it is good."""

    token: str
    relay_url: str
    is_relay_online: bool
    expires_at: datetime


class ExpulsionIn(Input):
    """Who is to be put out of a meeting: a point's id, or the name a person signs in with."""

    subject: str = Field(min_length=1, max_length=60)
    participant_kind: ParticipantKind = ParticipantKind.PERSON


class ExpulsionOut(Output):
    """Somebody who was put out of a meeting."""

    subject: str
    participant_kind: ParticipantKind
    actor: str
    happened_at: datetime
