"""A meeting's slots as the contract reports them.

What people see and hear is what the room's page plays, where it is open; else this process is
the player, as in a drawn room.
"""

from collections.abc import Mapping

from agent.room.played import OLD_AFTER_S, TOLD_EVERY_S
from contracts.ids import MeetingId
from contracts.played import SlotPlayed
from contracts.reports import MediaBody, SlotQuality
from contracts.sound_span import SoundSpan
from media.client.flow import FlowCounts, percentile
from media.client.playback import Playback, SoundSlot, VideoSlot
from media.testcard.observed import HeardSlot, Observed
from media.testcard.watch import Watch
from media.wire import voice_quality
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
    page: Mapping[str, SlotPlayed],
    heard: tuple[SoundSpan, ...] = (),
) -> MediaBody:
    """Return what was seen and heard since a time; counts begin anew with that.

    Args:
        page: what the room's page plays, by slot.
        heard: for how much of the time sound was heard.
    """
    receptions = playback.receptions()
    interval_s = max(0.001, (now_ms - since_ms) / 1000)
    slots = tuple(
        _slot(video, observed.watch(slot), receptions.get(slot), now_ms, interval_s, page.get(slot))
        for slot, video in sorted(playback.videos.items())
    )
    slots += tuple(
        _sound(
            sound, observed.sounds(slot), receptions.get(slot), interval_s, page.get(slot), rtt_ms
        )
        for slot, sound in sorted(playback.sounds.items())
        if sound.frames
    )
    return MediaBody(
        meeting_id=meeting_id,
        is_sending=is_sending,
        rtt_ms=rtt_ms,
        slots=slots,
        heard_numbers=observed.heard.numbers_since(since_ms)[:16],
        heard=heard,
    )


def _slot(
    video: VideoSlot,
    watch: Watch,
    reception: Reception | None,
    now_ms: int,
    interval_s: float,
    page: SlotPlayed | None,
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
        frozen_ratio=_frozen_ratio(flowed, interval_s, video.flow.filled_ms(now_ms) / 1000, page),
        height_px=page.height_px if page else None,
        buffer_ms=page.buffer_ms if page else None,
    )


def _frozen_ratio(
    flowed: FlowCounts, interval_s: float, filled_s: float, page: SlotPlayed | None
) -> float | None:
    """Return in what share of the time a picture stood still that was to move.

    A slot that was emptied, as when the floor moves, has no picture in between: players take
    that for a freeze, and what is decoded here counts. A page without a picture stands still
    where pictures came in all of the time that it tells of.
    """
    if page is None or flowed.was_emptied:
        return min(1.0, flowed.frozen_ms / 1000 / interval_s) if flowed.frames else None
    is_dark = page.decoded == 0 and flowed.frames and filled_s > OLD_AFTER_S + TOLD_EVERY_S
    return 1.0 if is_dark else page.frozen_ratio


def _sound(
    sound: SoundSlot,
    heard: HeardSlot,
    reception: Reception | None,
    interval_s: float,
    page: SlotPlayed | None,
    rtt_ms: float | None,
) -> SlotQuality:
    arrived = reception.take_interval() if reception else None
    latencies, flowed = heard.take_latencies(), sound.flow.take_interval()
    concealed_ratio = page.concealed_ratio if page else flowed.missed_ratio
    buffer_ms = page.buffer_ms if page else sound.flow.playout_ms
    return SlotQuality(
        slot=sound.slot,
        frames=arrived.packets if arrived else 0,
        gap_max_ms=flowed.gap_max_ms,
        latency_p50_ms=percentile(latencies, 0.5),
        latency_p95_ms=percentile(latencies, 0.95),
        packets=arrived.packets if arrived else 0,
        packets_lost=arrived.lost if arrived else 0,
        bitrate_bps=int(arrived.octets * 8 / interval_s) if arrived else None,
        concealed_ratio=concealed_ratio,
        buffer_ms=buffer_ms,
        mos=_heard_mos(concealed_ratio, rtt_ms, buffer_ms),
    )


def _heard_mos(
    concealed_ratio: float | None, rtt_ms: float | None, buffer_ms: float | None
) -> float | None:
    """Return the score of what is heard: by what was made up, not by what was lost on the way."""
    if concealed_ratio is None:
        return None
    delay_ms = (rtt_ms or 0.0) + 2 * (buffer_ms or 0.0)
    return round(voice_quality.mos(loss_ratio=concealed_ratio, rtt_ms=delay_ms), 2)
