"""Chapters from the lines of who spoke."""

from datetime import UTC, datetime

from msgspec import UNSET

from contracts.floor import FloorMode, FloorState
from contracts.ids import PointId
from contracts.recordings import SpokenLine
from media.recorder import speech
from media.recorder.matroska import Chapter

A, B, CHAIR = PointId("p-a"), PointId("p-b"), PointId("p-chair")
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
NAMES = {A: "Xã A", CHAIR: "UBND tỉnh"}


def line(at_ms: int, speaker: PointId | None, loudest: PointId | None = None) -> SpokenLine:
    return SpokenLine(
        at_ms=at_ms, happened_at=NOW, speaker=speaker, loudest=loudest if loudest else UNSET
    )


def test_without_a_speaker_the_chair_speaks_and_in_a_discussion_everybody() -> None:
    quiet = FloorState(epoch=1)
    open_to_all = FloorState(epoch=2, mode=FloorMode.DISCUSSION)
    given = FloorState(epoch=3, holders=(A,))
    lines = [
        speech.line_of(floor, CHAIR, B, at_ms=0, happened_at=NOW)
        for floor in (quiet, open_to_all, given)
    ]
    assert [(one.speaker, one.loudest or None) for one in lines] == [
        (CHAIR, None), (None, B), (A, None),
    ]  # fmt: skip


def test_chapters_follow_the_speech_and_leave_short_ones_out() -> None:
    lines = [
        line(0, CHAIR),
        line(10_000, A),
        line(30_000, B),
        line(31_000, CHAIR),  # B was given the floor by mistake
        line(50_000, CHAIR),  # somebody was muted: the same speech
        line(60_000, None),
        line(95_000, A),  # after the end
    ]
    assert list(speech.chapters(lines, NAMES, length_ms=90_000)) == [
        Chapter(0, 10_000, "UBND tỉnh"),
        Chapter(10_000, 30_000, "Xã A"),
        Chapter(30_000, 60_000, "UBND tỉnh"),
        Chapter(60_000, 90_000, "Thảo luận"),
    ]


def test_a_discussion_has_a_chapter_for_whoever_leads_it_for_ten_seconds() -> None:
    lines = [
        line(0, CHAIR),
        line(20_000, None),
        line(21_000, None, A),
        line(50_000, None, B),  # who interrupts
        line(56_000, None, A),
        line(80_000, None, CHAIR),
        line(85_000, B),  # is given the floor by mistake
        line(86_000, None, A),
    ]
    assert list(speech.chapters(lines, NAMES, length_ms=120_000)) == [
        Chapter(0, 20_000, "UBND tỉnh"),
        Chapter(20_000, 120_000, "Thảo luận: Xã A"),
    ]


def test_short_turns_on_end_are_one_chapter_of_all_who_spoke() -> None:
    lines = [
        line(0, None, A),
        line(15_000, None, B),
        line(20_000, None, CHAIR),
        line(24_000, None, B),
        line(30_000, None, A),
        line(50_000, CHAIR),
        line(60_000, None, A),
        line(64_000, None, B),
    ]
    assert list(speech.chapters(lines, NAMES, length_ms=70_000)) == [
        Chapter(0, 15_000, "Thảo luận: Xã A"),
        Chapter(15_000, 30_000, "Thảo luận: p-b, UBND tỉnh"),
        Chapter(30_000, 50_000, "Thảo luận: Xã A"),
        Chapter(50_000, 60_000, "UBND tỉnh"),
        Chapter(60_000, 70_000, "Thảo luận: Xã A, p-b"),
    ]


def test_a_chapter_names_four_and_says_that_there_were_more() -> None:
    lines = [line(3_000 * number, None, PointId(f"p-{number}")) for number in range(6)]
    (chapter,) = speech.chapters(lines, {}, length_ms=18_000)
    assert chapter.title == "Thảo luận: p-0, p-1, p-2, p-3, …"


def test_without_lines_there_are_no_chapters() -> None:
    assert list(speech.chapters([], NAMES, length_ms=90_000)) == []


def test_a_guest_has_a_chapter_under_the_name_that_the_centre_says() -> None:
    lines = [line(0, PointId("person:guest-1")), line(30_000, PointId("person:lan"))]
    known = NAMES | {PointId("guest-1"): "Bà Mai (khách)", PointId("lan"): "Xã Lan"}
    assert list(speech.chapters(lines, known, length_ms=60_000)) == [
        Chapter(0, 30_000, "Bà Mai (khách)"),
        Chapter(30_000, 60_000, "lan"),
    ]
