"""The invitation to a meeting: what can be put into it, and its built-in form.

A paper is in Vietnamese, whoever draws it. Days and months are written as Decree 30/2020/NĐ-CP,
annex I, II.4 has it: days below 10, January and February with a 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.local_days import ZONE
from controller.meetings.agenda import MAX_ITEMS, AgendaItem, planned
from controller.meetings.kinds import MeetingKind
from controller.meetings.tables import Meeting
from controller.meetings.views import kinds
from controller.papers.form import OfficialForm, PaperGrid, PaperLine, Side
from controller.papers.paper import Paper
from controller.papers.placeholders import Filling, Placeholder
from controller.places.owner import Owner
from controller.web.i18n.catalogue import chosen
from controller.web.i18n.language import N_

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
# How a place is called, and what its Party committee is.
_COMMITTEES = {"tỉnh": "Tỉnh ủy", "thành phố": "Thành ủy", "xã": "Đảng ủy xã"}
_MOST_POINTS, _LONGEST = 400, "W" * 120


@dataclass(frozen=True, slots=True)
class InvitedPoint:
    """One point of the list, in protocol order."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """What an invitation says. `host` is the unit that invites, `chair` a name; both may be ""."""

    meeting: Meeting
    chair_point: str
    points: Sequence[InvitedPoint]
    place_name: str
    host: str = ""
    chair: str = ""
    agenda: Sequence[AgendaItem] = ()


PLACEHOLDERS = (
    Placeholder("tieu_de", N_("the meeting's title")),
    Placeholder("so_van_ban", N_("number of the document")),
    Placeholder("co_quan", N_("who invites: the host unit, else the authority the meeting is of")),
    Placeholder("co_quan_cap_tren", N_("the authority above the host unit; empty without one")),
    Placeholder("quoc_hieu", N_("the first line of the motto; of the Party's meetings its own")),
    Placeholder("tieu_ngu", N_("the second line of the motto; empty for the Party's meetings")),
    Placeholder("dia_danh", N_("the place that stands before the date of the document")),
    Placeholder("ngay_lap", N_("the day on which the paper is made")),
    Placeholder("thoi_gian", N_("when it begins: hour, weekday and day")),
    Placeholder("ket_thuc", N_("when it is to end")),
    Placeholder("loai_hop", N_("the type of meeting")),
    Placeholder("cap_hop", N_("how many levels it joins; may be empty")),
    Placeholder("hinh_thuc", N_("how it is held: online or in person")),
    Placeholder("dia_diem", N_("where it is: the chair point, online with the others")),
    Placeholder("de_nghi", N_("what is asked of who is invited")),
    Placeholder("chu_toa", N_("who chairs; may be empty")),
    Placeholder("thu_ky", N_("the secretary; may be empty")),
    Placeholder("diem_cau_chinh", N_("the chair point")),
    Placeholder("so_diem_cau", N_("how many points are invited")),
    Placeholder("cac_diem_cau", N_("all points in one line, in protocol order")),
    Placeholder("chuong_trinh", N_("the whole agenda in one line; may be empty")),
    Placeholder("muc.stt", N_("in a row for each item of the agenda: its place in the order")),
    Placeholder("muc.gio", N_("in a row for each item of the agenda: when it is")),
    Placeholder("muc.noi_dung", N_("in a row for each item of the agenda: what it is about")),
    Placeholder("muc.nguoi", N_("in a row for each item of the agenda: who speaks")),
    Placeholder("diem_cau.stt", N_("in a row for each point: its place in the order")),
    Placeholder("diem_cau.ten", N_("in a row for each point: its name")),
    Placeholder("diem_cau.don_vi", N_("in a row for each point: its unit")),
)

_HEAD = Side.CENTRE
FORM = OfficialForm(
    title="Giấy mời: {{tieu_de}}",
    issuer=(
        PaperLine("{{co_quan_cap_tren?}}", 13, _HEAD, is_upper=True),
        PaperLine("{{co_quan}}", 13, _HEAD, is_bold=True, is_upper=True, rule=0.4),
        PaperLine("Số: {{so_van_ban}}", 13, _HEAD),
    ),
    motto=(
        PaperLine("{{quoc_hieu}}", 12, _HEAD, is_bold=True),
        PaperLine("{{tieu_ngu?}}", 13, _HEAD, is_bold=True, rule=0.55),
        PaperLine("{{dia_danh}}, {{ngay_lap}}", 14, _HEAD, is_italic=True),
    ),
    body=(
        PaperLine("GIẤY MỜI", 14, _HEAD, is_bold=True, before_mm=4),
        PaperLine("{{tieu_de}}", 14, _HEAD, is_bold=True, rule=0.3),
        PaperLine(
            "{{co_quan}} trân trọng kính mời đại diện lãnh đạo, cán bộ tại {{so_diem_cau}} điểm "
            "cầu trong danh sách kèm theo tới dự cuộc họp {{hinh_thuc}}:",
            is_indented=True,
        ),
        PaperLine("Nội dung: {{tieu_de}}.", is_indented=True),
        PaperLine("Loại cuộc họp: {{loai_hop?}}.", is_indented=True),
        PaperLine("Cấp họp: {{cap_hop?}}.", is_indented=True),
        PaperLine("Chủ trì: {{chu_toa?}}.", is_indented=True),
        PaperLine("Thư ký: {{thu_ky?}}.", is_indented=True),
        PaperLine("Thời gian: {{thoi_gian}}, dự kiến kết thúc lúc {{ket_thuc}}.", is_indented=True),
        PaperLine("Địa điểm: {{dia_diem}}.", is_indented=True),
        PaperLine("Chương trình: {{chuong_trinh?}}.", is_indented=True),
        PaperLine("{{de_nghi}} để cuộc họp đạt kết quả tốt./.", is_indented=True),
    ),
    recipients=(
        PaperLine("Nơi nhận:", 12, Side.LEFT, is_bold=True, is_italic=True),
        PaperLine("- Như trên (theo danh sách);", 11, Side.LEFT),
        PaperLine("- Lưu: VT.", 11, Side.LEFT),
    ),
    signature=(
        PaperLine("THỦ TRƯỞNG CƠ QUAN", 14, _HEAD, is_bold=True),
        PaperLine("(Chữ ký, dấu, họ và tên)", 13, _HEAD, is_italic=True),
    ),
    annex=(
        PaperLine("DANH SÁCH ĐIỂM CẦU", 14, _HEAD, is_bold=True),
        PaperLine("(Kèm theo Giấy mời số {{so_van_ban}})", 14, _HEAD, is_italic=True, rule=0.3),
        PaperGrid(
            ("STT", "Điểm cầu", "Đơn vị"),
            ("{{diem_cau.stt}}", "{{diem_cau.ten}}", "{{diem_cau.don_vi}}"),
            (0.1, 0.5, 0.4),
            centred=frozenset({0}),
        ),
    ),
)


def filling(facts: InvitationFacts, now: datetime) -> Filling:
    """Return what is put into the invitation to a meeting."""
    meeting, words = facts.meeting, chosen("vi")
    owner = Owner(meeting.owner)
    authority = _authority(owner, facts.place_name)
    is_party = owner is Owner.PARTY
    is_other = MeetingKind(meeting.kind) is MeetingKind.OTHER
    level = "" if meeting.level is None else kinds.level_name(words, meeting.level)
    fields = {
        "tieu_de": meeting.title,
        "so_van_ban": meeting.document_number,
        "co_quan": facts.host or authority,
        "co_quan_cap_tren": authority if facts.host else "",
        "quoc_hieu": "ĐẢNG CỘNG SẢN VIỆT NAM" if is_party else "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "tieu_ngu": "" if is_party else "Độc lập - Tự do - Hạnh phúc",
        "dia_danh": _split(facts.place_name)[1],
        "ngay_lap": day(now),
        "thoi_gian": f"{hour(meeting.begins_at)}, {weekday(meeting.begins_at)}, "
        f"{day(meeting.begins_at)}",
        "ket_thuc": _end(meeting.begins_at, meeting.ends_at),
        "loai_hop": "" if is_other else kinds.kind_name(words, meeting.kind),
        "cap_hop": level,
        **_held(facts),
        "chu_toa": facts.chair,
        "thu_ky": meeting.secretary,
        "diem_cau_chinh": facts.chair_point,
        "so_diem_cau": str(len(facts.points)),
        "cac_diem_cau": "; ".join(one.name for one in facts.points),
        "chuong_trinh": _agenda_line(facts),
    }
    points = [
        {"stt": str(number), "ten": one.name, "don_vi": one.unit}
        for number, one in enumerate(facts.points, start=1)
    ]
    return Filling(fields, {"diem_cau": points, "muc": _items(facts)})


def _items(facts: InvitationFacts) -> list[dict[str, str]]:
    hours = planned(facts.agenda, facts.meeting.begins_at)
    return [
        {
            "stt": str(number),
            "gio": f"{begins.astimezone(ZONE):%H:%M}–{ends.astimezone(ZONE):%H:%M}",
            "noi_dung": one.title,
            "nguoi": one.speaker,
        }
        for number, (one, (begins, ends)) in enumerate(
            zip(facts.agenda, hours, strict=True), start=1
        )
    ]


def _agenda_line(facts: InvitationFacts) -> str:
    said = (
        f"{one['gio']} {one['noi_dung']}" + (f" ({one['nguoi']})" if one["nguoi"] else "")
        for one in _items(facts)
    )
    return "; ".join(said)


def _held(facts: InvitationFacts) -> dict[str, str]:
    """Return how and where it is held, and what is asked of who is invited."""
    if not facts.meeting.is_joined:
        return {
            "hinh_thuc": "trực tiếp",
            "dia_diem": f"tại {facts.chair_point}",
            "de_nghi": "Đề nghị các đại biểu có mặt đúng thời gian, địa điểm nêu trên",
        }
    return {
        "hinh_thuc": "trực tuyến",
        "dia_diem": f"điểm cầu chính tại {facts.chair_point} và các điểm cầu trong danh sách "
        "kèm theo",
        "de_nghi": "Đề nghị các điểm cầu kiểm tra hình ảnh, âm thanh trước giờ họp và có mặt đúng "
        "thời gian nêu trên",
    }


def _fullest() -> Filling:
    row = {"stt": "400", "ten": _LONGEST, "don_vi": _LONGEST}
    fields = {one.name: _LONGEST for one in PLACEHOLDERS if "." not in one.name}
    fields["cac_diem_cau"] = "; ".join([_LONGEST] * _MOST_POINTS)
    item = {"stt": "30", "gio": "11:11–22:22", "noi_dung": _LONGEST * 2, "nguoi": _LONGEST}
    fields["chuong_trinh"] = "; ".join([_LONGEST * 2] * MAX_ITEMS)
    return Filling(fields, {"diem_cau": [row] * _MOST_POINTS, "muc": [item] * MAX_ITEMS})


INVITATION = Paper("invitation", "giay-moi", PLACEHOLDERS, FORM, _fullest())


def hour(instant: datetime) -> str:
    """Return an hour as papers write it, e.g. 8 giờ 00."""
    local = instant.astimezone(ZONE)
    return f"{local.hour} giờ {local.minute:02}"


def weekday(instant: datetime) -> str:
    """Return e.g. thứ Hai."""
    return _WEEKDAYS[instant.astimezone(ZONE).weekday()]


def day(instant: datetime) -> str:
    """Return e.g. ngày 05 tháng 02 năm 2026, but tháng 3."""
    local = instant.astimezone(ZONE)
    month = f"{local.month:02}" if local.month < 3 else str(local.month)
    return f"ngày {local.day:02} tháng {month} năm {local.year}"


def _end(begins_at: datetime, ends_at: datetime) -> str:
    """Return the hour of the end, and its day where that is another."""
    is_same_day = begins_at.astimezone(ZONE).date() == ends_at.astimezone(ZONE).date()
    return hour(ends_at) if is_same_day else f"{hour(ends_at)}, {weekday(ends_at)}, {day(ends_at)}"


def _split(place_name: str) -> tuple[str, str]:
    """Return what kind of place it is, and its name: ("tỉnh", "Điện Biên")."""
    for kind in _COMMITTEES:
        if place_name.lower().startswith(f"{kind} "):
            return kind, place_name[len(kind) + 1 :]
    return "", place_name


def _authority(owner: Owner, place_name: str) -> str:
    kind, name = _split(place_name)
    match owner:
        case Owner.PARTY:
            return f"{_COMMITTEES.get(kind, 'Đảng ủy')} {name}".strip()
        case Owner.COUNCIL:
            return f"Hội đồng nhân dân {place_name}".strip()
        case _:
            return f"Ủy ban nhân dân {place_name}".strip()
