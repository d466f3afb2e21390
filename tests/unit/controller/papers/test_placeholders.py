"""What stands between double braces."""

import pytest

from controller.papers.placeholders import BLANK, Filling, faults, filled, is_left_out, marks

FILLING = Filling({"tieu_de": "Giao ban {{thu_ky}}", "thu_ky": ""}, {})
NAMES = ("tieu_de", "thu_ky", "diem_cau.ten", "muc.ten")


def test_what_is_put_in_is_not_read_again() -> None:
    assert filled("Họp: {{tieu_de}}.", FILLING) == "Họp: Giao ban {{thu_ky}}."


def test_what_is_missing_is_dotted_or_left_out() -> None:
    assert filled("Thư ký: {{thu_ky}}", FILLING) == f"Thư ký: {BLANK}"
    assert is_left_out("Thư ký: {{thu_ky?}}", FILLING, None)
    assert not is_left_out("Thư ký: {{thu_ky?}}", Filling({"thu_ky": "Lò Văn A"}), None)
    assert not is_left_out("Thư ký: {{thu_ky}}", FILLING, None)


@pytest.mark.parametrize("said", ["{{ tieu_de }}", "{{Tieu_de}}", "{{\u00a0TIEU_DE ?}}"])
def test_word_may_write_a_capital_and_its_own_spaces(said: str) -> None:
    assert faults(said, NAMES) == []
    assert marks(said)[0].name == "tieu_de"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{{tieu de}} {{tieu_de}}", ["{{tieu de}}"]),
        ("{{}}", ["{{}}"]),
        ("Họp {{tieu_de", ["Họp {{tieu_de"]),
        ("tieu_de}} họp", ["tieu_de}} họp"]),
        ("{% for one in x %}", ["{% for one in x %}", " one in x %}"]),
        ("{{diem_cau.ten}} {{muc.ten}}", ["{{diem_cau.ten}} {{muc.ten}}"]),
        ("{{__class__}}", ["{{__class__}}"]),
        ("một { ngoặc } thường", []),
    ],
)
def test_what_cannot_be_filled_is_shown_as_it_stands(text: str, wrong: list[str]) -> None:
    assert faults(text, NAMES) == wrong


def test_an_entry_of_a_list_is_filled_by_its_columns() -> None:
    assert filled("{{diem_cau.ten}}", FILLING, {"ten": "Mường Nhé"}) == "Mường Nhé"
    assert filled("{{diem_cau.ten}}", FILLING) == BLANK
