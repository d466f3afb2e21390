"""Search over the real databases: who finds what."""

from controller.devices.entered import DeviceEntered
from controller.devices.service import PointDevices
from controller.roles import Role
from tests.integration.controller.centre import Centre, meeting_body
from tests.integration.controller.test_machine_page import POINT, tell


async def test_points_meetings_and_people_are_found_by_who_may_see_them(centre: Centre) -> None:
    office, admin = await centre.sign_in(), await centre.sign_in(Role.ADMIN)
    body = meeting_body(centre.time) | {"title": "Phòng, chống rét Đông Xuân"}
    assert (await office.post("/api/v1/meetings", body)).status_code == 201
    points = (await office.get("/parts/search", q="xa b")).text
    assert 'href="/points/p-b"' in points and 'href="/points/p-c"' not in points
    assert "Phòng, chống rét Đông Xuân" in (await office.get("/search", q="chong ret")).text
    assert 'href="/people"' not in (await office.get("/parts/search", q="van phong")).text
    assert 'href="/people"' in (await admin.get("/parts/search", q="van phong")).text
    assert 'data-testid="search-none"' in (await office.get("/search", q="%_<b>" * 40)).text
    assert 'data-testid="search-none"' in (await office.get("/parts/search")).text


async def test_no_title_of_a_secret_meeting_is_found(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    for value in ("confidential", "secret", "top_secret"):
        body = meeting_body(centre.time) | {"title": "Bí mật", "classification": value}
        assert (await admin.post("/api/v1/meetings", body)).status_code == 422
    assert 'data-testid="search-none"' in (await admin.get("/parts/search", q="bi mat")).text


async def test_devices_are_found_and_machines_by_serial_number_by_the_office(
    centre: Centre,
) -> None:
    tell(centre)
    typed = DeviceEntered(name="Switch phòng họp", address="192.168.7.2", community="w")
    centre.web.part(PointDevices).add(POINT, typed, actor="admin")
    office, viewer = await centre.sign_in(), await centre.sign_in(Role.VIEWER)
    for person in (office, viewer):
        for sought in ("phong hop", "192.168.7"):
            assert "Switch phòng họp" in (await person.get("/parts/search", q=sought)).text
    for serial, name in (("mau-pc-77", "Mau N100 Mini"), ("WD-77", "MAU HDD 1TB")):
        assert name in (await office.get("/parts/search", q=serial)).text
        assert name not in (await viewer.get("/parts/search", q=serial)).text


async def test_who_is_not_signed_in_finds_nothing(centre: Centre) -> None:
    person = await centre.sign_in()
    person.client.cookies.clear()
    for path in ("/search", "/parts/search"):
        answer = await person.get(path, q="xa")
        assert answer.status_code in (303, 401) and "Xã B" not in answer.text
