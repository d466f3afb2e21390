"""What people type and paste reaches the database in one form, by whichever way it came."""

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from controller.db.engine import open_engine, reading
from controller.errors import PlaceImportError
from controller.places import place_queries
from controller.places import service as places
from controller.roles import Role
from tests.integration.controller.centre import Centre, meeting_body

FILES = Path(__file__).parents[2] / "data/files"
HEADER = "what,unit_id,parent_id,name\n"


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.glob("title-*.txt")))
async def test_a_title_from_word_or_a_mac_is_kept_and_comes_back_composed(
    centre: Centre, name: str
) -> None:
    office = await centre.sign_in()
    title = (FILES / name).read_text().rstrip("\n")
    made = await office.post("/api/v1/meetings", meeting_body(centre.time, title=title))
    assert made.status_code == 201, made.text
    kept = made.json()["title"]
    assert kept == unicodedata.normalize("NFC", kept)
    assert (kept.isprintable(), len(kept) <= 120) == (True, True)


async def test_a_character_that_is_none_is_named_with_its_place(centre: Centre) -> None:
    office, admin = await centre.sign_in(), await centre.sign_in(Role.ADMIN)
    body = meeting_body(centre.time, title="Họp\u202e giao ban")
    refused = [
        await office.post("/api/v1/meetings", body),
        await admin.post("/api/v1/units", {"unit_id": "u", "name": "Họp\u202e giao ban"}),
    ]
    for answer in refused:
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (422, "invalid_request")
        assert "ký tự thứ 4 (U+202E)" in error["message_vi"]
        assert "U+202E as its character 4" in error["message_en"]


async def test_a_name_typed_in_pieces_is_stored_as_one(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    typed = unicodedata.normalize("NFD", "Xã\u00a0Hoà Bình ")
    made = await admin.post("/api/v1/units", {"unit_id": "hoa-binh", "name": typed})
    assert (made.status_code, made.json()["name"]) == (201, "Xã Hoà Bình")


def test_units_of_several_files_stand_by_the_alphabet(state_url: str) -> None:
    engine = open_engine(state_url, durability="FULL")
    now = datetime.now(UTC)
    for rows in ("unit,t,,Tỉnh\nunit,d,t,Xã Đông\nunit,z,t,Xã Yên\n", "unit,a,t,Xã Dương\n"):
        places.import_file(engine, (HEADER + rows).encode(), now=now)
    places.import_file(engine, "what;unit_id;parent_id;name\nunit;b;t;Xã Ẩn".encode(), now=now)
    with reading(engine) as session:
        names = [unit.name for unit in place_queries.units(session, at=now)]
    assert names == ["Tỉnh", "Xã Ẩn", "Xã Dương", "Xã Đông", "Xã Yên"]
    with pytest.raises(PlaceImportError, match="row 2: name is empty"):
        places.import_file(engine, (HEADER + "unit,c,t,\n").encode(), now=now)
    engine.dispose()
