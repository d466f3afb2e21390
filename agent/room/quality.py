"""A meeting's slots as the contract reports them."""

from contracts.ids import MeetingId
from contracts.reports import MediaBody, SlotQuality
from media.client.flow import percentile
from media.client.playback import Playback, SoundSlot, VideoSlot
from media.testcard.observed import HeardSlot, Observed
from media.testcard.watch import Watch
from media.wire.reception import Reception


def media_body(
    meeting_id: MeetingId,
    playback: Playback,
    observed: Observed,
    *,
    is_sending: bool,
    rtt_ms: float | None,
    since_ms: int,
    now_ms: int,
) -> MediaBody:
    """Return what was seen and heard since a time; counts begin anew with that."""
    receptions = playback.receptions()
    interval_s = max(0.001, (now_ms - since_ms) / 1000)
    slots = tuple(
        _slot(video, observed.watch(slot), receptions.get(slot), now_ms, interval_s)
        for slot, video in sorted(playback.videos.items())
    )
    slots += tuple(
        _sound(sound, observed.sounds(slot), receptions.get(slot), interval_s)
        for slot, sound in sorted(playback.sounds.items())
        if sound.frames
    )
    return MediaBody(
        meeting_id=meeting_id,
        is_sending=is_sending,
        rtt_ms=rtt_ms,
        slots=slots,
        heard_numbers=observed.heard.numbers_since(since_ms)[:16],
    )


def _slot(
    video: VideoSlot, watch: Watch, reception: Reception | None, now_ms: int, interval_s: float
) -> SlotQuality:
    flowed, seen = video.flow.take_interval(now_ms), watch.take_interval()
    arrived = reception.take_interval() if reception else None
    latencies = [max(0.0, value) for value in seen.latencies_ms]
    return SlotQuality(
        slot=video.slot,
        shown_number=watch.number,
        frames=flowed.frames,
        frames_missing=seen.frames_missing,
        gap_max_ms=flowed.gap_max_ms,
        latency_p50_ms=percentile(latencies, 0.5),
        latency_p95_ms=percentile(latencies, 0.95),
        packets=arrived.packets if arrived else 0,
        packets_lost=arrived.lost if arrived else 0,
        bitrate_bps=int(arrived.octets * 8 / interval_s) if arrived else None,
    )


def _sound(
    sound: SoundSlot, heard: HeardSlot, reception: Reception | None, interval_s: float
) -> SlotQuality:
    arrived = reception.take_interval() if reception else None
    latencies = heard.take_latencies()
    return SlotQuality(
        slot=sound.slot,
        frames=arrived.packets if arrived else 0,
        latency_p50_ms=percentile(latencies, 0.5),
        latency_p95_ms=percentile(latencies, 0.95),
        packets=arrived.packets if arrived else 0,
        packets_lost=arrived.lost if arrived else 0,
        bitrate_bps=int(arrived.octets * 8 / interval_s) if arrived else None,
    )
