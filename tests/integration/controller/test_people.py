"""People are administered: what is theirs ends with a change of their rights."""

import asyncio
import threading

import pytest

from contracts.desired import Barred
from controller.db.engine import writing
from controller.errors import Conflict
from controller.people import people_queries
from controller.people.accounts import Accounts
from controller.people.people_queries import MAX_SESSIONS
from controller.people.tables import User
from controller.roles import Role
from controller.web import api_events
from controller.web.signed_in import COOKIE, Standing
from tests.integration.controller.centre import PASSWORD, Centre, Person, meeting_body
from tests.integration.controller.test_api_session import attempt
from tests.integration.controller.test_revocation import documents


async def barred(centre: Centre) -> set[tuple[str, bool]]:
    """Return whom the relay is told to keep out, and whether for good."""
    found: tuple[Barred, ...] = (await documents(centre)).barred or ()
    return {(one.subject, one.until is None) for one in found}


async def with_token(centre: Centre, role: Role) -> Person:
    """Return a person who has been given a media token of a meeting."""
    office, person = await centre.sign_in(), await centre.sign_in(role)
    made = await office.post("/api/v1/meetings", meeting_body(centre.time))
    path = f"/api/v1/meetings/{made.json()['meeting_id']}/token"
    assert (await person.post(path, {"direction": "play"})).status_code == 200
    return person


@pytest.mark.parametrize(
    "change",
    [{"action": "disable"}, {"action": "sign_out"}, {"action": "role", "role": "office"}],
    ids=lambda change: change["action"],
)
async def test_sessions_and_media_end_with_a_change_of_rights(
    centre: Centre, change: dict[str, str]
) -> None:
    admin, viewer = await centre.sign_in(Role.ADMIN), await with_token(centre, Role.VIEWER)
    assert await barred(centre) == set()
    assert (await admin.post("/api/v1/people/viewer", change)).status_code == 204
    assert (await viewer.get("/api/v1/session")).status_code == 401
    assert await barred(centre) == {("viewer", False)}
    may_return = change["action"] != "disable"
    assert await attempt(centre.client(), "viewer") == (200 if may_return else 401)


async def test_signing_out_ends_the_media_too(centre: Centre) -> None:
    viewer = await with_token(centre, Role.VIEWER)
    gone = await viewer.client.delete(
        "/api/v1/session", headers={"x-csrf-token": viewer.csrf_token}
    )
    assert gone.status_code == 204
    assert await barred(centre) == {("viewer", False)}


async def test_media_go_on_for_who_is_signed_in_elsewhere_too(centre: Centre) -> None:
    watching = await with_token(centre, Role.VIEWER)
    other = await centre.sign_in(Role.VIEWER)
    gone = await other.client.delete("/api/v1/session", headers={"x-csrf-token": other.csrf_token})
    assert gone.status_code == 204
    assert await barred(centre) == set()
    token = {"x-csrf-token": watching.csrf_token}
    assert (await watching.client.delete("/api/v1/session", headers=token)).status_code == 204
    assert await barred(centre) == {("viewer", False)}


async def test_of_too_many_sessions_of_a_person_the_oldest_end(centre: Centre) -> None:
    other = await centre.sign_in(Role.OFFICE)
    first, second = await centre.sign_in(Role.VIEWER), await centre.sign_in(Role.VIEWER)
    for _ in range(MAX_SESSIONS - 1):
        last = await centre.sign_in(Role.VIEWER)
    people = (first, second, last, other)
    answers = [await person.get("/api/v1/session") for person in people]
    assert [answer.status_code for answer in answers] == [401, 200, 200, 200]


async def test_the_last_administrator_stays_and_only_administrators_administer(
    centre: Centre,
) -> None:
    admin, office = await centre.sign_in(Role.ADMIN), await centre.sign_in()
    assert (await office.get("/api/v1/people")).status_code == 403
    assert (await office.get("/people")).status_code == 403
    assert (await office.get("/audit")).status_code == 403
    last = await admin.post("/api/v1/people/admin", {"action": "disable"})
    assert (last.status_code, last.json()["error"]["code"]) == (409, "last_administrator")
    down = await admin.post("/api/v1/people/admin", {"action": "role", "role": "viewer"})
    assert down.status_code == 409
    body = {"user_name": "chi.lan", "role": "admin", "password": "mot-mat-khau"}
    assert (await admin.post("/api/v1/people", body)).status_code == 204
    assert (await admin.post("/api/v1/people/admin", {"action": "disable"})).status_code == 204


def test_two_administrators_cannot_demote_each_other_at_once(centre: Centre) -> None:
    accounts, answers = centre.web.part(Accounts), list[str]()
    accounts.add("chi.lan", "", Role.ADMIN, "mot-mat-khau")

    def demote(name: str) -> None:
        try:
            accounts.set_role(name, Role.VIEWER)
        except Conflict as exc:
            answers.append(exc.code)

    other = threading.Thread(target=demote, args=("chi.lan",))
    with writing(centre.web.state) as session:
        assert people_queries.hold_administrators(session) == {"admin", "chi.lan"}
        session.get_one(User, "admin").role = Role.VIEWER.value
        session.flush()
        other.start()
        other.join(timeout=1.0)  # it waits for us, or is done too early
    other.join()
    assert answers == ["last_administrator"]


async def test_everybody_changes_their_own_password_and_is_out_elsewhere(centre: Centre) -> None:
    here, elsewhere = await centre.sign_in(Role.VIEWER), await centre.sign_in(Role.VIEWER)
    wrong = {"old_password": "wrong-one", "new_password": "mat-khau-moi"}
    assert (await here.post("/api/v1/session/password", wrong)).status_code == 401
    right = {"old_password": PASSWORD, "new_password": "mat-khau-moi"}
    assert (await here.post("/api/v1/session/password", right)).status_code == 204
    assert (await here.get("/api/v1/session")).status_code == 200
    assert (await elsewhere.get("/api/v1/session")).status_code == 401
    assert await attempt(centre.client(), "viewer") == 401
    assert await attempt(centre.client(), "viewer", "mat-khau-moi") == 200


async def test_the_page_adds_a_person_and_shows_the_password_once(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    form = {"csrf_token": admin.csrf_token, "user_name": "minh", "role": "office"}
    made = await admin.client.post("/people", data=form)
    assert made.status_code == 200
    assert 'data-testid="new-password"' in made.text
    page = await admin.get("/people")
    assert 'data-testid="person-minh"' in page.text
    assert 'data-testid="new-password"' not in page.text
    act = {"csrf_token": admin.csrf_token, "user_name": "minh", "action": "disable"}
    assert (await admin.client.post("/people/change", data=act)).status_code == 303
    assert 'data-testid="enable-minh"' in (await admin.get("/people")).text


async def test_an_open_stream_ends_with_its_session(
    sqlite_centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_events, "ASK_EVERY_S", 0.05)
    web, viewer = sqlite_centre.web, await sqlite_centre.sign_in(Role.VIEWER)
    token = viewer.client.cookies[COOKIE.https_name]
    events = web.hub.stream("viewer", None, heartbeat_s=0.05)
    stream = api_events.while_standing(lambda: web.part(Standing).stands(token, web.now()), events)
    assert await anext(stream)
    assert await anext(stream)
    web.part(Accounts).sign_out_everywhere("viewer")
    async with asyncio.timeout(5):
        async for _ in stream:
            pass
    assert web.hub.listeners == 0


async def test_what_people_do_is_written_down_and_no_secret_with_it(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    stranger = centre.client("10.0.0.66")
    for _ in range(11):
        await attempt(stranger, "office", "wrong-secret")
    await attempt(centre.client("10.0.0.7"), "office")
    await admin.post("/api/v1/people/viewer", {"action": "disable"})
    page = (await admin.get("/audit")).text
    for shown in ("10.0.0.66", "10.0.0.7", "bị từ chối", "bị chặn tạm thời", "khóa người dùng"):
        assert shown in page
    assert "wrong-secret" not in page
    assert PASSWORD not in page


async def test_who_set_changed_and_cancelled_a_meeting_is_written_down(centre: Centre) -> None:
    admin, office = await centre.sign_in(Role.ADMIN), await centre.sign_in()
    made = await office.post("/api/v1/meetings", meeting_body(centre.time))
    address = f"/api/v1/meetings/{made.json()['meeting_id']}"
    body = meeting_body(centre.time, title="Giao ban sớm")
    changed = await office.client.put(
        address, json=body, headers={"x-csrf-token": office.csrf_token}
    )
    assert changed.status_code == 200
    form = {"csrf_token": office.csrf_token}
    page_address = address.removeprefix("/api/v1")
    assert (await office.client.post(f"{page_address}/cancel", data=form)).status_code == 303
    page = (await admin.get("/audit")).text
    for shown in ("đặt cuộc họp", "sửa cuộc họp", "hủy cuộc họp", f'href="{page_address}"'):
        assert shown in page


async def test_a_wrong_present_password_is_said_to_be_that(centre: Centre) -> None:
    viewer = await centre.sign_in(Role.VIEWER)
    form = {"csrf_token": viewer.csrf_token, "old_password": "wrong-one"}
    form |= {"new_password": "mat-khau-moi", "again": "mat-khau-moi"}
    refused = await viewer.client.post("/account/password", data=form)
    assert (refused.status_code, "Mật khẩu hiện tại chưa đúng" in refused.text) == (401, True)


async def test_a_name_that_is_taken_changes_nobody(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    await centre.sign_in(Role.VIEWER)
    form = {"csrf_token": admin.csrf_token, "user_name": "viewer", "role": "admin"}
    refused = await admin.client.post("/people", data=form)
    assert refused.status_code == 422
    assert "Tên đăng nhập này đã có người dùng" in refused.text
    assert 'data-testid="new-password"' not in refused.text
    assert await attempt(centre.client(), "viewer") == 200
    people = (await admin.get("/api/v1/people")).json()
    assert [one["role"] for one in people if one["user_name"] == "viewer"] == ["viewer"]


async def test_a_person_gets_a_new_password_that_is_shown_once(centre: Centre) -> None:
    admin, viewer = await centre.sign_in(Role.ADMIN), await centre.sign_in(Role.VIEWER)
    form = {"csrf_token": admin.csrf_token, "user_name": "viewer"}
    made = await admin.client.post("/people/password", data=form)
    assert (made.status_code, 'data-testid="new-password"' in made.text) == (200, True)
    assert (await viewer.get("/api/v1/session")).status_code == 401
    assert await attempt(centre.client(), "viewer") == 401
    nobody = await admin.client.post("/people/password", data=form | {"user_name": "nobody"})
    assert (nobody.status_code, 'data-testid="new-password"' in nobody.text) == (404, False)


async def test_adding_a_name_that_is_somebody_s_is_409_and_changes_nothing(centre: Centre) -> None:
    admin, office = await centre.sign_in(Role.ADMIN), await centre.sign_in(Role.OFFICE)
    body = {"user_name": "office", "role": "viewer", "password": "mat-khau-moi"}
    refused = await admin.post("/api/v1/people", body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "name_taken")
    renamed = {"action": "rename", "display_name": "Văn phòng"}
    assert (await admin.post("/api/v1/people/office", renamed)).status_code == 204
    people = {one["user_name"]: one for one in (await admin.get("/api/v1/people")).json()}
    assert (people["office"]["role"], people["office"]["display_name"]) == ("office", "Văn phòng")
    assert (await office.get("/api/v1/meetings")).status_code == 200, "their session stands"
