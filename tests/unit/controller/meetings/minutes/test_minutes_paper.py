"""The minutes as a paper: what is put in, and that the fullest there are fit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from msgspec import structs

from controller.meetings.after.kept import (
    KeptAgendaItem,
    KeptGap,
    KeptParticipant,
    KeptRecord,
    KeptRehearsal,
    KeptSpan,
    KeptSpeech,
)
from controller.meetings.after.rules import Leaving
from controller.meetings.minutes.minutes_text import MinutesText
from controller.meetings.rollcall.rules import RollMark, RollState
from controller.meetings.views.minutes_paper import MINUTES, MinutesFacts, filling
from controller.papers import service as papers
from controller.papers.placeholders import Filling

T0 = datetime(2026, 2, 5, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GAP = KeptGap(began_at=T0 + MINUTE, ended_at=T0 + 3 * MINUTE, leaving=Leaving.CUT)
PEOPLE = (
    KeptParticipant(
        subject="p-b",
        name="Xã B",
        unit="Huyện",
        spans=(KeptSpan(began_at=T0, ended_at=T0 + 9 * MINUTE),),
        gaps=(GAP,),
    ),
    KeptParticipant(subject="p-c", name="Xã C"),
)
RECORD = KeptRecord(
    held_from=T0,
    held_until=T0 + 9 * MINUTE,
    is_heard=True,
    participants=PEOPLE,
    speeches=(KeptSpeech(who="p-b", name="Xã B", began_at=T0, ended_at=T0 + 2 * MINUTE),),
)


def facts(record: KeptRecord | None, marks: dict[str, RollMark]) -> MinutesFacts:
    return MinutesFacts(
        base=Filling({"tieu_de": "Giao ban", "so_diem_cau": "2"}),
        text=MinutesText("1/BB", "một\n\nhai", ""),
        record=record,
        marks=marks,
        began_at=T0,
        ended_at=T0 + 9 * MINUTE,
    )


def test_who_leaves_in_order_and_returns_was_not_interrupted() -> None:
    left = KeptGap(began_at=T0 + 4 * MINUTE, ended_at=T0 + 8 * MINUTE, leaving=Leaving.LEFT)
    both = structs.replace(PEOPLE[0], gaps=(GAP, left))
    assert both.gone == GAP.length
    put = filling(facts(structs.replace(RECORD, participants=(both,)), {}), T0)
    assert put.fields["so_gian_doan"] == "1"
    assert len(put.lists["gian_doan"]) == 1
    only_left = structs.replace(RECORD, participants=(structs.replace(both, gaps=(left,)),))
    assert filling(facts(only_left, {}), T0).fields["so_gian_doan"] == ""


def test_it_says_what_is_kept_of_the_meeting() -> None:
    marks = {
        "p-b": RollMark(RollState.PRESENT, heads=7),
        "p-c": RollMark(RollState.ABSENT, detail="mất điện"),
    }
    put = filling(facts(RECORD, marks), T0)
    assert put.fields["so_co_mat"] == "1"
    assert put.fields["so_nguoi"] == "7"
    assert put.fields["bat_dau"] == "8 giờ 00, ngày 05 tháng 02 năm 2026"
    assert put.lists["noi_dung"] == [{"doan": "một"}, {"doan": "hai"}]
    assert put.lists["vang"] == [{"ten": "Xã C", "ly_do": "mất điện"}]
    assert [one["diem_danh"] for one in put.lists["tham_du"]] == ["Có mặt", "Vắng: mất điện"]
    assert put.lists["phat_bieu"][0]["dai"] == "2 phút"
    assert put.lists["gian_doan"][0]["nguyen_nhan"] == "Chưa rõ nguyên nhân"


def test_it_says_what_was_planned_and_how_points_were_rehearsed() -> None:
    said = {
        "p-b": KeptRehearsal(verdict="at_risk", cause="loss", judged_at=T0),
        "p-c": KeptRehearsal(verdict="ready", judged_at=T0),
    }
    people = tuple(structs.replace(one, rehearsal=said[one.subject]) for one in PEOPLE)
    item = KeptAgendaItem(
        title="Khai mạc",
        speaker="Xã B",
        planned_from=T0,
        planned_until=T0 + 5 * MINUTE,
        began_at=T0 + MINUTE,
        ended_at=T0 + 9 * MINUTE,
    )
    record = structs.replace(RECORD, participants=people, agenda=(item,))
    put = filling(facts(record, {}), T0)
    assert put.lists["muc"] == [
        {
            "stt": "1",
            "gio": "08:00–08:05",
            "thuc_te": "08:01–08:09",
            "noi_dung": "Khai mạc",
            "nguoi": "Xã B",
        }
    ]
    (wrong,) = put.lists["chay_thu"]
    assert (wrong["ten"], wrong["nguyen_nhan"]) == ("Xã B", "Đường truyền mất gói.")
    assert [one["chay_thu"] for one in put.lists["tham_du"]] == ["Nguy cơ", "Sẵn sàng"]
    assert (put.fields["so_san_sang"], put.fields["so_chay_thu"]) == ("1", "2")


def test_before_the_record_is_made_the_agenda_is_as_it_was_invited() -> None:
    invited = {"stt": "1", "gio": "08:00–08:05", "noi_dung": "Khai mạc", "nguoi": ""}
    base = Filling({"tieu_de": "Giao ban"}, {"muc": [invited]})
    put = filling(replace(facts(None, {}), base=base), T0)
    assert put.lists["muc"] == [invited]


def test_what_there_is_none_of_is_said_to_be_none() -> None:
    put = filling(facts(None, {}), T0)
    for name in ("viec", "vang", "tham_du", "phat_bieu", "gian_doan", "muc", "chay_thu"):
        assert list(put.lists[name][0].values()) == ["Không có."]
    assert (put.fields["so_co_mat"], put.fields["so_diem_cau"]) == ("0", "2")
    # Nobody was called: then those count who came in.
    assert filling(facts(RECORD, {}), T0).fields["so_co_mat"] == "1"


def test_both_files_are_made_twice_the_same_and_the_fullest_fits() -> None:
    put = filling(facts(RECORD, {}), T0)
    template = papers.built_in(MINUTES)
    assert papers.docx(MINUTES, template, put) == papers.docx(MINUTES, template, put)
    assert papers.pdf(MINUTES, put) == papers.pdf(MINUTES, put)
    assert papers.judged(MINUTES, template) == template
    used = {f"{name}.{key}" for name, rows in put.lists.items() for row in rows for key in row}
    assert {*put.fields, *used} <= MINUTES.known
