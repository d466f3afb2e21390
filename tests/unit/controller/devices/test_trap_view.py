"""What devices said unasked, in sentences."""

from datetime import UTC, datetime

import pytest

from controller.devices.trap_view import KeptTrap, rows
from controller.web.i18n.catalogue import chosen

NOW = datetime(2026, 11, 27, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "index", "name", "begins"),
    [
        ("link_down", 9, "Gi1/0/9", "Cổng Gi1/0/9 không còn"),
        ("link_down", 9, None, "Cổng 9 không còn"),
        ("link_up", 9, None, "Cổng 9 đã có"),
        ("link_down", None, None, "Một cổng không còn"),
        ("link_up", None, None, "Một cổng đã có"),
    ],
)
def test_a_link_is_named_as_far_as_the_device_says(
    kind: str, index: int | None, name: str | None, begins: str
) -> None:
    trap = KeptTrap("1", NOW, "sw01", kind, "1.3", index, name, None, 1)
    [row] = rows(chosen("vi"), NOW, [trap], [], None)
    assert row.sentence.startswith(begins)
