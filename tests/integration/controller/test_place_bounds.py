"""Units lie in no circle and not too deep, numbers of points end: by file and by API alike."""

from datetime import UTC, datetime

import pytest

from contracts.ids import MAX_POINT_NUMBER
from controller.db.engine import open_engine, reading
from controller.errors import PlaceImportError
from controller.places import service as places
from controller.places.timeline import MAX_DEPTH
from controller.roles import Role
from tests.integration.controller.centre import Centre

HEADER = "what,unit_id,parent_id,point_id,number,name\n"


def test_a_file_that_would_put_a_unit_into_itself_changes_nothing(state_url: str) -> None:
    engine, now = open_engine(state_url, durability="FULL"), datetime.now(UTC)
    places.import_file(engine, f"{HEADER}unit,t,,,,Tỉnh\nunit,x,t,,,Xã\n".encode(), now=now)
    with pytest.raises(PlaceImportError, match="row 2: unit t would lie in itself"):
        places.import_file(engine, f"{HEADER}unit,t,x,,,Tỉnh\n".encode(), now=now)
    with reading(engine) as session:
        assert [one.unit.unit_id for one in places.as_of(session, now).tree] == ["t", "x"]
    engine.dispose()


async def test_a_unit_too_deep_is_refused_with_a_sentence(sqlite_centre: Centre) -> None:
    admin, parent = await sqlite_centre.sign_in(Role.ADMIN), None
    for number in range(MAX_DEPTH + 1):
        unit = {"unit_id": f"u-{number}", "parent_id": parent, "name": "U"}
        answer = await admin.post("/api/v1/units", unit)
        assert answer.status_code == (201 if number < MAX_DEPTH else 400), answer.text
        parent = unit["unit_id"]
    assert answer.json()["error"]["code"] == "too_deep"
    assert (await admin.get("/")).status_code == 200


async def test_after_the_highest_number_a_point_needs_one_of_its_own(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    point = {"unit_id": "tinh", "name": "Một", "owner": "council"}
    numbers = {"p-top": MAX_POINT_NUMBER, "p-none": None, "p-own": 300}
    answers = [
        await admin.post("/api/v1/points", {**point, "point_id": name, "number": number})
        for name, number in numbers.items()
    ]
    assert [answer.status_code for answer in answers] == [201, 400, 201]
    assert answers[1].json()["error"]["code"] == "no_number"
    with pytest.raises(PlaceImportError, match="highest number"):
        places.import_file(
            centre.web.state, f"{HEADER}point,tinh,,p-x,,Hai\n".encode(), now=centre.time.now()
        )
