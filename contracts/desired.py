"""What the centre wants: small retained documents, each newer by (leader_epoch, generation)."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType, field

from contracts.floor import MAX_MUTED, FloorMode, FloorState
from contracts.ids import (
    MeetingIdField,
    PointIdField,
    RecorderIdField,
    RelayIdField,
    SpeakerIdField,
)
from contracts.message import WITHOUT_NUL, Count, Instant, Message, Part, Sentence, ShortText
from contracts.participants import ParticipantKind, WasPoint, read_was_point
from contracts.uplink import LAST_MONTH_DAY

# What is no host, or no URL of one, is found where it is used (contracts/hosts.py): one
# that was mistyped must not take the rest of its document with it.
HostText = Annotated[str, Meta(max_length=253, pattern=WITHOUT_NUL)]
UrlText = Annotated[str, Meta(max_length=280, pattern=WITHOUT_NUL)]


class Desired(Message, frozen=True):
    """Base of every desired document."""

    leader_epoch: Count
    generation: Count
    issued_at: Instant


MAX_SPEECH_S = 3600
MAX_MESSAGE_CHARS = 60


def supersedes(new: Desired, old: Desired | None) -> bool:
    """Return whether a receiver takes the new document: never a lower pair, nor the same."""
    if old is None:
        return True
    return (new.leader_epoch, new.generation) > (old.leader_epoch, old.generation)


class RelayAddress(Part, frozen=True):
    """Where a relay serves WHIP and WHEP; media candidates come in its answers."""

    relay_id: RelayIdField
    url: UrlText


class ScheduledMeeting(Part, frozen=True):
    """One meeting on a point's disk: no participants, agenda or document numbers."""

    meeting_id: MeetingIdField
    begins_at: Instant
    ends_at: Instant
    role: Literal["chair", "participant"]
    title: ShortText
    relay_id: RelayIdField
    is_recorded: bool = False


class Schedule(Desired, frozen=True):
    """A point's meetings of the next 14 days, and the relays they use."""

    meetings: Annotated[tuple[ScheduledMeeting, ...], Meta(max_length=500)] = ()
    relays: Annotated[tuple[RelayAddress, ...], Meta(max_length=64)] = ()


class Policy(Desired, frozen=True):
    """How a point samples and sends, and what its screen says of the installation.

    `duty`: whom a room calls when something is wrong, as its screen says it.

    `budget_bytes` a month are what the line charged by volume may use, counted from the day
    `month_day` on; without it none is set. `beat_interval_s`, said by a centre that understands
    beats and packed reports: how often a sign of life where volume is charged.
    """

    sampling_interval_s: Annotated[int, Meta(ge=1, le=300)] = 10
    contract_rate_bps: Count | None = None
    is_metered: bool = False
    duty: ShortText | UnsetType = UNSET
    budget_bytes: Count | UnsetType = UNSET
    month_day: Annotated[int, Meta(ge=1, le=LAST_MONTH_DAY)] | UnsetType = UNSET
    beat_interval_s: Annotated[int, Meta(ge=5, le=60)] | UnsetType = UNSET


class Probes(Desired, frozen=True):
    """Where and how a point measures its line. The key is the point's own.

    `probes_per_s`: where its line is not charged by volume and no meeting is near.
    `traces_asked` grows where somebody wants the way traced at once; without it none is told.
    """

    reflector_host: HostText
    reflector_port: Annotated[int, Meta(ge=1, le=65535)]
    probe_id: Annotated[int, Meta(ge=1, le=2**32 - 1)]
    key_base64: Annotated[str, Meta(max_length=64, pattern=WITHOUT_NUL)]
    probes_per_s: Annotated[float, Meta(ge=0, le=20)] = 5.0
    train_interval_s: Annotated[int, Meta(ge=0, le=86400)] = 600
    traces_asked: Count | UnsetType = UNSET


TestId = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]


class LineTest(Desired, frozen=True):
    """A throughput test that a point is to make of its line, once; no `test_id`: none.

    `pass_base64`: by what the reflector lets it in (monitoring/throughput/wire.py). Each way takes
    `duration_s` and `most_bytes` at most. A point begins between the two times or not at all.
    """

    test_id: TestId | None = None
    begins_at: Instant | None = None
    expires_at: Instant | None = None
    duration_s: Annotated[int, Meta(ge=2, le=15)] = 6
    most_bytes: Annotated[int, Meta(ge=1, le=2**30)] = 1
    pass_base64: Annotated[str, Meta(max_length=120, pattern=WITHOUT_NUL)] = ""


class Live(Desired, frozen=True, omit_defaults=True):
    """What a point's screen says about the meeting it is in; at most 300 bytes beside `message`.

    In a discussion `speaker` is who spoke last beside the stage, `is_stage_speaking` whether
    the stage has spoken since, and `is_muted` whether the point itself may not be heard. In a
    conference `is_holder` says that the point itself has the floor, whoever was given it last.
    Where the point itself has the floor and a speech has a time: `speech_began_at`, and `speech_s`,
    how long it should last. Nothing is cut off by it. `message` is the office's word to this
    room, shown until `message_ends_at`, or until somebody in the room has seen it. `stage_name`:
    who is on the main picture in place of the chair; `stage` is the chair's point all the same.
    `chair_name`: a deputy who leads in place of the chair, or the deputy's point; `stage` is that
    point.
    `queue_place`: which place the point has among those who wait for the floor; 0: it has none.
    """

    meeting_id: MeetingIdField | None = None
    floor_epoch: Count = 0
    mode: FloorMode = FloorMode.ONE_MIC
    stage: PointIdField | None = None
    speaker: PointIdField | None = None
    speaker_name: Annotated[str, Meta(max_length=40, pattern=WITHOUT_NUL)] = ""
    message: Annotated[str, Meta(max_length=MAX_MESSAGE_CHARS, pattern=WITHOUT_NUL)] = ""
    message_ends_at: Instant | None = None
    stage_name: Annotated[str, Meta(max_length=40, pattern=WITHOUT_NUL)] = ""
    is_stage_speaking: bool = False
    is_muted: bool = False
    is_recorded: bool = False
    is_holder: bool = False
    speech_began_at: Instant | None = None
    speech_s: Annotated[int, Meta(ge=1, le=MAX_SPEECH_S)] | None = None
    chair_name: Annotated[str, Meta(max_length=40, pattern=WITHOUT_NUL)] = ""
    queue_place: Annotated[int, Meta(ge=0, le=MAX_MUTED)] = 0


# The first half of a SHA-256 in hexadecimal: nobody finds a second certificate for it.
CertificateDigest = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
DIGEST_CHARS = 32


class Barred(Part, frozen=True):
    """Who is kept out of a meeting: a point, or a person by the name they sign in with.

    With `until` only tokens that end by then are refused: those given before a person was
    signed out. Without it nothing lets them in.
    """

    subject: ShortText
    participant_kind: ParticipantKind = ParticipantKind.PERSON
    until: Instant | None = None
    was_point: WasPoint = field(default=UNSET, name="is_point")

    def __post_init__(self) -> None:
        """Read the kind also where it is said as it once was."""
        super().__post_init__()
        read_was_point(self)


# As browsers name the page that asks: scheme, host, and a port that is not the usual one.
PageOrigin = Annotated[str, Meta(pattern=r"^https?://[a-z0-9._:\[\]-]{1,270}\Z")]
MAX_PAGE_ORIGINS = 80
MAX_DOCUMENT_POINTS = 600
MAX_OUTER_RELAYS = 63
MAX_ADMITTED = 1000
MAX_REVOKED_RELAYS = 256


MAX_NAME_CHARS = 40


class RecordingOrder(Part, frozen=True):
    """That a meeting is recorded: by which recorder, and how its chapters name who speaks."""

    recorder_id: RecorderIdField
    title: ShortText = ""
    names: Annotated[
        dict[PointIdField, Annotated[str, Meta(max_length=MAX_NAME_CHARS, pattern=WITHOUT_NUL)]],
        Meta(max_length=MAX_DOCUMENT_POINTS),
    ] = field(default_factory=dict)


class RelayMeeting(Desired, frozen=True):
    """All a relay needs to run one meeting by itself, the controller being away.

    `certificates` names what each point may prove itself with; a centre that says nothing
    takes whatever its authority has issued. `page_origins` are the names of its pages, which
    may use the relay besides those of the relay's own settings. `recording` lets a recorder
    in; without it nobody records. `line_bps` is what the points' lines are contracted for,
    which the relay begins with until it has found out.

    A meeting on several relays has one home and outer ones round it; everything else is the
    whole meeting's in each document. `home`, said to an outer relay: where it brings its
    publishers and fetches the others. `outer`, said to the home: which relays may come, and
    which points they bring, and `revoked_relays`: with which certificates none may. Neither
    where a meeting has one relay.

    `admitted`, said of a meeting that is locked: who comes in, points and people as the floor names
    them. Whoever else comes waits outside. The chair's point, whoever may see all, recorders
    and who has a session there already are not asked. Without it all who may join come in.

    `is_echo` is said of a rehearsal alone: what a point sends comes back to that point and goes
    to nobody else; only points take part, and nobody has the floor.
    """

    # 600 points with four certificates each, 600 names of 120 letters of three bytes each, and
    # three times as many of 40.
    max_bytes: ClassVar[int] = 512 * 1024

    meeting_id: MeetingIdField
    begins_at: Instant
    ends_at: Instant
    chair: PointIdField
    invited: Annotated[tuple[PointIdField, ...], Meta(max_length=MAX_DOCUMENT_POINTS)]
    floor: FloorState
    has_ended: bool = False
    note: Sentence = ""
    certificates: (
        Annotated[
            dict[PointIdField, Annotated[tuple[CertificateDigest, ...], Meta(max_length=4)]],
            Meta(max_length=MAX_DOCUMENT_POINTS),
        ]
        | UnsetType
    ) = UNSET
    barred: Annotated[tuple[Barred, ...], Meta(max_length=MAX_DOCUMENT_POINTS)] | UnsetType = UNSET
    admitted: Annotated[tuple[SpeakerIdField, ...], Meta(max_length=MAX_ADMITTED)] | UnsetType = (
        UNSET
    )
    page_origins: (
        Annotated[tuple[PageOrigin, ...], Meta(max_length=MAX_PAGE_ORIGINS)] | UnsetType
    ) = UNSET
    recording: RecordingOrder | UnsetType = UNSET
    line_bps: (
        Annotated[
            dict[PointIdField, Annotated[int, Meta(ge=1_000, le=10**11)]],
            Meta(max_length=MAX_DOCUMENT_POINTS),
        ]
        | UnsetType
    ) = UNSET
    home: RelayAddress | UnsetType = UNSET
    outer: (
        Annotated[
            dict[
                RelayIdField,
                Annotated[tuple[PointIdField, ...], Meta(max_length=MAX_DOCUMENT_POINTS)],
            ],
            Meta(max_length=MAX_OUTER_RELAYS),
        ]
        | UnsetType
    ) = UNSET
    revoked_relays: (
        Annotated[tuple[CertificateDigest, ...], Meta(max_length=MAX_REVOKED_RELAYS)] | UnsetType
    ) = UNSET
    is_echo: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse a rehearsal that somebody else would see or keep."""
        super().__post_init__()
        if self.is_echo is True and (self.home or self.outer or self.recording):
            raise ValueError("a rehearsal has no other relay and no recorder")
