"""What a point is to try by itself before a meeting, nobody being there, and what came of it."""

from typing import Annotated, Literal

from msgspec import Meta

from contracts.desired import Desired, RelayAddress
from contracts.ids import MeetingIdField
from contracts.message import (
    BitsPerSecond,
    Count,
    Instant,
    Milliseconds,
    Part,
    Ratio,
    Sentence,
    ShortText,
)

RehearsalId = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
# Why a check was not passed, or not made: a word, so that a newer point's is still read.
CheckCause = Annotated[str, Meta(pattern=r"^([a-z][a-z_]*)?\Z", max_length=32)]
KnownCause = Literal[
    "no_camera",
    "no_picture",
    "black",
    "frozen",
    "no_microphone",
    "silent",
    "not_heard",
    "sound_not_allowed",
    "cannot_tell",
    "cut",
    "nothing_came_back",
    "loss",
    "round_trip",
    "jitter",
    "rate",
]
"""Those that points of this version say, and that the centre has words for."""
CheckedPart = Literal["camera", "microphone", "loudspeaker", "line"]
CheckFound = Literal["passed", "at_risk", "failed", "not_tried"]
RehearsalOutcome = Literal["done", "refused", "in_meeting", "too_late", "not_reached"]
MAX_CHECKS = 8


class Rehearsal(Desired, frozen=True):
    """What a point is to try, once; no `rehearsal_id`: nothing.

    Media begin between the two times or not at all; the screen announces it `announce_s` before
    `begins_at`. `meeting_id` is that of the echo meeting at `relay` in which the point joins.
    `title` is that of the meeting it is for, empty where somebody asked for it. `rate_bps`: what
    pictures may take of the line; 0: as the room's own settings say. `plays_sound`: whether the
    room lets a sound be played.
    """

    rehearsal_id: RehearsalId | None = None
    meeting_id: MeetingIdField | None = None
    relay: RelayAddress | None = None
    title: ShortText = ""
    begins_at: Instant | None = None
    expires_at: Instant | None = None
    announce_s: Annotated[int, Meta(ge=0, le=300)] = 60
    duration_s: Annotated[int, Meta(ge=10, le=30)] = 15
    rate_bps: Count = 0
    plays_sound: bool = True


class RehearsalCheck(Part, frozen=True):
    """What was found of one part; `cause` is empty where it passed."""

    what: CheckedPart
    found: CheckFound
    cause: CheckCause = ""


class RehearsedLine(Part, frozen=True):
    """The way to the relay and back, while media went both ways; None: not known.

    `loss_ratio`: of the worse way. `came_back_bps`: of media that came back to the point.
    """

    loss_ratio: Ratio | None = None
    rtt_ms: Milliseconds | None = None
    jitter_ms: Milliseconds | None = None
    sent_bps: BitsPerSecond | None = None
    came_back_bps: BitsPerSecond | None = None


class RehearsalBody(Part, frozen=True, tag_field="kind", tag="rehearsal"):
    """What came of one rehearsal, judged by the point; `problem` says in words what it met.

    `outcome`: refused by a person at the screen; in_meeting, a meeting has precedence;
    not_reached, the relay was not. Without `began_at` no media were sent.
    """

    rehearsal_id: RehearsalId
    outcome: RehearsalOutcome
    began_at: Instant | None = None
    lasted_s: Annotated[float, Meta(ge=0, le=3600)] | None = None
    checks: Annotated[tuple[RehearsalCheck, ...], Meta(max_length=MAX_CHECKS)] = ()
    line: RehearsedLine | None = None
    problem: Sentence = ""
