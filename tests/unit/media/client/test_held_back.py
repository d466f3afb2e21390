"""What a room shows and says does not stay for as long as its clock was set back."""

from media.client.held_back import HOLDS_MS, HeldBack
from media.client.playback import SHOWING_MS, Playback
from media.sfu.ladder import Rung
from media.wire.sdp_offer import IncomingStream

HOUR_MS = 3_600_000


def test_what_was_held_back_an_hour_ahead_is_over() -> None:
    told = HeldBack(Rung.LOW, False, (), HOUR_MS)
    assert told.holds(HOUR_MS) and told.holds(HOUR_MS + HOLDS_MS)
    assert not told.holds(HOUR_MS + HOLDS_MS + 1) and not told.holds(0)


def test_what_was_seen_and_heard_an_hour_ahead_is_not_there() -> None:
    playback = Playback(lambda: HOUR_MS, lambda slot, packet: None)
    playback.renew([IncomingStream("stage", "video", 1), IncomingStream("sound-0", "audio", 2)])
    playback.videos["stage"].flow.picture(HOUR_MS)
    playback.sounds["sound-0"].last_ms = HOUR_MS
    for now_ms, is_there in ((HOUR_MS, True), (HOUR_MS + SHOWING_MS, False), (0, False)):
        assert (playback.showing(now_ms) == ["stage"]) is is_there
        assert ("sound-0" in playback.heard(now_ms)) is is_there
