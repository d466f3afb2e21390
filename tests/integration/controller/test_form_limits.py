"""A form has so many fields and no files, whoever asks and whatever reads it first."""

import pytest

from controller.roles import Role
from controller.web.forms import MAX_FIELDS
from tests.integration.controller.centre import Centre

UNIT = {"unit_id": "xa-moi", "name": "Xã Mới", "owner": "people_committee", "parent_id": "tinh"}


@pytest.mark.parametrize("is_signed_in", [True, False])
async def test_a_form_with_files_or_too_many_fields_is_refused(
    sqlite_centre: Centre, is_signed_in: bool
) -> None:
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    client = admin.client if is_signed_in else sqlite_centre.client()
    path = "/points/units" if is_signed_in else "/sign-in"
    fields = UNIT | {"csrf_token": admin.csrf_token}
    files = [("file", (f"{number}.txt", b"x")) for number in range(2)]
    answer = await client.post(path, data=fields, files=files)
    assert answer.status_code == 400, answer.text
    many = fields | {f"f{number}": "x" for number in range(MAX_FIELDS)}
    assert (await client.post(path, data=many)).status_code == 400


async def test_an_ordinary_form_is_read(sqlite_centre: Centre) -> None:
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    fields = UNIT | {"csrf_token": admin.csrf_token}
    answer = await admin.client.post("/points/units", data=fields)
    assert answer.status_code in (200, 303), answer.text
