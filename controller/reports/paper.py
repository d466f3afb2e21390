"""A report as a Word file, in the form of Decree 30/2020/NĐ-CP. In Vietnamese, whoever makes it."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from contracts.local_days import day_of
from controller.papers import service as papers
from controller.papers.form import MOTTO, OfficialForm, PaperGrid, PaperLine, Side
from controller.papers.paper import Paper
from controller.papers.placeholders import Filling, Placeholder
from controller.report_settings import ReportSettings
from controller.reports import names
from controller.reports.book import stamp
from controller.reports.figures import is_reached
from controller.reports.part_tables import part_tables, sums_cells
from controller.reports.point_rows import point_rows
from controller.reports.report import MeetingReport
from controller.web.i18n.catalogue import chosen
from controller.web.i18n.language import Language

_HEAD, _LONGEST, _MOST_ROWS = Side.CENTRE, "W" * 120, 400
_SIGNED = "(Chữ ký, dấu, họ và tên)"
_SUMS = ("ten", "hop", "truc_tuyen", "ty_le", "gio", "luot", "thong_suot")
_UNITS = ("ten", "luot", "gian_doan", "thong_suot", "muon", "vang")
_POINTS = ("ten", "luot", "gian_doan", "thong_suot", "muon", "vang", "nguyen_nhan")
_COUNTS = ("ten", "so")
_LISTS = {
    "thang": _SUMS, "loai": _SUMS, "cap": _SUMS, "chu": _SUMS, "don_vi": _UNITS,
    "diem_cau": _POINTS, "nguyen_nhan": _COUNTS, "ly_do": _COUNTS,
}  # fmt: skip
_FIELDS = (
    "co_quan", "ky", "tu_ngay", "den_ngay", "ngay_cay", "so_lieu", "noi", "ngay_lap",
    "truc_tuyen", "muc_truc_tuyen", "thong_suot", "muc_thong_suot", "gio", "diem_danh", "loai_ra",
)  # fmt: skip


def _grid(of_list: str, first: str, heads: tuple[str, ...], shares: tuple[float, ...]) -> PaperGrid:
    cells = tuple(f"{{{{{of_list}.{name}}}}}" for name in _LISTS[of_list])
    numbers = frozenset(range(1, len(cells) - (of_list == "diem_cau")))
    return PaperGrid((first, *heads), cells, shares, centred=numbers, size=11)


def _sums(of_list: str, first: str) -> PaperGrid:
    heads = ("Cuộc họp", "Trực tuyến", "Tỷ lệ", "Giờ họp", "Lượt điểm cầu", "Thông suốt")
    return _grid(of_list, first, heads, (0.28, 0.12, 0.12, 0.12, 0.12, 0.12, 0.12))


_TURNS = ("Lượt họp", "Gián đoạn", "Thông suốt", "Muộn", "Vắng")
FORM = OfficialForm(
    title="Báo cáo {{ky}}",
    issuer=(
        PaperLine("{{co_quan}}", 13, _HEAD, is_bold=True, is_upper=True, rule=0.4),
        PaperLine("Số: ", 13, _HEAD),
    ),
    motto=(*MOTTO, PaperLine("{{noi}}, {{ngay_lap}}", 14, _HEAD, is_italic=True)),
    body=(
        PaperLine("BÁO CÁO", 14, _HEAD, is_bold=True, before_mm=4),
        PaperLine("Kết quả họp trực tuyến {{ky}}", 14, _HEAD, is_bold=True, rule=0.3),
        PaperLine(
            "Kỳ báo cáo từ {{tu_ngay}} đến {{den_ngay}}; đơn vị theo địa giới ngày {{ngay_cay}}.",
            is_indented=True,
        ),
        PaperLine("{{so_lieu?}}", is_indented=True),
        PaperLine(
            "1. Cuộc họp tổ chức trực tuyến: {{truc_tuyen}}; {{muc_truc_tuyen}}.", is_indented=True
        ),
        PaperLine(
            "2. Lượt điểm cầu thông suốt: {{thong_suot}}; {{muc_thong_suot}}.", is_indented=True
        ),
        PaperLine("{{loai_ra?}}", is_indented=True),
        PaperLine("3. Thời gian họp: {{gio}}. {{diem_danh}}.", is_indented=True),
        PaperLine("4. Theo tháng", is_bold=True, is_indented=True),
        _sums("thang", "Tháng"),
        PaperLine("5. Theo loại cuộc họp", is_bold=True, is_indented=True, before_mm=3),
        _sums("loai", "Loại"),
        PaperLine("6. Theo cấp họp", is_bold=True, is_indented=True, before_mm=3),
        _sums("cap", "Cấp"),
        PaperLine("7. Theo khối", is_bold=True, is_indented=True, before_mm=3),
        _sums("chu", "Khối"),
        PaperLine("8. Nguyên nhân gián đoạn", is_bold=True, is_indented=True, before_mm=3),
        _grid("nguyen_nhan", "Nguyên nhân", ("Số lượt",), (0.7, 0.3)),
        PaperLine("9. Lý do vắng", is_bold=True, is_indented=True, before_mm=3),
        _grid("ly_do", "Lý do", ("Số lượt",), (0.7, 0.3)),
    ),
    recipients=(
        PaperLine("Nơi nhận:", 12, Side.LEFT, is_bold=True, is_italic=True),
        PaperLine("- Lưu: VT.", 11, Side.LEFT),
    ),
    signature=(
        PaperLine("THỦ TRƯỞNG CƠ QUAN", 14, _HEAD, is_bold=True),
        PaperLine(_SIGNED, 13, _HEAD, is_italic=True),
    ),
    annex=(
        PaperLine("PHỤ LỤC", 14, _HEAD, is_bold=True),
        PaperLine("Theo đơn vị", is_bold=True, is_indented=True),
        _grid("don_vi", "Đơn vị", _TURNS, (0.4, 0.12, 0.12, 0.12, 0.12, 0.12)),
        PaperLine("Theo điểm cầu", is_bold=True, is_indented=True, before_mm=3),
        _grid(
            "diem_cau", "Điểm cầu", (*_TURNS, "Nguyên nhân"),
            (0.26, 0.11, 0.11, 0.12, 0.09, 0.09, 0.22),
        ),
    ),
)  # fmt: skip


def as_docx(report: MeetingReport, settings: ReportSettings, place_name: str) -> bytes:
    """Return a report as a Word file; of the same report the same file.

    Raises:
        BadEntry: it would become too long.
        AskedTooOften: others are drawn, one after the other.
    """
    return papers.docx(REPORT, papers.built_in(REPORT), filling(report, settings, place_name))


def filling(report: MeetingReport, settings: ReportSettings, place_name: str) -> Filling:
    """Return what is put into the paper."""
    words, figures = chosen("vi"), report.figures
    whole, turns, period = figures.whole, figures.whole.turns, report.asked.period
    of_branch = report.unit_names.get(report.asked.branch, "")
    made = day_of(stamp(report))
    until = f"Kỳ chưa kết thúc: số liệu đến {words.time(report.until)} ngày {names.day(made)}."
    fields = {
        "co_quan": of_branch or place_name,
        "ky": names.period(words, period),
        "tu_ngay": names.day(period.first_day),
        "den_ngay": names.day(period.last_day),
        "ngay_cay": names.day(report.tree_day),
        "so_lieu": "" if report.is_over else until,
        "noi": place_name,
        "ngay_lap": "ngày … tháng … năm …",
        "truc_tuyen": _share(words, whole.online_share, whole.online, whole.count, "cuộc họp"),
        "muc_truc_tuyen": _aim(words, whole.online_share, settings.online_target_ratio),
        "thong_suot": _share(
            words, turns.uninterrupted_share, turns.uninterrupted, turns.judged, "lượt"
        ),
        "muc_thong_suot": _aim(
            words, turns.uninterrupted_share, settings.uninterrupted_target_ratio
        ),
        "gio": words.duration(whole.held) if whole.held else "0 phút",
        "diem_danh": f"Điểm danh {words.number(whole.rolled)} trên {words.number(whole.count)} "
        f"cuộc họp: có mặt {words.number(turns.present)}, muộn {words.number(turns.late)}, "
        f"cử người dự thay {words.number(turns.substitute)}, vắng {words.number(turns.absent)}",
        "loai_ra": _left_out(words, turns.excluded, turns.unknown),
    }
    months = zip(report.asked.months, figures.months, strict=True)
    return Filling(
        fields,
        {
            "thang": [
                _row(_SUMS, (names.period(words, one), *sums_cells(words, sums)))
                for one, (_, sums) in months
            ],
            **_tables(words, report),
            "diem_cau": [
                _row(_POINTS, (one.name, one.turns, one.cut, one.share, one.late, one.absent,
                               one.causes or "–"))
                for one in point_rows(words, report)
            ],
            "nguyen_nhan": [
                _row(_COUNTS, (names.cause(words, cause), words.number(count)))
                for cause, count in figures.causes
            ],
            "ly_do": [_row(_COUNTS, (why, words.number(count))) for why, count in figures.absences],
        },
    )  # fmt: skip


def _tables(words: Language, report: MeetingReport) -> dict[str, list[Mapping[str, str]]]:
    lists = {"kinds": "loai", "levels": "cap", "owners": "chu", "units": "don_vi"}
    return {
        lists[table.key]: [
            _row(_LISTS[lists[table.key]], (row.name, *row.cells)) for row in table.rows
        ]
        for table in part_tables(words, report)
    }


def _row(columns: Iterable[str], cells: Iterable[str]) -> Mapping[str, str]:
    return dict(zip(columns, cells, strict=True))


def _share(words: Language, share: Fraction | None, count: int, of: int, what: str) -> str:
    if share is None:
        return f"chưa có {what} nào"
    return f"{names.share(words, share)} ({words.number(count)} trên {words.number(of)} {what})"


def _aim(words: Language, share: Fraction | None, target: float) -> str:
    aim = names.aim(words, target) if target == 1 else f"trên {names.aim(words, target)}"
    reached = is_reached(share, Fraction(str(target)))
    said = {True: "đạt", False: "chưa đạt", None: "chưa có số liệu so với"}[reached]
    return f"{said} mục tiêu {aim}"


def _left_out(words: Language, excluded: int, unknown: int) -> str:
    said = [f"{words.number(excluded)} lượt không tính"] if excluded else []
    said += [f"{words.number(unknown)} lượt không rõ"] if unknown else []
    return f"Ngoài tỷ lệ: {', '.join(said)}." if said else ""


def _fullest() -> Filling:
    lists = {
        name: [dict.fromkeys(columns, _LONGEST)] * _MOST_ROWS for name, columns in _LISTS.items()
    }
    return Filling(dict.fromkeys(_FIELDS, _LONGEST), lists)


REPORT = Paper(
    "report",
    "bao-cao",
    (
        *(Placeholder(one, one) for one in _FIELDS),
        *(Placeholder(f"{of}.{one}", one) for of, columns in _LISTS.items() for one in columns),
    ),
    FORM,
    _fullest(),
)
