"""The loudspeaker of a room without a browser: a short tone, and whether the microphone hears it.

By the microphone as it is in the meeting: what it brings has gone to the relay and come back when
it is listened to. These rooms have no echo canceller that would take the tone out of it.
"""

import asyncio

import structlog

from agent.room.gstreamer.child import started
from agent.room.gstreamer.pipelines import tone_pipeline
from agent.room.rehearsal.tone_ear import TONE_HZ, ToneEar
from agent.room.rehearsal.verdict import SpeakerFound
from agent.room.settings import RoomSettings, SpeakerSettings
from media.errors import MalformedPacket

QUIET_S = 1.0
PLAY_LIMIT_S = 7.0
COMES_BACK_S = 1.2
"""Longest way of sound by a poor line, to the relay and back, with what holds it in order."""
_log = structlog.get_logger()


def can_be_tried(settings: RoomSettings) -> bool:
    """Return whether this process has both the loudspeaker and the microphone of the room."""
    return (
        settings.source.kind == "gstreamer"
        and settings.microphone.kind not in ("none", "test")
        and settings.speaker.kind not in ("none", "test")
    )


async def try_loudspeaker(speaker: SpeakerSettings, ear: ToneEar) -> SpeakerFound | None:
    """Play the tone while media flow; return whether it was heard. None: no sound came back."""
    await asyncio.sleep(QUIET_S)
    ear.begin()
    if not await _played(speaker):
        return "failed"
    await asyncio.sleep(COMES_BACK_S)
    return ear.found


async def _played(speaker: SpeakerSettings) -> bool:
    try:
        async with asyncio.timeout(PLAY_LIMIT_S), started(tone_pipeline(speaker, TONE_HZ)) as child:
            fault = await child.run(lambda _: None)
    except (OSError, ExceptionGroup, MalformedPacket, TimeoutError) as exc:
        _log.warning("test_sound_failed", error=str(exc))
        return False
    if fault.kind != "ended":
        _log.warning("test_sound_failed", kind=fault.kind, error=fault.text)
    return fault.kind == "ended"
