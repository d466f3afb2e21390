"""Files of units and points: taken as a whole, or refused with the row and the reason."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.places.place_import import BadPlaces, PointRow, UnitRow, parsed

UNIT = {"unit_id": "tinh", "name": "Tỉnh"}
CHILD = {"unit_id": "xa-a", "parent_id": "tinh", "name": "Xã A", "owner": "council"}
POINT = {"point_id": "p-a", "unit_id": "xa-a", "name": "Xã A", "number": 7}


def test_json_and_csv_say_the_same_and_parents_come_first() -> None:
    as_json = json.dumps({"units": [CHILD, UNIT], "points": [POINT]})
    as_csv = (
        "\ufeffwhat,unit_id,parent_id,point_id,number,name,owner\n"
        "unit,xa-a,tinh,,,Xã A,council\n"
        "unit,tinh,,,,Tỉnh,\n"
        "point,xa-a,,p-a,7,Xã A,\n"
    )
    expected_units = (
        UnitRow("tinh", None, "Tỉnh", "", "people_committee"),
        UnitRow("xa-a", "tinh", "Xã A", "", "council"),
    )
    expected_points = (PointRow("p-a", 7, "xa-a", "Xã A", "people_committee"),)
    for text in (as_json, as_csv):
        places = parsed(text)
        assert (places.units, places.points) == (expected_units, expected_points)


def test_a_known_unit_may_be_a_parent() -> None:
    text = json.dumps({"units": [CHILD]})
    assert parsed(text, known_units=frozenset({"tinh"})).units[0].parent_id == "tinh"


@pytest.mark.parametrize(
    ("units", "points", "reason"),
    [
        ([{**UNIT, "unit_id": "Tỉnh"}], [], "lower-case letters"),
        ([UNIT, UNIT], [], "there twice"),
        ([{**UNIT, "parent_id": "tinh"}], [], "form a circle"),
        ([CHILD], [], "unknown or form a circle"),
        ([{**UNIT, "owner": "king"}], [], "expected one of"),
        ([{**UNIT, "name": "a\nb"}], [], "printable"),
        ([UNIT, CHILD], [{**POINT, "number": 70_000}], "1 to 65535"),
        ([UNIT, CHILD], [{**POINT, "point_id": "relay-9"}], "may not begin"),
        ([UNIT], [POINT], "unit xa-a of point p-a is unknown"),
        ([UNIT, CHILD], [POINT, {**POINT, "point_id": "p-b"}], "its number is there twice"),
    ],
)
def test_what_is_wrong_is_said(
    units: list[dict[str, object]], points: list[dict[str, object]], reason: str
) -> None:
    with pytest.raises(BadPlaces, match=reason):
        parsed(json.dumps({"units": units, "points": points}))


@given(st.text() | st.text().map(lambda text: "{" + text))
def test_any_text_is_a_file_or_refused(text: str) -> None:
    try:
        places = parsed(text)
    except BadPlaces as exc:
        assert exc.line >= 0
    else:
        assert isinstance(places.units, tuple)
