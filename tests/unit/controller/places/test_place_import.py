"""Files of units and points: taken as a whole, or refused with the row and the reason."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.places.place_file import BadPlaces, opened
from controller.places.place_import import (
    MAX_PROBLEMS,
    Places,
    PointRow,
    UnitRow,
    judged,
)
from controller.places.timeline import MAX_DEPTH

FILES = Path(__file__).parents[3] / "data/files"
UNIT = {"unit_id": "tinh", "name": "Tỉnh"}
CHILD = {"unit_id": "xa-a", "parent_id": "tinh", "name": "Xã A", "owner": "council"}
POINT = {"point_id": "p-a", "unit_id": "xa-a", "name": "Xã A", "number": 7}
HEADER = "what,unit_id,parent_id,point_id,number,name,owner\n"


def parsed(content: str | bytes, known_units: Mapping[str, str | None] = {}) -> Places:
    data = content.encode() if isinstance(content, str) else content
    return judged(opened(data).rows, known_units=known_units)


def test_json_and_csv_say_the_same_and_parents_come_first() -> None:
    as_json = json.dumps({"units": [CHILD, UNIT], "points": [POINT]})
    as_csv = (
        f"\ufeff{HEADER}"
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


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("places-comma-ok.csv", "UTF-8, commas"),
        ("places-excel-vi-semicolon.csv", "UTF-8, semicolons"),
        ("places-excel-sep-line.csv", "UTF-8, commas"),
        ("places-utf16-tab.txt", "UTF-16, tabs"),
        ("places-number-float.csv", "UTF-8, commas"),
        ("places-nbsp.csv", "UTF-8, commas"),
    ],
)
def test_a_table_is_read_however_it_was_saved(name: str, read_as: str) -> None:
    content = (FILES / name).read_bytes()
    assert opened(content).read_as == read_as
    assert parsed(content) == Places(
        (
            UnitRow("tinh", None, "UBND tỉnh", "", "people_committee"),
            UnitRow("xa-hoa-binh", "tinh", "Xã Hoà Bình", "", "people_committee"),
        ),
        (PointRow("p-hoa-binh", 17, "xa-hoa-binh", "Điểm cầu Hoà Bình", "people_committee"),),
    )


def test_json_may_begin_with_a_mark() -> None:
    content = (FILES / "places-bom.json").read_bytes()
    assert opened(content).read_as == "UTF-8, JSON"
    assert [unit.name for unit in parsed(content).units] == ["UBND tỉnh"]


def test_the_old_code_page_is_read_and_its_lost_letters_are_told() -> None:
    text = HEADER + "unit,xa-a,,,,Xã Hoà Bình – Điê\u0309m câ\u0300u,\r\n"
    decomposed = text.replace("ã", "a\u0303").replace("ì", "i\u0300")
    content = decomposed.encode("cp1258")
    assert opened(content).read_as == "windows-1258, commas"
    assert [unit.name for unit in parsed(content).units] == ["Xã Hoà Bình – Điểm cầu"]
    with pytest.raises(BadPlaces) as caught:
        parsed((FILES / "places-cp1258.csv").read_bytes())
    assert str(caught.value) == (
        "Dòng 4: cột name có ký tự thứ 4 (“?”) không dùng được / "
        "row 4: name has “?” as its character 4, which stands where a letter was lost"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file: is empty"),
        (b"\xef\xbb\xbf \r\n", "the file: is empty"),
        (b"PK\x03\x04...", "the file: is a workbook; save it as CSV UTF-8"),
        ("what,".encode("utf-16-le"), "the file: holds NUL characters, so it is no text"),
        (b"\xff\xfea", "the file: begins as UTF-16 and does not go on so"),
        ((HEADER + "unit,a,,,,Bình,").encode("cp1252"), "line 2: its character 12 is neither"),
        ("unit,tinh,,,,Tỉnh,\n", "row 1: must name the columns (what, unit_id,"),
        ("what;name;name\n", "row 1: names the column name twice"),
        (HEADER + "\n,,,,,,\nunit,a,,,,A,,more\n", "row 4: has 8 cells, and row 1 names 7"),
        (HEADER + 'unit,a,,,,"A\nB",\n', "row 2: name has line break as its character 2, which"),
        (HEADER + 'unit,a,,,,"A" B,\n', "row 2: is not CSV"),
        (HEADER + "unit,Tinh,,,,A,\n", "not “T” as character 1"),
        (HEADER + "village,a,,,,A,\n", "row 2: what is “village”, expected unit or point"),
        (HEADER + "unit,a,,,,,\n", "row 2: name is empty"),
        (HEADER + "point,a,,p,1.000,A,\n", "row 2: number is “1.000”, = 1000 or 1?"),
        (HEADER + "point,a,,p,0000019999999,A,\n", "expected a whole number 1 to 65535"),
        (HEADER + f"point,a,,p,{'9' * 5000},A,\n", "row 2: number has 5000 characters"),
        (HEADER + "point,a,,p,٣,A,\n", "row 2: number is “٣”, expected a whole number"),
    ],
)
def test_a_refusal_names_row_field_and_character(content: str | bytes, said: str) -> None:
    with pytest.raises(BadPlaces) as caught:
        parsed(content)
    assert said in str(caught.value)


def test_a_known_unit_may_be_a_parent() -> None:
    text = json.dumps({"units": [CHILD]})
    assert parsed(text, {"tinh": None}).units[0].parent_id == "tinh"


def test_no_unit_comes_to_lie_in_itself_by_way_of_one_that_is_there() -> None:
    moved = json.dumps({"units": [{**UNIT, "parent_id": "xa-a"}]})
    with pytest.raises(BadPlaces, match="unit 1: unit tinh would lie in itself"):
        parsed(moved, {"tinh": None, "xa-a": "tinh"})


def chain(length: int, top: str | None = None) -> str:
    parents = [top, *(f"u-{number}" for number in range(length - 1))]
    units = [
        {"unit_id": f"u-{number}", "parent_id": parent, "name": "U"}
        for number, parent in enumerate(parents)
    ]
    return json.dumps({"units": units[::-1]})


def test_units_lie_no_deeper_than_pages_can_show() -> None:
    assert len(parsed(chain(MAX_DEPTH)).units) == MAX_DEPTH
    for too_deep in (chain(MAX_DEPTH + 1), chain(20_000), chain(MAX_DEPTH, "tinh")):
        with pytest.raises(BadPlaces, match="more than 15"):
            parsed(too_deep, {"tinh": None})


@pytest.mark.parametrize(
    ("units", "points", "reason"),
    [
        ([{**UNIT, "unit_id": "Tỉnh"}], [], "unit 1: unit_id is “Tỉnh”, expected up to 40 lower"),
        ([UNIT, UNIT], [], "unit 2: unit tinh is there twice"),
        ([{**UNIT, "parent_id": "tinh"}], [], "form a circle"),
        ([CHILD], [], "unknown or form a circle"),
        ([{**UNIT, "owner": "king"}], [], "expected one of"),
        ([{**UNIT, "name": "a\nb"}], [], "unit 1: name has line break as its character 2"),
        ([{**UNIT, "name": {"vi": "Tỉnh"}}], [], "unit 1: name is {'vi': 'Tỉnh'}, expected text"),
        ([UNIT, CHILD], [{**POINT, "number": 70_000}], "1 to 65535"),
        ([UNIT, CHILD], [{**POINT, "number": True}], "1 to 65535"),
        ([UNIT, CHILD], [{**POINT, "point_id": "relay-9"}], "may not begin"),
        ([UNIT], [POINT], "unit xa-a of point p-a is unknown"),
        ([UNIT, CHILD], [POINT, {**POINT, "point_id": "p-b"}], "its number is there twice"),
    ],
)
def test_what_is_wrong_is_said(
    units: list[Mapping[str, object]], points: list[Mapping[str, object]], reason: str
) -> None:
    with pytest.raises(BadPlaces) as caught:
        parsed(json.dumps({"units": units, "points": points}))
    assert reason in str(caught.value)


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.text().map(lambda text: f"{{{text}".encode())
    | st.text().map(lambda text: f"what;{text}\nunit;{text}".encode("utf-16"))
)
def test_any_bytes_are_a_file_or_refused(content: bytes) -> None:
    try:
        places = parsed(content)
    except BadPlaces as exc:
        assert exc.problems
    else:
        assert isinstance(places.units, tuple)


def test_every_mistake_is_told_at_once_the_vietnamese_first() -> None:
    rows = [
        "what,unit_id,parent_id,point_id,number,name,owner",
        "unit,tinh,,,,Tỉnh,",
        "unit,Xã A,tinh,,,,nobody",
        "",
        "point,tinh,,p-a,0,Xã\x07A,",
        "point,xa-b,,p-a,1,Xã B,",
    ]
    with pytest.raises(BadPlaces) as caught:
        parsed("\n".join(rows).encode())
    told = [(one.place, one.en.split()[0]) for one in caught.value.problems]
    assert told == [
        ("row 3", "unit_id"),
        ("row 3", "name"),
        ("row 3", "owner"),
        ("row 5", "number"),
        ("row 5", "name"),
        ("row 6", "unit"),
        ("row 6", "point"),
    ]
    lines = str(caught.value).split("\n")
    assert lines[0].startswith("Dòng 3: cột unit_id ghi “Xã A”")
    assert "ký tự 1 / row 3: unit_id is “Xã A”" in lines[0]
    assert "ký tự thứ 3 (U+0007)" in lines[4]


def test_no_more_mistakes_are_told_than_anybody_reads() -> None:
    rows = ["what,unit_id,name", *(f"unit,u{number}," for number in range(MAX_PROBLEMS + 10))]
    with pytest.raises(BadPlaces) as caught:
        parsed("\n".join(rows).encode())
    assert len(caught.value.problems) == MAX_PROBLEMS
