"""Contact cards as they are typed."""

import pytest

from controller.contacts.card_entered import CardEntered, ContactRole, dialled, phone, taken
from controller.errors import BadEntry


def test_what_counts_is_kept_as_it_was_written() -> None:
    typed = CardEntered("clerk", "  Nguyễn Thị  Hoa ", "+84 (28) 38.22-1234", "Hoa@tinh.gov.vn")
    found = taken(typed)
    assert found.role is ContactRole.CLERK
    assert (found.name, found.phone) == ("Nguyễn Thị  Hoa", "+84 (28) 38.22-1234")
    assert found.email == "Hoa@tinh.gov.vn"
    assert dialled(found.phone) == "+842838221234"


@pytest.mark.parametrize(
    "typed",
    [
        CardEntered("boss", "Hoa", "0912345678"),
        CardEntered("clerk", "", "0912345678"),
        CardEntered("clerk", "Hoa\nBcc: x@y.vn", "0912345678"),
        CardEntered("clerk", "H" * 61, "0912345678"),
        CardEntered("clerk", "Hoa"),
        CardEntered("clerk", "Hoa", "javascript:alert(1)"),
        CardEntered("clerk", "Hoa", "12"),
        CardEntered("clerk", "Hoa", email="hoa@tinh.gov.vn\r\nBcc: x@y.vn"),
        CardEntered("clerk", "Hoa", email="a@b, c@d.vn"),
        CardEntered("clerk", "Hoa", email="no-address"),
    ],
)
def test_what_reaches_nobody_or_says_more_is_refused(typed: CardEntered) -> None:
    with pytest.raises(BadEntry):
        taken(typed)


@pytest.mark.parametrize("typed", ["0912 345 678", "1022", "(028) 3822 1234", ""])
def test_numbers_as_people_write_them(typed: str) -> None:
    assert phone(typed) == typed
