"""The minutes of a meeting as a paper: what can be put into them, and their built-in form.

The form is that of minutes in Decree 30/2020/NĐ-CP, annex III, form 1.10: secretary and chair sign.
A paper is in Vietnamese, whoever draws it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.local_days import ZONE
from controller.meetings.after.kept import KeptParticipant, KeptRecord
from controller.meetings.minutes.minutes_text import MinutesText, paragraphs
from controller.meetings.rollcall.rules import RollMark, RollState
from controller.meetings.views import after, roll_call
from controller.meetings.views.invitation import day, hour
from controller.papers.form import OfficialForm, PaperGrid, PaperLine, Side
from controller.papers.paper import Paper
from controller.papers.placeholders import Filling, Placeholder
from controller.web.i18n.catalogue import chosen
from controller.web.i18n.language import N_

_MOST_ROWS, _LONGEST = 300, "W" * 120
NONE = "Không có."


@dataclass(frozen=True, slots=True)
class TaskSaid:
    """One thing that was decided to be done, as the paper says it."""

    text: str
    owner: str
    deadline: str


@dataclass(frozen=True, slots=True)
class MinutesFacts:
    """What minutes say. `base`: what an invitation to the meeting says of it."""

    base: Filling
    text: MinutesText
    record: KeptRecord | None
    marks: Mapping[str, RollMark]
    began_at: datetime
    ended_at: datetime
    tasks: Sequence[TaskSaid] = ()


_OF_MEETING = (
    "tieu_de",
    "so_van_ban",
    "co_quan",
    "co_quan_cap_tren",
    "quoc_hieu",
    "tieu_ngu",
    "dia_danh",
    "loai_hop",
    "cap_hop",
    "hinh_thuc",
    "dia_diem",
    "chu_toa",
    "thu_ky",
    "diem_cau_chinh",
    "so_diem_cau",
)
PLACEHOLDERS = (
    Placeholder("tieu_de", N_("the meeting's title")),
    Placeholder("so_bien_ban", N_("number of the minutes")),
    Placeholder("so_van_ban", N_("number of the document")),
    Placeholder("co_quan", N_("who invites: the host unit, else the authority the meeting is of")),
    Placeholder("co_quan_cap_tren", N_("the authority above the host unit; empty without one")),
    Placeholder("quoc_hieu", N_("the first line of the motto; of the Party's meetings its own")),
    Placeholder("tieu_ngu", N_("the second line of the motto; empty for the Party's meetings")),
    Placeholder("dia_danh", N_("the place that stands before the date of the document")),
    Placeholder("ngay_lap", N_("the day on which the paper is made")),
    Placeholder("bat_dau", N_("when the meeting began, hour and day")),
    Placeholder("ket_thuc", N_("when the meeting ended, hour and day")),
    Placeholder("loai_hop", N_("the type of meeting")),
    Placeholder("cap_hop", N_("how many levels it joins; may be empty")),
    Placeholder("hinh_thuc", N_("how it is held: online or in person")),
    Placeholder("dia_diem", N_("where it is: the chair point, online with the others")),
    Placeholder("chu_toa", N_("who chairs; may be empty")),
    Placeholder("thu_ky", N_("the secretary; may be empty")),
    Placeholder("diem_cau_chinh", N_("the chair point")),
    Placeholder("so_diem_cau", N_("how many points are invited")),
    Placeholder("so_co_mat", N_("how many of them are there by the roll, else came in")),
    Placeholder("so_nguoi", N_("how many people the rooms counted; may be empty")),
    Placeholder("so_gian_doan", N_("how many interruptions there were; may be empty")),
    Placeholder("noi_dung.doan", N_("the content, a paragraph each")),
    Placeholder("ket_luan.doan", N_("the conclusions, a paragraph each")),
    Placeholder("viec.stt", N_("in a row for each task: its number")),
    Placeholder("viec.viec", N_("in a row for each task: what is to be done")),
    Placeholder("viec.nguoi", N_("in a row for each task: who does it")),
    Placeholder("viec.han", N_("in a row for each task: its deadline")),
    Placeholder("vang.ten", N_("in a row for each that was absent: its name")),
    Placeholder("vang.ly_do", N_("in a row for each that was absent: the reason")),
    Placeholder("tham_du.stt", N_("in a row for each invited: its place in the order")),
    Placeholder("tham_du.ten", N_("in a row for each invited: its name")),
    Placeholder("tham_du.don_vi", N_("in a row for each invited: its unit")),
    Placeholder("tham_du.diem_danh", N_("in a row for each invited: how it stands in the roll")),
    Placeholder("tham_du.vao", N_("in a row for each invited: when it first came in")),
    Placeholder("tham_du.ra", N_("in a row for each invited: when it last left")),
    Placeholder("phat_bieu.stt", N_("in a row for each speech: its number")),
    Placeholder("phat_bieu.ten", N_("in a row for each speech: who spoke")),
    Placeholder("phat_bieu.luc", N_("in a row for each speech: when it began")),
    Placeholder("phat_bieu.dai", N_("in a row for each speech: how long it was")),
    Placeholder("gian_doan.ten", N_("in a row for each interruption: who was interrupted")),
    Placeholder("gian_doan.luc", N_("in a row for each interruption: from when to when")),
    Placeholder("gian_doan.dai", N_("in a row for each interruption: how long it was")),
    Placeholder("gian_doan.nguyen_nhan", N_("in a row for each interruption: its cause")),
)

_HEAD = Side.CENTRE
FORM = OfficialForm(
    title="Biên bản: {{tieu_de}}",
    issuer=(
        PaperLine("{{co_quan_cap_tren?}}", 13, _HEAD, is_upper=True),
        PaperLine("{{co_quan}}", 13, _HEAD, is_bold=True, is_upper=True, rule=0.4),
        PaperLine("Số: {{so_bien_ban}}", 13, _HEAD),
    ),
    motto=(
        PaperLine("{{quoc_hieu}}", 12, _HEAD, is_bold=True),
        PaperLine("{{tieu_ngu?}}", 13, _HEAD, is_bold=True, rule=0.55),
    ),
    body=(
        PaperLine("BIÊN BẢN", 14, _HEAD, is_bold=True, before_mm=4),
        PaperLine("{{tieu_de}}", 14, _HEAD, is_bold=True, rule=0.3),
        PaperLine("Thời gian bắt đầu: {{bat_dau}}.", is_indented=True),
        PaperLine("Địa điểm: {{dia_diem}}.", is_indented=True),
        PaperLine("Hình thức: {{hinh_thuc}}.", is_indented=True),
        PaperLine("Loại cuộc họp: {{loai_hop?}}.", is_indented=True),
        PaperLine(
            "Thành phần tham dự: {{so_co_mat}} trên {{so_diem_cau}} điểm cầu có mặt (danh sách kèm "
            "theo).",
            is_indented=True,
        ),
        PaperLine("Tổng số người dự tại các điểm cầu: {{so_nguoi?}}.", is_indented=True),
        PaperLine("Chủ trì (chủ tọa): {{chu_toa}}.", is_indented=True),
        PaperLine("Thư ký (người ghi biên bản): {{thu_ky}}.", is_indented=True),
        PaperLine("Nội dung:", is_bold=True, is_indented=True),
        PaperLine("{{noi_dung.doan}}", is_indented=True),
        PaperLine("Kết luận:", is_bold=True, is_indented=True),
        PaperLine("{{ket_luan.doan}}", is_indented=True),
        PaperLine("Việc phải làm:", is_bold=True, is_indented=True),
        PaperGrid(
            ("STT", "Việc", "Người thực hiện", "Hạn"),
            ("{{viec.stt?}}", "{{viec.viec}}", "{{viec.nguoi?}}", "{{viec.han?}}"),
            (0.08, 0.5, 0.26, 0.16),
            centred=frozenset({0, 3}),
        ),
        PaperLine("Cuộc họp kết thúc vào {{ket_thuc}}./.", is_indented=True, before_mm=3),
    ),
    recipients=(
        PaperLine("THƯ KÝ", 14, _HEAD, is_bold=True),
        PaperLine("(Chữ ký, họ và tên)", 13, _HEAD, is_italic=True),
        PaperLine("{{thu_ky?}}", 14, _HEAD, is_bold=True, before_mm=22),
        PaperLine("Nơi nhận:", 12, Side.LEFT, is_bold=True, is_italic=True, before_mm=22),
        PaperLine("- Các điểm cầu dự họp;", 11, Side.LEFT),
        PaperLine("- Lưu: VT, hồ sơ.", 11, Side.LEFT),
    ),
    signature=(
        PaperLine("CHỦ TỌA", 14, _HEAD, is_bold=True),
        PaperLine("(Chữ ký, dấu (nếu có), họ và tên)", 13, _HEAD, is_italic=True),
        PaperLine("{{chu_toa?}}", 14, _HEAD, is_bold=True, before_mm=22),
    ),
    annex=(
        PaperLine("DANH SÁCH THAM DỰ", 14, _HEAD, is_bold=True),
        PaperLine("(Kèm theo Biên bản số {{so_bien_ban}})", 14, _HEAD, is_italic=True, rule=0.3),
        PaperGrid(
            ("STT", "Điểm cầu, khách mời", "Đơn vị", "Điểm danh", "Vào", "Ra"),
            (
                "{{tham_du.stt?}}",
                "{{tham_du.ten}}",
                "{{tham_du.don_vi?}}",
                "{{tham_du.diem_danh?}}",
                "{{tham_du.vao?}}",
                "{{tham_du.ra?}}",
            ),
            (0.07, 0.29, 0.23, 0.19, 0.11, 0.11),
            centred=frozenset({0, 4, 5}),
            size=11,
        ),
        PaperLine("LƯỢT PHÁT BIỂU", 14, _HEAD, is_bold=True, before_mm=6),
        PaperGrid(
            ("STT", "Người phát biểu", "Bắt đầu", "Thời lượng"),
            (
                "{{phat_bieu.stt?}}",
                "{{phat_bieu.ten}}",
                "{{phat_bieu.luc?}}",
                "{{phat_bieu.dai?}}",
            ),
            (0.08, 0.52, 0.18, 0.22),
            centred=frozenset({0, 2}),
            size=11,
        ),
        PaperLine("GIÁN ĐOẠN", 14, _HEAD, is_bold=True, before_mm=6),
        PaperGrid(
            ("Điểm cầu", "Từ – đến", "Thời lượng", "Nguyên nhân"),
            (
                "{{gian_doan.ten}}",
                "{{gian_doan.luc?}}",
                "{{gian_doan.dai?}}",
                "{{gian_doan.nguyen_nhan?}}",
            ),
            (0.27, 0.22, 0.17, 0.34),
            centred=frozenset({1}),
            size=11,
        ),
    ),
)


def filling(facts: MinutesFacts, now: datetime) -> Filling:
    """Return what is put into the minutes of a meeting."""
    record = facts.record
    shown = [one for one in record.participants if one.is_invited] if record else []
    called = [mark for mark in facts.marks.values() if mark.state is not RollState.UNCALLED]
    there = sum(mark.state.is_there for mark in called) if called else record.came if record else 0
    heads = sum(mark.heads or 0 for mark in called if mark.state.is_there)
    cuts = sum(len(one.cuts) for one in shown)
    fields = {
        **{name: facts.base.fields.get(name, "") for name in _OF_MEETING},
        "so_bien_ban": facts.text.number,
        "ngay_lap": day(now),
        "bat_dau": _moment(facts.began_at),
        "ket_thuc": _moment(facts.ended_at),
        "so_diem_cau": str(len(shown)) if shown else facts.base.fields.get("so_diem_cau", ""),
        "so_co_mat": str(there),
        "so_nguoi": str(heads) if heads else "",
        "so_gian_doan": str(cuts) if cuts else "",
    }
    return Filling(
        fields,
        {
            "noi_dung": [{"doan": one} for one in paragraphs(facts.text.content)],
            "ket_luan": [{"doan": one} for one in paragraphs(facts.text.conclusions)],
            "viec": _tasks(facts.tasks),
            "vang": _absent(shown, facts.marks),
            "tham_du": [
                _attended(one, number, facts.marks.get(one.subject))
                for number, one in enumerate(shown, start=1)
            ]
            or [{"ten": NONE}],
            "phat_bieu": _speeches(record),
            "gian_doan": _interruptions(shown),
        },
    )


def _tasks(tasks: Sequence[TaskSaid]) -> list[dict[str, str]]:
    return [
        {"stt": str(number), "viec": one.text, "nguoi": one.owner, "han": one.deadline}
        for number, one in enumerate(tasks, start=1)
    ] or [{"viec": NONE}]


def _absent(
    shown: Sequence[KeptParticipant], marks: Mapping[str, RollMark]
) -> list[dict[str, str]]:
    return [
        {"ten": one.name, "ly_do": mark.detail}
        for one in shown
        if (mark := marks.get(one.subject)) is not None and mark.state is RollState.ABSENT
    ] or [{"ten": NONE}]


def _attended(one: KeptParticipant, number: int, mark: RollMark | None) -> dict[str, str]:
    words = chosen("vi")
    said = roll_call.state_name(words, mark.state) if mark else ""
    if mark is not None and mark.detail:
        said = f"{said}: {mark.detail}"
    return {
        "stt": str(number),
        "ten": one.name,
        "don_vi": one.unit,
        "diem_danh": said,
        "vao": _clock(one.came_at),
        "ra": _clock(one.left_at),
    }


def _speeches(record: KeptRecord | None) -> list[dict[str, str]]:
    words = chosen("vi")
    return [
        {
            "stt": str(number),
            "ten": one.name,
            "luc": _clock(one.began_at),
            "dai": words.duration(one.length),
        }
        for number, one in enumerate(record.speeches[:_MOST_ROWS] if record else (), start=1)
    ] or [{"ten": NONE}]


def _interruptions(shown: Sequence[KeptParticipant]) -> list[dict[str, str]]:
    words = chosen("vi")
    cuts = [(one, gap) for one in shown for gap in one.cuts]
    cuts.sort(key=lambda pair: pair[1].length, reverse=True)
    return [
        {
            "ten": one.name,
            "luc": f"{_clock(gap.began_at)}–{_clock(gap.ended_at)}",
            "dai": words.duration(gap.length),
            "nguyen_nhan": after.cause(words, gap),
        }
        for one, gap in cuts[:_MOST_ROWS]
    ] or [{"ten": NONE}]


def _clock(at: datetime | None) -> str:
    return f"{at.astimezone(ZONE):%H:%M}" if at else ""


def _moment(at: datetime) -> str:
    return f"{hour(at)}, {day(at)}"


def _fullest() -> Filling:
    lists: dict[str, list[dict[str, str]]] = {}
    for one in PLACEHOLDERS:
        name, dot, column = one.name.partition(".")
        if not dot:
            continue
        is_text = column == "doan"
        rows = lists.setdefault(name, [{} for _ in range(_MOST_ROWS)])
        for row in rows:
            row[column] = _LONGEST if is_text or column in ("ten", "viec") else "W" * 30
    fields = {one.name: _LONGEST for one in PLACEHOLDERS if "." not in one.name}
    return Filling(fields, lists)


MINUTES = Paper("minutes", "bien-ban", PLACEHOLDERS, FORM, _fullest())
