"""What a recorder leaves for the centre's pages: one folder a recording, and its own state.

    FOLDER/{meeting}/{run}/recording.json   RecordingFacts      recording.mkv   as it came
                           speech.jsonl     SpokenLine a line   recording.mp4   to hand out
                           chapters.jsonl   SpokenChapter a line, once it is over
    STATUS_FILE                             RecorderStatus

A run is one time that a recorder began, e.g. 20261126t083000. The pages read, and ask for a
deletion by a file `{meeting}.{run}` in FOLDER/requests.
"""

from enum import Enum
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from contracts.ids import MeetingIdField, RecorderIdField, SpeakerIdField
from contracts.message import Count, Instant, Message, Part, Ratio, Sentence, ShortText

FACTS, STREAMS, SPEECH, CHAPTERS, HANDOUT = (
    "recording.json",
    "recording.mkv",
    "speech.jsonl",
    "chapters.jsonl",
    "recording.mp4",
)
MAX_CHAPTERS = 1_000
REQUESTS = "requests"
RunId = Annotated[str, Meta(pattern=r"^[0-9]{8}t[0-9]{6}\Z")]


class RecordingPhase(Enum):
    """Where a recording is: each follows the one before, and FAILED any of them."""

    RECORDING = "recording"
    WAITING = "waiting"  # for its turn to be converted
    CONVERTING = "converting"
    READY = "ready"
    FAILED = "failed"  # there is no file to hand out; what was recorded is kept


class RecordingFacts(Message, frozen=True):
    """One recording, as its folder says it."""

    meeting_id: MeetingIdField
    run: RunId
    begins_at: Instant
    phase: RecordingPhase
    title: ShortText = ""
    ends_at: Instant | None = None
    progress_ratio: Ratio = 0.0
    dropped: Count = 0
    detail: Sentence = ""


class RecorderTrouble(Enum):
    """What is wrong with a recorder, or with one recording."""

    NOT_CONNECTED = "not_connected"
    DISK_LOW = "disk_low"
    DISK_FULL = "disk_full"
    DISK_BLOCKED = "disk_blocked"
    DISK_FAILED = "disk_failed"


class RecordedNow(Part, frozen=True):
    """A meeting that should be recorded now."""

    meeting_id: MeetingIdField
    run: RunId | None = None
    is_recording: bool = False
    trouble: RecorderTrouble | None = None
    dropped: Count = 0


class RecorderStatus(Message, frozen=True):
    """What a recorder does; written every other second, so that an old one is a trouble too."""

    recorder_id: RecorderIdField
    reported_at: Instant
    free_bytes: Count = 0
    trouble: RecorderTrouble | None = None
    converting: MeetingIdField | None = None
    converting_ratio: Ratio = 0.0
    meetings: Annotated[tuple[RecordedNow, ...], Meta(max_length=200)] = ()


class SpokenLine(Message, frozen=True):
    """From when on who had the floor; None: everybody, in a discussion.

    `loudest`: who spoke there, by the loudness of the sound.
    """

    at_ms: Count
    happened_at: Instant
    speaker: SpeakerIdField | None = None
    floor_epoch: Count = 0
    loudest: SpeakerIdField | UnsetType = UNSET


class SpokenChapter(Message, frozen=True):
    """One speech: from when on, and who spoke, by name."""

    at_ms: Count
    title: Sentence
