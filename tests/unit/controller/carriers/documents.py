"""A sheet of evidence with as many rows as are wanted, also as a program of its own."""

import hashlib
import sys
from datetime import UTC, datetime

from controller.carriers.book import as_book
from controller.carriers.document import Document, Lasted, Sheet, SheetRow
from controller.carriers.paper import as_pdf

NOW = datetime(2026, 11, 3, 8, tzinfo=UTC)
NAMES = ("Xã Nà Hẩu", "<b>=SUM(A1)</b> & Chế Tạo", "Phường Trung tâm hành chính Khánh Yên Thượng")


def row(place: int, *, seconds: int = 93789) -> SheetRow:
    """Return one row."""
    name = NAMES[place % len(NAMES)]
    return SheetRow(f"k{place}", (name, f"HĐ-{place}", Lasted(seconds), "Bằng chứng; " * 12), "/x")


def document(count: int, carrier: str = "VNPT", *, seconds: int = 93789) -> Document:
    """Return a document of so many rows."""
    columns = ("Điểm cầu", "Hợp đồng", "Kéo dài", "Bằng chứng")
    rows = tuple(row(place, seconds=seconds) for place in range(count))
    sheets = tuple(
        Sheet(key, title, "Ghi chú.", columns, (20, 15, 10, 55), rows, "Không có lần nào.")
        for key, title in (("lines", "Đường truyền"), ("carrier", "Mất kết nối do nhà mạng"))
    )
    head = (("Nhà mạng", carrier), ("Tháng", "10/2026"))
    return Document(f"Bằng chứng: {carrier}", "Bản nháp", head, ("1 – 2 / 3",), sheets)


if __name__ == "__main__":
    one = document(int(sys.argv[1]))
    sys.stdout.write(hashlib.sha256(as_pdf(one) + as_book(one, made_at=NOW)).hexdigest())
