"""The speaker's slot, where a relay does not tell that it was emptied.

After a cut the speaker may come back later than the stage, as when a keyframe is missing: where
the relay tells of its empty slots, nothing is guessed.
"""

from media.client.playback import Playback

EMPTY_AFTER_MS = 1_000
FLOWING_MS = 500


def notice_empty(playback: Playback, now_ms: int) -> None:
    """Tell a slot that was emptied from one that is cut: then the stage stands still too."""
    stage, speaker = playback.videos.get("stage"), playback.videos.get("speaker")
    if playback.is_told_empty or stage is None or speaker is None:
        return
    silent, flowing = speaker.flow.silent_ms(now_ms), stage.flow.silent_ms(now_ms)
    if silent is None or flowing is None or flowing > FLOWING_MS:
        return
    if silent > EMPTY_AFTER_MS:
        speaker.emptied(now_ms - silent)
