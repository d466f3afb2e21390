"""Wherever people are shown they are called by their names, not by what they sign in with."""

from datetime import timedelta

from fastapi.routing import APIRoute
from sqlmodel import select

from controller.db.engine import reading
from controller.incidents.channels import AlertChannels
from controller.incidents.tables import IncidentRow
from controller.people import web_sessions
from controller.people.accounts import Accounts
from controller.roles import Role
from controller.web import csrf
from controller.web.signed_in import COOKIE
from tests.integration.controller.centre import PASSWORD, Centre, Person, meeting_body
from tests.integration.controller.test_api_access import flat
from tests.integration.controller.test_duty import falls
from tests.integration.controller.test_incidents import MAIL, Happening
from tests.integration.controller.test_maintenance import declared

SIGNS_IN, CALLED = "zq.lan.84", "Trần Thị <Lan>"
SHOWN = "Trần Thị &lt;Lan&gt;"
# There accounts are what it is about; the name stands beside them.
OF_ACCOUNTS = ("/people", "/audit", "/approvers")


def known(centre: Centre) -> Person:
    """Return somebody signed in who has a name beside the one they sign in with."""
    web = centre.web
    web.part(Accounts).add(SIGNS_IN, CALLED, Role.ADMIN, PASSWORD)
    token = web_sessions.begin_session(web.state, web.settings.web, SIGNS_IN, now=web.now())
    client = centre.client()
    client.cookies.set(COOKIE.https_name, token)
    return Person(client, csrf.token_for(token))


def addresses(centre: Centre, **named: str) -> list[str]:
    """Return every page and part that there is, of what is named."""
    found = []
    for route in flat(centre.transport.app.routes):  # type: ignore[attr-defined]
        if not isinstance(route, APIRoute) or "GET" not in (route.methods or ()):
            continue
        wanted = set(route.param_convertors)
        if wanted <= set(named) and not route.path.startswith("/api/"):
            found.append(route.path.format(**named))
    return found


async def test_no_page_says_what_somebody_signs_in_with_who_has_a_name(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    centre.web.part(AlertChannels).add(MAIL, actor=SIGNS_IN)
    person, happening = known(centre), Happening(centre)
    csrf_token = {"csrf_token": person.csrf_token}
    falls(happening, "p-b")
    with reading(centre.web.state) as session:
        [number] = session.exec(select(IncidentRow.number))
    path = f"/incidents/{number}"
    noted = csrf_token | {"text": "Đã gọi nhà mạng"}
    assert (await person.client.post(f"{path}/acknowledge", data=csrf_token)).status_code == 303
    assert (await person.client.post(f"{path}/note", data=noted)).status_code == 303
    sent = {"scope": "point", "subject_id": "p-c", "reason": "Thay bộ lưu điện"}
    now = centre.time.now()
    times = {"begins_at": (now - timedelta(hours=1)).isoformat(),
             "ends_at": (now + timedelta(hours=2)).isoformat()}  # fmt: skip
    maintenance_id = await declared(person, sent | times)
    made = await person.post("/api/v1/meetings", meeting_body(centre.time))
    assert made.status_code == 201
    screen = csrf_token | {"name": "Phòng trực"}
    assert (await person.client.post("/wall/screens", data=screen)).status_code == 200
    named = {"number": str(number), "maintenance_id": maintenance_id, "point_id": "p-c",
             "meeting_id": made.json()["meeting_id"]}  # fmt: skip
    pages = addresses(centre, **named)
    assert {path, f"/maintenance/{maintenance_id}", "/wall", "/points/p-c"} <= set(pages)
    told, calls = {}, set()
    for address in pages:
        happening.listens()  # all this while: who is not listened to is not known to be down
        text = (await person.get(address)).text
        frame = text.index('id="main"') if 'id="main"' in text else 0
        if SHOWN in text[frame:]:
            calls.add(address)
        if SIGNS_IN in text and not address.removeprefix("/parts").startswith(OF_ACCOUNTS):
            told[address] = text[text.index(SIGNS_IN) - 60 :][:120]
    assert told == {}
    expected = {path, "/incidents", "/maintenance", f"/maintenance/{maintenance_id}",
                "/points/p-c", "/audit", "/wall", "/wall/screens"}  # fmt: skip
    assert expected <= calls
    found = (await person.get("/audit", who="thị <lan")).text
    assert f'{SHOWN}<span class="second">{SIGNS_IN}</span>' in found
    assert "Không có mục nào" not in found
