"""What is written in minutes is kept as lines; what cannot be shown is named with its line."""

import pytest

from controller.errors import BadEntry
from controller.meetings.minutes.minutes_text import MinutesText, checked, paragraphs


def test_lines_are_kept_as_paragraphs() -> None:
    kept = checked(MinutesText(" 12/BB ", "a\u00a0b \r\n\r\n\tc\r\n\n", "x\ry"))
    assert kept == MinutesText("12/BB", "a b\n\nc", "x\ny")
    assert paragraphs(kept.content) == ["a b", "c"]
    assert checked(MinutesText()) == MinutesText()
    assert checked(kept) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (MinutesText(content="tốt\nxấu\x00"), "Nội dung, dòng 2"),
        (MinutesText(conclusions="\x1b"), "Kết luận, dòng 1"),
        (MinutesText(content="\n".join("x" * 501)), "501 dòng"),
        (MinutesText(content="\n".join(["x" * 3000] * 14)), "42013 ký tự"),
        (MinutesText(content="x" * 4001), "4001"),
        (MinutesText(number="x" * 61), "Số biên bản"),
    ],
)
def test_what_cannot_be_kept_is_named(typed: MinutesText, said: str) -> None:
    with pytest.raises(BadEntry) as refused:
        checked(typed)
    assert said in refused.value.said_in("vi")
