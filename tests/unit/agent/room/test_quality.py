"""What a room reports of its player: by its page where that tells, else by its own decoding."""

import pytest

from agent.room.played import OLD_AFTER_S, TOLD_BURST, PagePlayed
from agent.room.quality import media_body
from contracts.ids import MeetingId
from contracts.played import Played, SlotPlayed
from media.client.playback import Playback, SoundSlot, VideoSlot
from media.client.sinks import Unobserved
from media.testcard.observed import Observed

NOW = 1_000_000


def playback() -> Playback:
    made = Playback(lambda: NOW, lambda slot, data: None)
    made.videos["stage"] = VideoSlot("stage", Unobserved(), lambda: NOW)
    made.sounds["sound-0"] = SoundSlot("sound-0", Unobserved(), lambda: NOW)
    made.sounds["sound-0"].frames = 1
    return made


def slots(made: Playback, *, rtt_ms: float | None = 20.0, **page: SlotPlayed):
    body = media_body(
        MeetingId("m1"),
        made,
        Observed(),
        is_sending=True,
        rtt_ms=rtt_ms,
        since_ms=NOW - 10_000,
        now_ms=NOW,
        page={one.slot: one for one in page.values()},
    )
    return {one.slot: one for one in body.slots}


def show(made: Playback, *gaps_ms: int) -> None:
    at = NOW - sum(gaps_ms)
    made.videos["stage"].flow.picture(at)
    for gap_ms in gaps_ms:
        at += gap_ms
        made.videos["stage"].flow.picture(at)


def hear(made: Playback, *lost_before: int) -> None:
    flow, timestamp = made.sounds["sound-0"].flow, 0
    for number, lost in enumerate(lost_before):
        timestamp += 960 * (1 + lost)
        flow.frame(number * 20.0, timestamp, lost_before=lost)


def test_without_a_page_the_rooms_own_decoding_says_what_was_missed():
    made = playback()
    show(made, *[40] * 100, 1_000, *[40] * 100)
    hear(made, *[0] * 48, 2)
    found = slots(made)
    assert found["stage"].frozen_ratio == pytest.approx(0.1)
    assert found["sound-0"].concealed_ratio == pytest.approx(2 / 51, abs=0.01)
    assert found["sound-0"].mos is not None and found["sound-0"].mos < 4.4
    again = slots(made)
    assert again["sound-0"].concealed_ratio is None, "an interval in which nothing came"
    assert again["stage"].frozen_ratio is None


def test_what_the_page_tells_counts_before_what_this_process_decodes():
    made = playback()
    show(made, *[40] * 200)
    hear(made, 0, 0, 5)
    stage = SlotPlayed(slot="stage", decoded=240, frozen_ratio=0.05, height_px=720, buffer_ms=50)
    sound = SlotPlayed(slot="sound-0", concealed_ratio=0.0, buffer_ms=40)
    found = slots(made, stage=stage, sound=sound)
    assert (found["stage"].frozen_ratio, found["stage"].height_px) == (0.05, 720)
    assert (found["sound-0"].concealed_ratio, found["sound-0"].buffer_ms) == (0.0, 40)


def test_a_page_that_shows_none_of_the_pictures_that_came_stands_still():
    made = playback()
    show(made, *[40] * 650)
    dark = SlotPlayed(slot="stage", decoded=0, frozen_ratio=0.0)
    assert slots(made, stage=dark)["stage"].frozen_ratio == 1.0


def test_a_slot_filled_since_the_page_told_stands_not_still():
    made = playback()
    made.videos["stage"].flow.emptied()
    slots(made)
    show(made, *[40] * 600)  # 24 s, and the page may tell of what was 25 s ago
    empty = SlotPlayed(slot="stage", decoded=0, frozen_ratio=0.0)
    assert slots(made, stage=empty)["stage"].frozen_ratio == 0.0


def test_of_a_slot_that_was_emptied_what_stood_still_before_counts_alone():
    made = playback()
    show(made, *[40] * 10, 500, *[40] * 10)
    made.videos["stage"].flow.emptied()
    frozen = SlotPlayed(slot="stage", decoded=10, frozen_ratio=0.4)
    assert slots(made, stage=frozen)["stage"].frozen_ratio == pytest.approx(0.05)
    assert slots(made, stage=frozen)["stage"].frozen_ratio == 0.4


def test_what_a_page_told_long_ago_or_too_often_counts_no_more():
    page = PagePlayed()
    told = Played(slots=(SlotPlayed(slot="stage", decoded=1),))
    assert [page.tell(told, now_s=5.0) for _ in range(TOLD_BURST + 1)][-1] is False
    assert page.slots(now_s=5.0 + OLD_AFTER_S).keys() == {"stage"}
    assert page.slots(now_s=5.1 + OLD_AFTER_S) == {}
