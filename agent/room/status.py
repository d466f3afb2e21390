"""What GET /api/state answers: all that is known about this room's media, in one value.

Times named `…_ms` are milliseconds since 1970 by the corrected clock; latencies and gaps
are milliseconds. Histories are bounded (256 changes); counts run from the process' start
or from the beginning of the meeting, whichever is later.
"""

import time
from datetime import datetime

import msgspec

from agent.point.identity import Identity
from agent.point.room_state import RoomActivity
from agent.room.capture import Devices
from agent.room.gstreamer.playout import PlayoutStatus
from agent.room.meeting import RoomMeeting
from contracts.reports import ClockState
from media.client.flow import Gap, percentile
from media.client.media_source import MediaSource
from media.client.playback import SoundSlot, VideoSlot
from media.client.uplink import Uplink
from media.testcard.observed import HeardSlot
from media.testcard.watch import Watch


class UplinkStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One session with the relay. `answer_sha256` changes with every negotiation."""

    state: str
    negotiations: int
    ice_restarts: int
    failures: int
    last_error: str
    answer_sha256: str
    rtt_ms: float | None
    packets_received: int
    packets_sent: int
    moves: int
    is_tunnelled: bool


class ShownChange(msgspec.Struct, frozen=True):
    """From when on a slot shows a number; None: nothing."""

    number: int | None
    since_ms: int


class HeardSpan(msgspec.Struct, frozen=True):
    """A number's rhythm, heard from the first instant to the last."""

    number: int
    first_ms: int
    last_ms: int


class VideoStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One slot of pictures."""

    codec: str
    shown_number: int | None
    frames: int
    frames_missing: int
    frames_repeated: int
    frames_unreadable: int
    fps: float
    gap_max_ms: int | None
    silent_ms: int | None
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    packets: int
    packets_lost: int
    keyframe_requests: int
    decode_failures: int
    shown: list[ShownChange]
    gaps: list[Gap]


class SoundStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One slot of sound."""

    frames: int
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    packets: int
    packets_lost: int
    concealed: int
    gaps: list[Gap]


class SourceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What this room makes, and what its line upwards leaves of that."""

    pictures: int
    small_pictures: int
    pictures_left_out: int
    keyframes: int
    sounds: int
    retransmitted: int
    given_up: int
    line_bps: int
    picture_bps: int
    small_bps: int


class MeetingStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The meeting this room is in."""

    meeting_id: str
    title: str
    role: str
    begins_at: datetime
    has_begun: bool
    play: UplinkStatus
    publish: UplinkStatus | None
    videos: dict[str, VideoStatus]
    sounds: dict[str, SoundStatus]
    heard: list[HeardSpan]
    source: SourceStatus | None
    playout: PlayoutStatus | None


class RoomStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Everything."""

    written_at: datetime
    wall_ms: int
    run_id: str
    point_id: str
    point_number: int
    name: str
    state: RoomActivity
    clock: ClockState
    cpu_s: float
    reports_written: int
    kiosk_viewers: int
    devices: Devices
    meeting: MeetingStatus | None


def state_of(meeting: RoomMeeting | None) -> RoomActivity:
    """Return the one word for it."""
    if meeting is None:
        return "idle"
    return "in_meeting" if meeting.is_connected else "joining"


def room_status(
    *,
    now: datetime,
    wall_ms: int,
    run_id: str,
    identity: Identity,
    clock: ClockState,
    meeting: RoomMeeting | None,
    since_ms: int,
    reports_written: int,
    kiosk_viewers: int,
    devices: Devices,
) -> RoomStatus:
    """Return everything; histories only from `since_ms` on.

    Args:
        wall_ms: the time that the meeting goes by.
    """
    return RoomStatus(
        written_at=now,
        wall_ms=wall_ms,
        run_id=run_id,
        point_id=identity.point_id,
        point_number=identity.point_number,
        name=identity.name,
        state=state_of(meeting),
        clock=clock,
        cpu_s=time.process_time(),
        reports_written=reports_written,
        kiosk_viewers=kiosk_viewers,
        devices=devices,
        meeting=_meeting(meeting, wall_ms, since_ms) if meeting else None,
    )


def _meeting(meeting: RoomMeeting, now_ms: int, since_ms: int) -> MeetingStatus:
    lines = meeting.join.meeting
    playback, observed = meeting.playback, meeting.observed
    arrived = {
        slot: (reception.packets, max(0, reception.lost))
        for slot, reception in playback.receptions().items()
    }
    return MeetingStatus(
        meeting_id=lines.meeting_id,
        title=lines.title,
        role=lines.role,
        begins_at=lines.begins_at,
        has_begun=now_ms >= lines.begins_at.timestamp() * 1000,
        play=_uplink(meeting.play),
        publish=_uplink(meeting.publish) if meeting.publish else None,
        videos={
            slot: _video(video, observed.watch(slot), arrived.get(slot, (0, 0)), now_ms, since_ms)
            for slot, video in playback.videos.items()
        },
        sounds={
            slot: _sound(sound, observed.sounds(slot), arrived.get(slot, (0, 0)), since_ms)
            for slot, sound in playback.sounds.items()
        },
        heard=[
            HeardSpan(span.number, span.first_ms, span.last_ms)
            for span in observed.heard.spans
            if span.last_ms >= since_ms
        ],
        source=_source(meeting.source) if meeting.source else None,
        playout=meeting.playout.status if meeting.playout else None,
    )


def _uplink(uplink: Uplink) -> UplinkStatus:
    facts, leg = uplink.facts, uplink.leg
    return UplinkStatus(
        state=facts.state,
        negotiations=facts.sessions,
        ice_restarts=facts.restarts,
        failures=facts.failures,
        last_error=facts.last_error,
        answer_sha256=facts.answer_sha256,
        rtt_ms=round(leg.rtt_ms, 2) if leg and leg.rtt_ms is not None else None,
        packets_received=leg.received if leg else 0,
        packets_sent=leg.sent if leg else 0,
        moves=leg.moves if leg else 0,
        is_tunnelled=leg.is_tunnelled if leg else False,
    )


def _video(
    video: VideoSlot, watch: Watch, arrived: tuple[int, int], now_ms: int, since_ms: int
) -> VideoStatus:
    flow, seen = video.flow, watch.total
    return VideoStatus(
        codec=video.codec,
        shown_number=watch.number,
        frames=flow.total.frames,
        frames_missing=seen.frames_missing,
        frames_repeated=seen.frames_repeated,
        frames_unreadable=seen.unreadable,
        fps=flow.fps(now_ms),
        gap_max_ms=flow.total.gap_max_ms,
        silent_ms=flow.silent_ms(now_ms),
        latency_p50_ms=percentile(seen.latencies_ms, 0.5),
        latency_p95_ms=percentile(seen.latencies_ms, 0.95),
        packets=arrived[0],
        packets_lost=arrived[1],
        keyframe_requests=video.keyframe_requests,
        decode_failures=video.decode_failures,
        shown=[
            ShownChange(change.number, change.since_ms)
            for change in watch.shown
            if change.since_ms >= since_ms
        ],
        gaps=[gap for gap in flow.gaps if gap.until_ms >= since_ms],
    )


def _sound(
    sound: SoundSlot, heard: HeardSlot, arrived: tuple[int, int], since_ms: int
) -> SoundStatus:
    return SoundStatus(
        frames=sound.frames,
        latency_p50_ms=percentile(heard.latencies_ms, 0.5),
        latency_p95_ms=percentile(heard.latencies_ms, 0.95),
        packets=arrived[0],
        packets_lost=arrived[1],
        concealed=sound.flow.concealed,
        gaps=[gap for gap in sound.flow.gaps if gap.until_ms >= since_ms],
    )


def _source(source: MediaSource) -> SourceStatus:
    counts = source.counts
    return SourceStatus(
        pictures=counts.pictures,
        small_pictures=counts.small_pictures,
        pictures_left_out=counts.pictures_left_out,
        keyframes=counts.keyframes,
        sounds=counts.sounds,
        retransmitted=counts.retransmitted,
        given_up=counts.given_up,
        line_bps=round(source.rate.estimate.bps),
        picture_bps=source.shares.picture_bps,
        small_bps=source.shares.small_bps,
    )
