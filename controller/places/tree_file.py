"""The tree as a file that can be imported again without a change, and a sample of one."""

from collections.abc import Mapping, Sequence

from controller import spreadsheet
from controller.places.place_file import COLUMNS, NAMES_VI
from controller.places.tables import Point
from controller.places.tree import Branch
from controller.spreadsheet import Cell

_SAMPLE: tuple[tuple[Cell, ...], ...] = (
    ("đơn vị", "tinh", "", "", "", "Tỉnh Mẫu", "tỉnh", "UBND", 0, "", ""),
    ("đơn vị", "xa-dong", "tinh", "", "", "Xã Đông", "xã", "UBND", 1, "", ""),
    ("điểm cầu", "tinh", "", "pt-tinh", 1, "Văn phòng UBND tỉnh", "", "UBND", "", "21,0285",
     "105,8542"),
    ("điểm cầu", "xa-dong", "", "pt-xa-dong", 2, "Xã Đông", "", "UBND", "", "", ""),
)  # fmt: skip


def as_csv(tree: Sequence[Branch]) -> spreadsheet.GuardedCsv:
    """Return units and points as CSV, each unit's points after it."""
    return spreadsheet.as_csv(COLUMNS, _rows(tree))


def as_document(tree: Sequence[Branch]) -> dict[str, list[dict[str, object]]]:
    """Return units and points as the JSON that is taken."""
    units: list[dict[str, object]] = [
        {
            "unit_id": one.unit.unit_id,
            "parent_id": one.unit.parent_id or "",
            "name": one.unit.name,
            "kind": one.unit.kind,
            "owner": one.unit.owner,
            "position": one.unit.position,
        }
        for one in tree
    ]
    return {"units": units, "points": [_document(of) for one in tree for of in one.points]}


def sample() -> spreadsheet.GuardedCsv:
    """Return a sample, with the names of the columns in Vietnamese."""
    return spreadsheet.as_csv([NAMES_VI[one] for one in COLUMNS], _SAMPLE)


def _document(point: Point) -> dict[str, object]:
    found: dict[str, object] = {
        "point_id": point.point_id,
        "number": point.number,
        "unit_id": point.unit_id,
        "name": point.name,
        "owner": point.owner,
    }
    found.update(_placed(point))
    return found


def _placed(point: Point) -> Mapping[str, object]:
    if point.latitude is None or point.longitude is None:
        return {}
    return {"latitude": str(point.latitude), "longitude": str(point.longitude)}


def _rows(tree: Sequence[Branch]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for one in tree:
        unit = one.unit
        rows.append(
            ("unit", unit.unit_id, unit.parent_id or "", "", "", unit.name, unit.kind, unit.owner,
             unit.position, "", "")
        )  # fmt: skip
        rows += [
            ("point", of.unit_id, "", of.point_id, of.number, of.name, "", of.owner, "",
             _degrees(of.latitude), _degrees(of.longitude))
            for of in one.points
        ]  # fmt: skip
    return rows


def _degrees(value: float | None) -> str:
    # No formula's sign at its beginning: the mark before it would be taken off again.
    return "" if value is None else str(value)
