"""Two editions are compared cell by cell, and kept as they were."""

from msgspec.structs import replace

from controller.carriers import document as documents
from controller.carriers.document import MOST_CHANGES, Lasted
from controller.web.i18n.catalogue import chosen
from tests.unit.controller.carriers.documents import document, row

VI = chosen("vi")


def test_what_is_kept_is_opened_as_it_was() -> None:
    one = document(3)
    assert documents.opened(documents.kept(one)) == one
    assert documents.is_same(one, replace(one, edition="Ấn bản 2", changes=("x",)))


def test_a_new_edition_names_what_changed_came_and_went() -> None:
    before, after = document(2), document(2)
    lines, outages = after.sheets
    changed = replace(lines, rows=(row(0, seconds=61), row(1)))
    after = replace(after, sheets=(changed, replace(outages, rows=(row(0), row(5)))))
    about = "Xã Nà Hẩu · HĐ-0"
    assert documents.changes(VI, before, after) == (
        f"Đường truyền · {about} · Kéo dài: trước là 26:03:09, nay là 0:01:01",
        "Mất kết nối do nhà mạng · Phường Trung tâm hành chính Khánh Yên Thượng · HĐ-5: thêm vào",
        "Mất kết nối do nhà mạng · <b>=SUM(A1)</b> & Chế Tạo · HĐ-1: không còn",
    )
    assert not documents.is_same(before, after)


def test_many_changes_are_counted_and_not_all_listed() -> None:
    found = documents.changes(VI, document(40), document(40, seconds=1))
    assert len(found) == MOST_CHANGES + 1
    assert found[-1] == "và 20 thay đổi khác"


def test_a_duration_is_hours_minutes_and_seconds() -> None:
    assert [str(Lasted(seconds)) for seconds in (0, 59, 3600, 100 * 3600 + 61)] == [
        "0:00:00", "0:00:59", "1:00:00", "100:01:01",
    ]  # fmt: skip
