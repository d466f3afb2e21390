"""The desired documents, built from plain values; and when one differs from the last.

Two documents are the same when they differ only in epoch, generation and time of
issue; then nothing is said anew, unless everything is (after a start or reconnect).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypedDict, TypeVar

import msgspec

from contracts import codec
from contracts.desired import (
    MAX_NAME_CHARS,
    MAX_REVOKED_RELAYS,
    Barred,
    Desired,
    Live,
    RecordingOrder,
    RelayAddress,
    RelayMeeting,
    Schedule,
    ScheduledMeeting,
)
from contracts.floor import FloorMode, FloorState
from contracts.ids import MeetingId, PointId, RecorderId, RelayId
from contracts.participants import person_named

D = TypeVar("D", bound=Desired)

HORIZON = timedelta(days=14)
CLEARED_AFTER = timedelta(days=1)
_FOR_EVER = datetime(9000, 1, 1, tzinfo=UTC)
MAX_LIVE_BYTES = 300
MAX_SCHEDULE_BYTES = Schedule.max_bytes - 256
"""Room is left for epoch, generation and time, which are put in when it is issued."""
UNISSUED_AT = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DeclaredMeeting:
    """A meeting as documents need it, led from `chair`; `deputy`: by whom, where that is named."""

    meeting_id: MeetingId
    title: str
    begins_at: datetime
    ends_at: datetime
    chair: PointId
    relay_id: RelayId
    is_live: bool
    has_ended: bool
    note: str = ""
    is_recorded: bool = False
    speech_s: int | None = None
    booked_chair: PointId | None = None
    deputy: str = ""


def told_until(now: datetime, *, is_doubted: bool) -> datetime:
    """Return until when meetings are told. A clock in doubt takes none of them back."""
    return _FOR_EVER if is_doubted else now + HORIZON


def unissued_schedule(
    point: PointId, meetings: Iterable[DeclaredMeeting], relay_urls: dict[RelayId, str]
) -> Schedule:
    """Return a point's schedule: the given meetings, and the relays they use.

    Where they are too many for one document the soonest are told; the others follow as
    these end.
    """
    told = [one for one in meetings if not one.has_ended and one.relay_id in relay_urls]
    told.sort(key=lambda one: (one.begins_at, one.meeting_id))
    used = sorted({one.relay_id for one in told})
    schedule = Schedule(
        leader_epoch=0,
        generation=0,
        issued_at=UNISSUED_AT,
        relays=tuple(RelayAddress(relay_id=one, url=relay_urls[one]) for one in used),
    )
    return msgspec.structs.replace(schedule, meetings=_fitting(schedule, point, told))


def _fitting(
    schedule: Schedule, point: PointId, told: Iterable[DeclaredMeeting]
) -> tuple[ScheduledMeeting, ...]:
    """Return the soonest meetings, as many as a point can read in one document."""
    left = MAX_SCHEDULE_BYTES - len(codec.encode(schedule))
    fitting: list[ScheduledMeeting] = []
    for one in told:
        meeting = ScheduledMeeting(
            meeting_id=one.meeting_id,
            begins_at=one.begins_at,
            ends_at=one.ends_at,
            role="chair" if one.chair == point else "participant",
            title=one.title,
            relay_id=one.relay_id,
            is_recorded=one.is_recorded,
        )
        left -= len(msgspec.json.encode(meeting)) + 1
        if left < 0:
            break
        fitting.append(meeting)
    return tuple(fitting)


def unissued_relay_meeting(
    meeting: DeclaredMeeting, invited: Iterable[PointId], floor: FloorState
) -> RelayMeeting:
    """Return what a relay needs to run a meeting by itself."""
    return RelayMeeting(
        leader_epoch=0,
        generation=0,
        issued_at=UNISSUED_AT,
        meeting_id=meeting.meeting_id,
        begins_at=meeting.begins_at,
        ends_at=meeting.ends_at,
        chair=meeting.chair,
        invited=tuple(invited),
        floor=floor,
        has_ended=meeting.has_ended,
        note=meeting.note,
    )


def with_access(
    document: RelayMeeting,
    *,
    certificates: dict[PointId, tuple[str, ...]],
    barred: tuple[Barred, ...],
    page_origins: tuple[str, ...] = (),
    line_bps: dict[PointId, int] | None = None,
    admitted: tuple[str, ...] | None = None,
) -> RelayMeeting:
    """Return a meeting's document with whom the relay shall let in by what, from which pages.

    Args:
        line_bps: what the points' lines are contracted for, as far as that is known.
        admitted: who alone comes in; None: the meeting is not locked.
    """
    named = {point: digests for point, digests in certificates.items() if digests}
    return msgspec.structs.replace(
        document,
        certificates=named,
        barred=barred or msgspec.UNSET,
        page_origins=page_origins or msgspec.UNSET,
        line_bps=line_bps or msgspec.UNSET,
        admitted=msgspec.UNSET if admitted is None else admitted,
    )


def at_home(
    document: RelayMeeting, outer: dict[RelayId, tuple[PointId, ...]], revoked: Sequence[str] = ()
) -> RelayMeeting:
    """Return the document of a meeting's home, which tells it the outer relays.

    Args:
        revoked: with which certificates none of them may come.
    """
    if not outer:
        return msgspec.structs.replace(document, outer=msgspec.UNSET)
    taken_back = tuple(revoked)[-MAX_REVOKED_RELAYS:] or msgspec.UNSET
    return msgspec.structs.replace(document, outer=outer, revoked_relays=taken_back)


def at_outer(document: RelayMeeting, home: RelayAddress | None) -> RelayMeeting:
    """Return the document of an outer relay. It is not recorded there: the home has everything.

    Args:
        home: None: it has none any more.
    """
    return msgspec.structs.replace(document, home=home or msgspec.UNSET, recording=msgspec.UNSET)


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """What the office says on a point's screen, and until when."""

    text: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Speaking:
    """Who is shown as speaker with his name, and whether it is the stage that speaks now."""

    point: PointId | None = None
    name: str = ""
    is_stage: bool = False


def speaking(
    floor: FloorState, chair: PointId, loudest: Sequence[str], names: Mapping[str, str]
) -> Speaking:
    """Return who speaks: by the floor, or in a discussion by the sound, the latest first.

    A person is said by name alone, which points that know of points only can read too.
    """
    speaker, is_stage = floor.speaker, False
    if floor.mode is FloorMode.DISCUSSION:
        speaker = next((one for one in loudest if one != chair), None)
        is_stage = bool(loudest) and loudest[0] == chair
    if speaker is None:
        return Speaking(is_stage=is_stage)
    person = person_named(speaker)
    name = names.get(speaker, person or speaker)
    return Speaking(PointId(speaker) if person is None else None, name, is_stage)


def with_recording(
    document: RelayMeeting, recorder_id: RecorderId, title: str, names: Mapping[PointId, str]
) -> RelayMeeting:
    """Return a meeting's document that has it recorded."""
    shown = {point: name.replace("\0", "")[:MAX_NAME_CHARS] for point, name in names.items()}
    order = RecordingOrder(recorder_id=recorder_id, title=title, names=shown)
    return msgspec.structs.replace(document, recording=order)


def unissued_live(
    meeting: DeclaredMeeting | None,
    floor: FloorState | None,
    *,
    speaking: Speaking | None = None,
    is_muted: bool = False,
    is_holder: bool = False,
    speaks_since: datetime | None = None,
    message: ShownMessage | None = None,
    stage_name: str = "",
    queue_place: int = 0,
    chair_name: str = "",
) -> Live:
    """Return what a point's screen says; without a meeting, that there is none.

    Args:
        speaks_since: since when the point itself has the floor.
        message: what the office says to it.
        stage_name: who is on the main picture in place of the chair.
        chair_name: who leads in place of the chair.
        queue_place: which place the point has among those who wait for the floor; 0: none.
    """
    shown = speaking or Speaking()
    if meeting is None or floor is None:
        return Live(leader_epoch=0, generation=0, issued_at=UNISSUED_AT)
    return Live(
        leader_epoch=0,
        generation=0,
        issued_at=UNISSUED_AT,
        meeting_id=meeting.meeting_id,
        floor_epoch=floor.epoch,
        mode=floor.mode,
        stage=meeting.chair,
        speaker=shown.point,
        speaker_name=shown.name.replace("\0", "")[:40],
        stage_name=stage_name.replace("\0", "")[:40],
        message=message.text if message else "",
        message_ends_at=message.ends_at.replace(microsecond=0) if message else None,
        is_stage_speaking=shown.is_stage,
        is_muted=is_muted,
        is_recorded=meeting.is_recorded,
        is_holder=is_holder,
        queue_place=queue_place,
        chair_name=chair_name.replace("\0", "")[:40],
        **_speech(meeting, speaks_since),
    )


class _SpeechTime(TypedDict, total=False):
    speech_began_at: datetime
    speech_s: int


def _speech(meeting: DeclaredMeeting, speaks_since: datetime | None) -> _SpeechTime:
    if speaks_since is None or meeting.speech_s is None:
        return {}
    began_at = speaks_since.replace(microsecond=0)
    return {"speech_began_at": began_at, "speech_s": meeting.speech_s}


def current_meeting(meetings: Iterable[DeclaredMeeting]) -> DeclaredMeeting | None:
    """Return the meeting a point is in: of those that are on, the one that began last."""
    live = [one for one in meetings if one.is_live and not one.has_ended]
    return max(live, key=lambda one: (one.begins_at, one.meeting_id), default=None)


def digest(document: Desired) -> str:
    """Return what tells two contents apart, whenever they were issued."""
    content = msgspec.structs.replace(document, leader_epoch=0, generation=0, issued_at=UNISSUED_AT)
    return hashlib.sha256(codec.encode(content)).hexdigest()


def issued(document: D, *, leader_epoch: int, generation: int, now: datetime) -> D:
    """Return a document as it is sent."""
    sent = msgspec.structs.replace(
        document,
        leader_epoch=leader_epoch,
        generation=generation,
        issued_at=now.replace(microsecond=0),
    )
    return sent


def fitted(live: Live) -> Live:
    """Return a screen's document that fits: shorten the names, the longer one first.

    Where that is not enough the time of the speech is left out: the screen counts upwards then.
    A message is the room's own and said as it was written; it has its own bound.

    Ids and numbers alone always fit: they are at most 40 characters each.
    """
    own, ends_at = live.message, live.message_ends_at
    live = msgspec.structs.replace(live, message="", message_ends_at=None)
    while len(codec.encode(live)) > MAX_LIVE_BYTES:
        if live.chair_name and len(live.chair_name) >= len(
            max(live.stage_name, live.speaker_name, key=len)
        ):
            live = msgspec.structs.replace(live, chair_name=live.chair_name[:-1])
        elif live.stage_name and len(live.stage_name) >= len(live.speaker_name):
            live = msgspec.structs.replace(live, stage_name=live.stage_name[:-1])
        elif live.speaker_name:
            live = msgspec.structs.replace(live, speaker_name=live.speaker_name[:-1])
        elif live.speech_began_at is not None:
            live = msgspec.structs.replace(live, speech_began_at=None, speech_s=None)
        else:
            raise ValueError(f"a live document of {len(codec.encode(live))} bytes")
    return msgspec.structs.replace(live, message=own, message_ends_at=ends_at)
