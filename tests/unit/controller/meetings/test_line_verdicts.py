"""Who has it bad in a meeting, and what is said of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.participants import ParticipantKind
from contracts.relay import Attendee, StreamLine
from contracts.reports import DeviceState, HealthBody, HostSection, RoomSection
from controller.meetings.line_verdicts import Degree, LineFault, stalled, troubles, verdicts
from controller.meetings.views import lines
from controller.places.service import Point
from controller.web.i18n.catalogue import languages

AT = datetime(2026, 11, 24, 1, 25, tzinfo=UTC)
POINTS = [
    Point(point_id=one, number=ord(one), unit_id="u", name=f"Xã {one}", owner="x", valid_from=AT)
    for one in "abc"
]
FINE = {"loss_ratio": 0.001, "mos": 4.4, "jitter_ms": 2.0, "bitrate_bps": 900_000}


def line(subject: str, direction: Any, **figures: Any) -> Attendee:
    return Attendee(
        subject=subject,
        direction=direction,
        joined_at=AT,
        is_connected=figures.pop("is_connected", True),
        participant_kind=figures.pop("kind", ParticipantKind.POINT),
        **figures,
    )


def both(subject: str, up: dict[str, Any], down: dict[str, Any]) -> tuple[Attendee, Attendee]:
    return line(subject, "publish", **FINE | up), line(subject, "play", **FINE | down)


@pytest.mark.parametrize(
    ("up", "down", "causes"),
    [
        ({}, {}, []),
        ({"loss_ratio": 0.03}, {}, [(LineFault.LOSS_UP, Degree.FAIR)]),
        ({"loss_ratio": 0.05}, {}, [(LineFault.LOSS_UP, Degree.BAD)]),
        ({}, {"loss_ratio": 0.08, "rung": "low"},
         [(LineFault.LOSS_DOWN, Degree.BAD), (LineFault.SMALL_DOWN, Degree.FAIR)]),
        ({}, {"rung": "sound"}, [(LineFault.NO_PICTURES_DOWN, Degree.BAD)]),
        ({}, {"rung": "speaker", "rtt_ms": 399.0}, []),
        ({}, {"rtt_ms": 450.0}, [(LineFault.FAR, Degree.FAIR)]),
        ({"mos": 3.59}, {"mos": 3.0}, [(LineFault.VOICE_DOWN, Degree.BAD),
                                       (LineFault.VOICE_UP, Degree.FAIR)]),
        ({"frozen_ratio": 0.3}, {}, [(LineFault.FROZEN_UP, Degree.BAD)]),
        ({"stalled_ratio": 0.06}, {}, [(LineFault.STALLED, Degree.FAIR)]),
        ({"sends": ()}, {}, [(LineFault.SILENT, Degree.BAD)]),
        ({}, {"rung": "speaker", "is_shed": True, "loss_ratio": 0.2},
         [(LineFault.RELAY_BUSY, Degree.FAIR)]),
        ({"loss_ratio": 0.2, "frozen_ratio": 0.5, "mos": 1.0, "is_shed": True},
         {"rung": "sound", "is_shed": True, "mos": 2.0}, [(LineFault.RELAY_BUSY, Degree.BAD)]),
        ({"stalled_ratio": 0.5, "is_shed": True}, {"rung": "low"},
         [(LineFault.STALLED, Degree.BAD), (LineFault.SMALL_DOWN, Degree.FAIR)]),
    ],
)  # fmt: skip
def test_each_figure_has_its_cause(
    up: dict[str, Any], down: dict[str, Any], causes: list[tuple[LineFault, Degree]]
) -> None:
    (found,) = verdicts(both("xa-a", up, down))
    assert [(one.cause, one.degree) for one in found.reasons] == causes
    assert found.degree is (causes[0][1] if causes else Degree.GOOD)


def test_only_points_that_are_in_have_a_row_and_the_worst_is_first() -> None:
    attendees = (
        *both("xa-good", {}, {}),
        line("xa-new", "publish"),
        *both("xa-fair", {"loss_ratio": 0.02}, {}),
        *both("xa-bad", {}, {"rung": "content"}),
        line("xa-gone", "play", loss_ratio=0.9, is_connected=False),
        line("xa-shares", "share", loss_ratio=0.9),
        line("lan", "play", loss_ratio=0.9, kind=ParticipantKind.PERSON),
    )
    names = [one.point_id for one in verdicts(attendees)]
    assert names == ["xa-bad", "xa-fair", "xa-new", "xa-good"]


def test_open_pages_are_told_of_causes_and_not_of_figures() -> None:
    first = troubles(both("xa-a", {"loss_ratio": 0.03, "stalled_ratio": 0.3}, {}))
    assert first == troubles(both("xa-a", {"loss_ratio": 0.04, "stalled_ratio": 0.4}, {}))
    assert first != troubles(both("xa-a", {"loss_ratio": 0.06, "stalled_ratio": 0.4}, {}))
    assert stalled(both("xa-a", {"stalled_ratio": 0.3}, {})) == {"xa-a"}


def shown(*attendees: Attendee, seconds: int = 5, **reports: HealthBody) -> lines.LinesView:
    reported_at = AT - timedelta(seconds=seconds)
    facts = lines.LineFacts("m1", POINTS, attendees, reported_at, reports)
    return lines.view(languages()["vi"], AT, facts)


def test_the_page_says_who_and_why_in_words() -> None:
    found = shown(*both("a", {}, {}), *both("b", {"loss_ratio": 0.031}, {"rung": "sound"}))
    assert [row.name for row in found.troubled] == ["Xã b"]
    assert found.troubled[0].why == (
        "đường xuống: quá hẹp, không đủ cho hình người nói · đường lên: mất 3,1\xa0%"
    )
    assert found.troubled[0].badge.word == "Kém"
    assert [row.name for row in found.others] == ["Xã a"]
    assert found.summary == "1 trên 2 điểm cầu kém"
    assert (found.note, found.others_title) == ("", "1 điểm cầu còn lại")


def test_where_nobody_has_it_bad_the_others_are_all() -> None:
    found = shown(*both("a", {}, {}), *both("b", {}, {}))
    assert (found.troubled, found.others_title) == ((), "2 điểm cầu")


def test_who_has_it_alike_stands_by_name() -> None:
    bad = {"loss_ratio": 0.2}
    found = shown(*both("c", bad, {}), *both("a", {}, {}), *both("b", bad, {}))
    assert [row.name for row in found.troubled] == ["Xã b", "Xã c"]


def test_each_stream_of_a_point_is_told_by_itself() -> None:
    up = (
        StreamLine(stream="video-high", bitrate_bps=1_400_000, loss_ratio=0.012, keyframes=3),
        StreamLine(stream="sound", bitrate_bps=24_000, mos=4.2, jitter_ms=2.5),
        StreamLine(stream="video-low"),
    )
    down = (
        StreamLine(stream="stage", height_px=720, frozen_ratio=0.04, empty_ms=2_400),
        StreamLine(stream="sound", concealed_ratio=0.01),
        StreamLine(stream="later", bitrate_bps=1_000),
    )
    (row,) = shown(*both("a", {"streams": up}, {"streams": down})).others
    assert [one.replace("\xa0", " ") for one in row.streams] == [
        "gửi hình lớn: 1,4 Mbit/s, mất 1,2 %, 3 khung hình khóa",
        "gửi tiếng: 24 kbit/s, biến thiên trễ 2,5 ms, MOS 4,2",
        "xem điểm cầu chủ trì: đứng hình 4,0 %, cao 720 điểm ảnh, thiếu hình 2 giây",
        "nghe: thiếu tiếng 1,0 %",
        "later: 1 kbit/s",
    ]


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (HealthBody(), "camera hoặc máy: hình bị khựng, không phải do đường truyền"),
        (HealthBody(host=HostSection(cpu_ratio=0.97)), "máy: bộ xử lý chạy 97"),
        (HealthBody(room=RoomSection(camera=DeviceState(state="busy"))), "camera: "),
    ],
)
def test_a_picture_that_halts_is_the_machines_or_the_cameras(report: HealthBody, said: str) -> None:
    (row,) = shown(*both("c", {"stalled_ratio": 0.3}, {}), c=report).troubled
    assert row.why.startswith(said)


def test_nobody_and_old_figures_are_said() -> None:
    assert shown().note == "Chưa có điểm cầu nào vào."
    assert "lần cuối lúc" in shown(*both("a", {}, {}), seconds=60).note
    assert shown(*both("a", {}, {})).summary == "không điểm cầu nào kém"
