"""A table of contracts, as a spreadsheet saves it, read into what a form would have. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.text import plain
from controller.carriers.entered import TermsEntered
from controller.places import place_file

COLUMNS = (
    "point_id", "carrier", "number", "down_mbps", "up_mbps", "availability_percent",
    "repair_hours", "begins_on", "ends_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ContractRow:
    """One row; `place` says where, `carrier` is its name."""

    place: str
    carrier: str
    typed: TermsEntered


def rows(content: bytes) -> Iterator[ContractRow]:
    """Give the rows of a file.

    Raises:
        BadPlaces: it is no such table.
    """
    for row in place_file.opened(content, COLUMNS).rows:
        cells = [plain(str(row.cells.get(name, ""))) for name in COLUMNS]
        point, carrier, number, down, up, promised, repair, begins_on, ends_on = cells
        yield ContractRow(
            row.place,
            carrier,
            TermsEntered(point, "", number, down, up, promised, repair, begins_on, ends_on),
        )
