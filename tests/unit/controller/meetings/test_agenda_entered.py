"""What is typed as an agenda, row by row, and what of it is refused."""

import pytest

from controller.errors import BadEntry
from controller.meetings import agenda_entered
from controller.meetings.agenda import MAX_ITEMS, AgendaItem
from controller.meetings.agenda_entered import AgendaTyped


def test_blank_rows_are_left_out_and_the_rest_stays_in_order() -> None:
    rows = agenda_entered.typed(["Khai mạc", " ", "Kết luận"], ["10", "15", "5"], ["", "", "Hải"])
    assert agenda_entered.read(rows) == (
        AgendaItem("Khai mạc", 10),
        AgendaItem("Kết luận", 5, "Hải"),
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (AgendaTyped("Họp", "0"), "Mục 1"),
        (AgendaTyped("Họp", "481"), "số phút"),
        (AgendaTyped("Họp", "mười"), "số phút"),
        (AgendaTyped("", "10", "Xã B"), "Nội dung mục chương trình"),
        (AgendaTyped("x" * 201, "10"), "Nội dung mục chương trình"),
        (AgendaTyped("Họp", "10", "y" * 81), "Người trình bày"),
        (AgendaTyped("a\x00b", "10"), "Nội dung mục chương trình"),
    ],
)
def test_what_is_no_item_is_refused_with_its_place(row: AgendaTyped, said: str) -> None:
    with pytest.raises(BadEntry) as caught:
        agenda_entered.read([row])
    assert said in caught.value.message_vi


def test_there_is_room_for_so_many() -> None:
    many = ["Mục"] * (MAX_ITEMS + 5)
    rows = agenda_entered.typed(many, ["5"] * len(many), [""] * len(many))
    assert len(rows) == MAX_ITEMS + 1
    with pytest.raises(BadEntry, match="30"):
        agenda_entered.read(rows)
    assert len(agenda_entered.read(rows[:-1])) == MAX_ITEMS
