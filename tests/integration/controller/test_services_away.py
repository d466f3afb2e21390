"""The overview says that a relay or the broker is away while no meeting would show it."""

from contracts.ids import RelayId
from controller.meetings.attendance import Attendance
from controller.roles import Role
from tests.integration.controller.centre import Centre

AWAY = "Máy chủ chuyển tiếp relay-1 không có liên lạc"


async def test_a_relay_that_is_away_is_told_until_it_is_back(sqlite_centre: Centre) -> None:
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    attendance = sqlite_centre.web.part(Attendance)
    sqlite_centre.broker.is_connected = True
    assert AWAY in (await viewer.get("/")).text
    attendance.set_online(RelayId("relay-1"), is_online=True)
    assert "service-away" not in (await viewer.get("/")).text
    attendance.set_online(RelayId("relay-1"), is_online=False)
    assert AWAY in (await viewer.get("/parts/overview")).text


async def test_without_the_broker_it_is_the_broker_that_is_named(sqlite_centre: Centre) -> None:
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    page = (await viewer.get("/")).text
    assert "mất liên lạc với máy chủ tin" in page
    assert AWAY not in page
