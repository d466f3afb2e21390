"""Every CSV that the centre offers holds no formula, whatever units and meetings are called."""

import csv
import io
import re
import zipfile
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import update

import controller
from contracts.local_days import day_of
from controller.db.engine import writing
from controller.places.tables import Point, PointPeriod, Unit, UnitPeriod
from controller.roles import Role
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_api_access import routes
from tests.integration.controller.test_machine_page import POINT, tell
from tests.integration.controller.test_meeting_records import ended
from tests.integration.controller.test_meeting_tasks import add

HOSTILE = '=HYPERLINK("http://evil.test","ạ")'
NO_NAMES = {
    "/tree/sample.csv",  # what we wrote ourselves
    "/meetings/{meeting_id}/lines.csv",  # minutes of points by their identifiers
    "/points/{point_id}/series.csv",
    "/points/{point_id}/figures.csv",
    "/points/{point_id}/links.csv",
}
TABLES = (
    *("summary", "months", "kinds", "levels", "owners", "units", "points"),
    *("causes", "meetings", "turns"),
)
BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")


def cells(text: str) -> list[str]:
    """Return what a spreadsheet reads."""
    table = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    return [cell for row in table for cell in row]


def is_formula(cell: str) -> bool:
    return cell.startswith(BEGINS) and re.fullmatch(r"-?[0-9.]+(e[+-]?[0-9]+)?", cell) is None


async def test_no_table_holds_a_formula_whatever_things_are_called(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    tell(centre)
    with writing(centre.web.state) as session:
        for table in (Unit, UnitPeriod, Point, PointPeriod):
            session.execute(update(table).values(name=HOSTILE))
    office = await centre.sign_in(Role.OFFICE)
    meeting_id, began_at = await ended(centre, office, title=HOSTILE)
    await add(office, meeting_id, text=HOSTILE, owner=HOSTILE)
    query = {"point": POINT, "period": f"{day_of(began_at):%Y-%m}"}
    book = (await office.get("/reports/report.xlsx", **query)).content
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        sheets = [name for name in opened.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == len(TABLES)
    app = centre.transport.app
    assert isinstance(app, FastAPI)
    offered = [route.path for route in routes(app) if route.path.endswith(".csv")]
    assert set(offered) > NO_NAMES
    guarded, wrong = set(), []
    for path in offered:
        filled = path.replace("{point_id}", POINT).replace("{meeting_id}", meeting_id)
        for address in {filled.replace("{table}", one) for one in TABLES}:
            answer = await office.get(address, **query)
            if answer.status_code == 404 and path in NO_NAMES:
                continue  # nothing was measured
            assert answer.status_code == 200, address
            assert answer.headers["content-type"] == "text/csv; charset=utf-8", address
            found = cells(answer.text)
            wrong += [(address, one) for one in found if is_formula(one)]
            guarded |= {path for one in found if one.startswith(f"'{HOSTILE}")}
    assert wrong == []
    assert guarded == set(offered) - NO_NAMES


def test_csv_is_written_and_offered_in_one_place_each() -> None:
    """The type that csv_download asks for is made by spreadsheet.as_csv alone."""
    folder = Path(controller.__file__).parent
    sources = {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.py")
    }

    def having(pattern: str) -> set[str]:
        return {name for name, text in sources.items() if re.search(pattern, text)}

    assert having(r"text/csv") == {"web/download.py"}
    assert having(r"\bcsv\.(writer|DictWriter)\b") == {"spreadsheet.py", "health/series_export.py"}
    assert having(r"\bGuardedCsv\(") == {"spreadsheet.py"}
    assert "harmless(" in sources["health/series_export.py"]
