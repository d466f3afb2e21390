"""A small paper, and Word files that are broken on purpose."""

import io
import zipfile
from collections.abc import Mapping

from controller.papers.form import MOTTO, OfficialForm, PaperGrid, PaperLine, Side
from controller.papers.paper import Paper
from controller.papers.placeholders import Filling, Placeholder

FORM = OfficialForm(
    title="Giấy mời: {{tieu_de}}",
    issuer=(PaperLine("{{co_quan}}", 13, Side.CENTRE, is_bold=True, rule=0.4),),
    motto=MOTTO,
    body=(
        PaperLine("{{tieu_de}}", is_bold=True),
        PaperLine("Thư ký: {{thu_ky?}}", is_indented=True),
        PaperLine("Thời gian: {{thoi_gian}}.", is_indented=True),
    ),
    recipients=(PaperLine("Nơi nhận:", 12, Side.LEFT),),
    signature=(PaperLine("CHỦ TỊCH", 14, Side.CENTRE),),
    annex=(PaperGrid(("STT", "Điểm cầu"), ("{{diem_cau.stt}}", "{{diem_cau.ten}}"), (0.1, 0.9)),),
)
NAMES = ("tieu_de", "co_quan", "thu_ky", "thoi_gian", "diem_cau.stt", "diem_cau.ten")
FIELDS = {"tieu_de": "Hội nghị <b>& {{co_quan}}</b>", "co_quan": "UBND", "thoi_gian": "8 giờ 00"}


def filling(points: int = 170, **fields: str) -> Filling:
    """Return a filling with so many points."""
    listed = [{"stt": str(one), "ten": f"Điểm cầu xã {one}"} for one in range(1, points + 1)]
    return Filling({**FIELDS, **fields}, {"diem_cau": listed})


PAPER = Paper(
    "invitation", "giay-moi", tuple(Placeholder(one, "") for one in NAMES), FORM, filling()
)


def entries(content: bytes) -> dict[str, bytes]:
    """Return what a zip holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        return {one: source.read(one) for one in source.namelist()}


def zipped(of: Mapping[str, bytes]) -> bytes:
    """Return a zip of it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for name, one in of.items():
            target.writestr(name, one)
    return content.getvalue()
