"""What the room's screen says."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from agent.point.schedule import Distrust, Idle, Join
from agent.room.screen import GUIDE_AFTER, Link, Microphone, may_be_heard, screen_of
from agent.room.words import CATALOGUE, Words
from contracts.desired import Live, ScheduledMeeting
from contracts.floor import FloorMode
from media.client.held_back import HeldBack
from media.sfu.ladder import Rung

T0 = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
POINT = "van-son"
GOOD = Link("good", T0)
CLOSED = Microphone(False, "Micro đang tắt", "Nơi khác không nghe thấy phòng này")
OPEN = Microphone(True, "Micro đang mở", "Các điểm cầu nghe thấy phòng này")
UNHEARD = Microphone(False, "Đang nối lại, xin chờ", "Nơi khác chưa nghe thấy phòng này")
FLOOR = Microphone(True, "Mời phát biểu, micro đang mở", "Các điểm cầu đang nghe phòng này")


def meeting(role="participant"):
    return ScheduledMeeting(
        meeting_id="m1",
        begins_at=T0,
        ends_at=T0 + timedelta(hours=1),
        role=role,
        title="Giao ban",
        relay_id="relay-1",
    )


def live(speaker=None, mode=FloorMode.ONE_MIC, meeting_id="m1", **more):
    return Live(
        leader_epoch=1,
        generation=1,
        issued_at=T0,
        meeting_id=meeting_id,
        mode=mode,
        speaker=speaker,
        speaker_name="UBND xã Tân Dĩnh" if speaker else "",
        **more,
    )


DUTY = "Trực kỹ thuật: gọi 1022, nhánh 3"


def shown(decision, *, link=GOOD, said=None, now=T0, duty=DUTY, held=None):
    return screen_of(decision, point=POINT, link=link, live=said, now=now, duty=duty, held=held)


def in_meeting(role="participant", **changes):
    return shown(Join(meeting(role), "https://r", has_begun=True), **changes)


def test_idle_shows_the_next_meeting_or_none():
    assert shown(Idle(meeting())).meeting.title == "Giao ban"
    assert shown(Idle()).meeting is None
    assert shown(Idle()).microphone == CLOSED


def test_a_clock_without_trust_says_what_is_wrong_and_what_to_do():
    screen = shown(Distrust(meeting()))
    assert screen.kind == "distrust"
    assert "Đồng hồ của máy chưa đúng" in screen.fault
    assert "1022" in screen.guide


def test_before_it_begins_the_microphone_is_off():
    screen = shown(Join(meeting(), "https://r", has_begun=False), said=live(POINT))
    assert (screen.kind, screen.microphone, screen.has_floor) == ("waiting", CLOSED, False)


@pytest.mark.parametrize(
    ("role", "said", "microphone", "has_floor"),
    [
        ("participant", None, CLOSED, False),
        ("participant", live(), CLOSED, False),
        ("participant", live("tan-dinh"), CLOSED, False),
        ("participant", live(POINT), FLOOR, True),
        ("participant", live(POINT, meeting_id="m0"), CLOSED, False),
        ("participant", live(mode=FloorMode.DISCUSSION), OPEN, False),
        ("participant", live(POINT, mode=FloorMode.DISCUSSION), OPEN, False),
        ("participant", live("tan-dinh", mode=FloorMode.CONFERENCE), CLOSED, False),
        ("participant", live("tan-dinh", mode=FloorMode.CONFERENCE, is_holder=True), FLOOR, True),
        ("participant", live(mode=FloorMode.DISCUSSION, is_muted=True), CLOSED, False),
        ("chair", live(is_muted=True), CLOSED, False),
        ("chair", None, OPEN, False),
        ("chair", live("tan-dinh"), OPEN, False),
    ],
)
def test_the_microphone_follows_the_floor(role, said, microphone, has_floor):
    screen = in_meeting(role, said=said)
    assert (screen.microphone, screen.has_floor) == (microphone, has_floor)


@pytest.mark.parametrize(
    ("role", "said", "is_heard"),
    [
        ("participant", None, False),
        ("participant", live("tan-dinh"), False),
        ("participant", live(POINT), True),
        ("participant", live(POINT, meeting_id="m2"), False),
        ("participant", live(mode=FloorMode.DISCUSSION), True),
        ("participant", live("tan-dinh", mode=FloorMode.CONFERENCE), False),
        ("participant", live("tan-dinh", mode=FloorMode.CONFERENCE, is_holder=True), True),
        ("participant", live(mode=FloorMode.DISCUSSION, is_muted=True), False),
        ("chair", None, True),
        ("chair", live("tan-dinh"), True),
        ("chair", live(is_muted=True), False),
    ],
)
def test_what_leaves_the_room_goes_by_the_floor_and_not_by_the_line(role, said, is_heard):
    join = Join(meeting(role), "https://relay", has_begun=True)
    assert may_be_heard(join, point=POINT, live=said) == is_heard
    waiting = Join(meeting(role), "https://relay", has_begun=False)
    assert not may_be_heard(waiting, point=POINT, live=said)
    assert not may_be_heard(Idle(None), point=POINT, live=said)


@pytest.mark.parametrize(
    ("role", "said", "microphone"),
    [
        ("participant", live("tan-dinh"), CLOSED),
        ("participant", live(POINT), UNHEARD),
        ("chair", None, UNHEARD),
    ],
)
def test_nobody_is_told_that_he_is_heard_over_a_lost_link(role, said, microphone):
    screen = in_meeting(role, said=said, link=Link("lost", T0))
    assert screen.microphone == microphone


def test_captions_name_who_speaks():
    assert in_meeting(said=live("tan-dinh")).speaker_caption == "UBND xã Tân Dĩnh"
    assert in_meeting(said=live()).speaker_caption == ""
    assert in_meeting(said=live(POINT)).speaker_caption == "Điểm cầu vừa phát biểu"
    discussed = in_meeting(said=live(POINT, mode=FloorMode.DISCUSSION, is_stage_speaking=True))
    assert discussed.speaker_caption == "Điểm cầu vừa phát biểu"
    assert discussed.is_stage_speaking


@pytest.mark.parametrize(
    ("after", "has_guide"), [(GUIDE_AFTER - timedelta(milliseconds=1), False), (GUIDE_AFTER, True)]
)
def test_a_lost_link_is_said_at_once_and_guided_after_a_while(after, has_guide):
    screen = in_meeting(link=Link("lost", T0), now=T0 + after)
    assert screen.lost_since == T0
    assert bool(screen.guide) is has_guide
    assert bool(screen.fault) is has_guide


def test_a_refusal_is_told_in_the_relays_words():
    refused = Link("connecting", T0, "Điểm cầu không có trong thành phần.")
    screen = in_meeting(link=refused, now=T0 + GUIDE_AFTER)
    assert "không có trong thành phần" in screen.fault
    assert "1022" in screen.guide


def test_nobody_is_named_where_the_installation_names_nobody():
    screen = shown(Distrust(meeting()), duty="")
    assert screen.guide == "Kiểm tra dây mạng sau hộp máy, máy tự lấy lại giờ."


def test_the_duty_is_said_only_where_there_is_something_to_do():
    assert shown(Idle(meeting())).guide == ""


def test_the_screen_speaks_english_where_it_is_told_to():
    screen = screen_of(
        Distrust(meeting()), point=POINT, link=GOOD, live=None, now=T0, words=Words("en")
    )
    assert screen.fault == "This machine's clock is wrong, so the room does not join by itself."


def test_every_phrase_is_there_in_both_languages_with_the_same_values():
    for name, phrase in CATALOGUE.items():
        assert phrase.vi.strip() and phrase.en.strip(), name
        assert set(re.findall(r"{\w+}", phrase.vi)) == set(re.findall(r"{\w+}", phrase.en)), name


def test_that_it_is_recorded_is_said_by_whoever_says_so_and_only_in_the_meeting():
    planned = msgspec.structs.replace(meeting(), is_recorded=True)
    joined = Join(planned, "https://r", has_begun=True)
    assert in_meeting().recorded == ""
    assert in_meeting(said=live(is_recorded=True)).recorded == "Đang ghi hình"
    assert shown(joined).recorded == "Đang ghi hình"
    assert shown(joined, link=Link("lost", T0)).recorded == "Đang ghi hình"
    assert shown(Join(planned, "https://r", has_begun=False)).recorded == ""


@pytest.mark.parametrize(
    ("rung", "is_by_load", "said"),
    [
        (Rung.SOUND, False, "Đường truyền yếu: chỉ nghe tiếng"),
        (Rung.CONTENT, False, "Đường truyền yếu: chỉ có nội dung và tiếng"),
        (Rung.LOW, False, "Đường truyền yếu: hình nhỏ"),
        (Rung.SPEAKER, False, "Đã kết nối với trung tâm"),  # the large one is
        (Rung.SOUND, True, "Máy chủ chuyển tiếp quá tải: chỉ nghe tiếng"),
    ],
)
def test_what_is_held_back_is_said_with_by_whose_doing(rung, is_by_load, said):
    held = HeldBack(rung, is_by_load, ("stage",), 0)
    screen = in_meeting(held=held)
    assert screen.link_text == said
    assert screen.withheld == ["stage"] and "chỉ nghe tiếng" in screen.withheld_why
    lost = in_meeting(held=held, link=Link("lost", T0))
    assert lost.withheld == [] and lost.link_text == in_meeting(link=Link("lost", T0)).link_text


def test_the_screen_of_who_speaks_knows_when_the_time_is_over():
    timed = {"is_holder": True, "speech_began_at": T0, "speech_s": 300}
    said = live(POINT, **timed)
    assert in_meeting(said=said).speech_ends_at == T0 + timedelta(minutes=5)
    assert in_meeting(said=live(POINT, is_holder=True)).speech_ends_at is None
    discussed = live(POINT, mode=FloorMode.DISCUSSION, **timed)
    assert in_meeting(said=discussed).speech_ends_at is None


def test_what_the_office_says_is_shown_until_its_time_is_over():
    ends_at = T0 + timedelta(minutes=3)
    said = live(message="Bật micro giúp", message_ends_at=ends_at)
    for now, text, until in ((T0, "Bật micro giúp", ends_at), (ends_at, "", None)):
        screen = in_meeting(said=said, now=now)
        assert (screen.message, screen.message_ends_at) == (text, until)
    elsewhere = live(message="Bật micro giúp", meeting_id="m2")
    assert in_meeting(said=elsewhere).message == ""


def test_who_is_on_the_main_picture_in_place_of_the_chair_is_named_and_the_chair_beside():
    alone = in_meeting(said=live(stage_name="Xã Lâm Giang"))
    assert (alone.stage_caption, alone.speaker_caption) == ("Xã Lâm Giang", "Điểm cầu chủ trì")
    speaks = in_meeting(said=live("xa-b", stage_name="Xã Lâm Giang"))
    assert speaks.speaker_caption == "UBND xã Tân Dĩnh"
    both = in_meeting(said=live("xa-b", stage_name="UBND xã Tân Dĩnh"))
    assert both.speaker_caption == "Điểm cầu chủ trì"
