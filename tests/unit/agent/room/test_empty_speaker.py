"""Whether a speaker without pictures was taken off, or is missing them."""

import pytest

from agent.room.empty_speaker import notice_empty
from media.client.playback import Playback
from media.wire import rtcp
from media.wire.sdp_offer import IncomingStream

STAGE, SPEAKER, CONTENT = 5, 6, 7


@pytest.mark.parametrize(
    ("told", "stage_at_ms", "speaker_gap_ms"),
    [
        ((), 9_900, None),  # a relay that tells nothing
        ((), 5_000, 5_000),  # the stage stands still too
        ((CONTENT,), 9_900, 5_000),  # it tells, and not of the speaker: his pictures are missing
        ((SPEAKER,), 9_900, None),
    ],
)
def test_a_relay_that_tells_of_its_empty_slots_is_believed(told, stage_at_ms, speaker_gap_ms):
    playback = Playback(lambda: 6_000.0, lambda slot, data: None)
    slots = {"stage": STAGE, "speaker": SPEAKER, "content": CONTENT}
    playback.renew([IncomingStream(slot, kind="video", ssrc=ssrc) for slot, ssrc in slots.items()])
    playback.videos["stage"].flow.picture(stage_at_ms)
    speaker = playback.videos["speaker"].flow
    speaker.picture(5_000)
    if told:
        compound = rtcp.build_empty_slots(rtcp.EmptySlots(1, told))
        playback.take_rtcp(rtcp.parse(compound))
    notice_empty(playback, 10_000)
    assert speaker.take_interval(10_000).gap_max_ms == speaker_gap_ms
