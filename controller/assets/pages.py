"""The asset register, for the office: a page, and the same as a file."""

from fastapi import APIRouter, Response

from contracts.local_days import day_of
from controller import spreadsheet
from controller.assets import register, view
from controller.assets.register import Asset, Said
from controller.devices import batteries
from controller.errors import NotFound
from controller.health import service as health
from controller.places import service as places
from controller.places.service import PlacesNow
from controller.web.download import csv_download, download
from controller.web.page_request import AskedByOffice, PageRequest

router = APIRouter(include_in_schema=False)


@router.get("/assets")
def shown(asked: AskedByOffice, unit: str = "") -> Response:
    """Show the machines of all points, or of a unit's."""
    known = places.as_of(asked.state, asked.now)
    found = _assets(asked, known, unit)
    shown_view = view.view(asked.words, known.tree, found, unit)
    return asked.page("assets/assets.html", "points", view=shown_view)


@router.get("/assets.csv")
def as_csv(asked: AskedByOffice, unit: str = "") -> Response:
    """Return the register as CSV."""
    columns, rows = _table(asked, unit)
    return csv_download(spreadsheet.as_csv(columns, rows), f"{_name(asked)}.csv")


@router.get("/assets.xlsx")
def as_xlsx(asked: AskedByOffice, unit: str = "") -> Response:
    """Return the register as a workbook."""
    columns, rows = _table(asked, unit)
    title = asked.words.gettext("Asset register")
    content = spreadsheet.as_xlsx(title, columns, rows, made_at=asked.now)
    return download(content, f"{_name(asked)}.xlsx", spreadsheet.XLSX)


def _table(asked: PageRequest, unit: str) -> tuple[list[str], list[tuple[spreadsheet.Cell, ...]]]:
    found = _assets(asked, places.as_of(asked.state, asked.now), unit)
    columns = [asked.words.gettext(name) for name in register.COLUMNS]
    return columns, register.table(asked.words, found, asked.now)


def _assets(asked: PageRequest, known: PlacesNow, unit: str) -> list[Asset]:
    if unit and unit not in {one.unit_id for one in known.units}:
        raise NotFound("đơn vị", "unit")
    said = Said(
        health.inventories(asked.series),
        health.plugged_screens(asked.series),
        health.first_seen(asked.series),
        batteries.of_points(asked.state),
    )
    return register.assets(known.tree, said, below=unit)


def _name(asked: PageRequest) -> str:
    return f"tai-san-{day_of(asked.now).isoformat()}"
