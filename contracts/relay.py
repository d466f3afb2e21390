"""What a relay tells the centre: that it is there, who is in, and what happened."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, field

from contracts.desired import MAX_OUTER_RELAYS
from contracts.floor import FloorState
from contracts.ids import MeetingIdField, RelayIdField, SpeakerIdField
from contracts.message import (
    WITHOUT_NUL,
    BitsPerSecond,
    Count,
    Instant,
    Message,
    Milliseconds,
    OpinionScore,
    Part,
    Pixels,
    Ratio,
    ShortText,
)
from contracts.participants import ParticipantKind, WasPoint, read_was_point

# `share`: content, such as a screen, beside what one publishes of oneself.
Direction = Literal["publish", "play", "share"]
SentKind = Literal["audio", "video"]
MAX_STREAMS = 8
MAX_OUTSIDE = 400
# How a relay says that somebody waits outside a meeting that is locked.
LOCKED = "meeting_locked"
SENT_KINDS: tuple[SentKind, ...] = ("audio", "video")
# How much of the pictures a viewer's line carries, the least first.
RungName = Literal["sound", "content", "low", "speaker", "high"]


class RelayStatus(Message, frozen=True):
    """Birth of a relay's session, and its last will; retained."""

    is_online: bool
    started_at: Instant | None = None


class StreamLine(Part, frozen=True):
    """One stream of a session over the last seconds; None: not known.

    Of who plays a slot's, of who publishes each kind and size; of all sounds and of all tiles that
    one plays the worst, and their rate together. From `frozen_ratio` to `concealed_ratio`: what a
    page told. The last two count from when it joined: `keyframes` that came, of who publishes, or
    that its player asked for; `empty_ms`, how long a slot had no picture although somebody was to
    be seen there.
    """

    stream: Annotated[str, Meta(max_length=16, pattern=WITHOUT_NUL)]
    loss_ratio: Ratio | None = None
    jitter_ms: Milliseconds | None = None
    bitrate_bps: BitsPerSecond | None = None
    mos: OpinionScore | None = None
    size: Literal["low", "high"] | None = None
    decoded: Count | None = None
    frozen_ratio: Ratio | None = None
    height_px: Pixels | None = None
    concealed_ratio: Ratio | None = None
    keyframes: Count | None = None
    empty_ms: Count | None = None


class Attendee(Part, frozen=True):
    """One session at the relay. Points are named by id, people by the name they sign in with.

    `sends`: of which kinds packets come; None: it plays, or the relay is older than that.
    `moves`: of who plays, how often since it joined its line was sent another rung. `is_shed`: the
    relay has too much to do, and says itself what goes over this line, or how it comes in.
    `frozen_ratio`, `stalled_ratio`: of who publishes, the share of the last ten seconds in which
    the line held pictures back, or their source made none. Of who plays by a page that tells:
    `frozen_ratio` of the pictures, `concealed_ratio` of the sound that was made up.
    """

    subject: ShortText
    direction: Direction
    joined_at: Instant
    is_connected: bool
    participant_kind: ParticipantKind = ParticipantKind.PERSON
    rtt_ms: Milliseconds | None = None
    loss_ratio: Ratio | None = None
    packets: Count = 0
    sends: tuple[SentKind, ...] | None = None
    jitter_ms: Milliseconds | None = None
    bitrate_bps: BitsPerSecond | None = None
    mos: OpinionScore | None = None
    rung: RungName | None = None
    frozen_ratio: Ratio | None = None
    stalled_ratio: Ratio | None = None
    moves: Count | None = None
    is_shed: bool = False
    concealed_ratio: Ratio | None = None
    streams: Annotated[tuple[StreamLine, ...], Meta(max_length=MAX_STREAMS)] = ()
    was_point: WasPoint = field(default=UNSET, name="is_point")

    def __post_init__(self) -> None:
        """Read the kind also where it is said as it once was."""
        super().__post_init__()
        read_was_point(self)


class TrunkState(Part, frozen=True):
    """What goes over the line to another relay of a meeting; None: not known.

    `rung`: how much of the pictures that are wanted there; each end says it of what it sends.
    """

    relay: RelayIdField
    rung: RungName
    loss_ratio: Ratio | None = None
    rtt_ms: Milliseconds | None = None


class Outside(Part, frozen=True):
    """Somebody who would come in, and waits because the meeting is locked."""

    subject: ShortText
    since: Instant
    participant_kind: ParticipantKind = ParticipantKind.POINT


class MeetingState(Part, frozen=True):
    """One meeting as the relay has it now.

    `speakers`: in a discussion, who speaks by the loudness of the sound, and who spoke before.
    `attendees` are those who are connected to it, `trunks` the meeting's other relays that are, and
    `trunk_states` what goes to each of those. `outside`: who waits because the meeting is locked.
    """

    meeting_id: MeetingIdField
    is_forwarding: bool
    floor: FloorState
    speakers: Annotated[tuple[SpeakerIdField, ...], Meta(max_length=3)] = ()
    attendees: Annotated[tuple[Attendee, ...], Meta(max_length=1000)] = ()
    trunks: Annotated[tuple[RelayIdField, ...], Meta(max_length=MAX_OUTER_RELAYS)] = ()
    trunk_states: Annotated[tuple[TrunkState, ...], Meta(max_length=MAX_OUTER_RELAYS)] = ()
    outside: Annotated[tuple[Outside, ...], Meta(max_length=MAX_OUTSIDE)] = ()


class RelayState(Message, frozen=True):
    """Everything a relay holds, every few seconds and on change; the last one counts.

    400 points with two sessions each are about 500 KiB.
    """

    max_bytes: ClassVar[int] = 1024 * 1024

    reported_at: Instant
    meetings: Annotated[tuple[MeetingState, ...], Meta(max_length=200)] = ()


class RelayEvent(Message, frozen=True):
    """One thing that happened at a relay; (started_at, seq) makes it countable once.

    `floor_moved`: `subject` has moved the floor there, which is `floor` since; `detail`: the move.
    """

    started_at: Instant
    seq: Annotated[int, Meta(ge=1, le=2**53)]
    happened_at: Instant
    meeting_id: MeetingIdField
    kind: Literal[
        "joined",
        "left",
        "forwarding_began",
        "floor_applied",
        "floor_moved",
        "cut",
        "back",
        "ended",
        "refused",
        "content_began",
        "content_ended",
        "hand_up",
        "hand_down",
    ]
    subject: ShortText = ""
    participant_kind: ParticipantKind = ParticipantKind.POINT
    direction: Direction | None = None
    floor: FloorState | None = None
    detail: ShortText = ""
    was_point: WasPoint = field(default=UNSET, name="is_point")

    def __post_init__(self) -> None:
        """Read the kind also where it is said as it once was."""
        super().__post_init__()
        read_was_point(self)
