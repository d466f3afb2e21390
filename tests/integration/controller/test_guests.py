"""A guest's link: made, opened, withdrawn; what it lets into, and what it does not."""

import asyncio
import re
from datetime import timedelta

import pytest
import structlog
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import text
from sqlmodel import select

from contracts import tokens
from contracts.desired import Barred, Live
from contracts.floor import FloorState
from contracts.ids import MeetingId, RelayId
from contracts.participants import ParticipantKind
from contracts.relay import Attendee, MeetingState, RelayState
from controller import retention
from controller.db.engine import reading
from controller.dispatch.changes import Pending
from controller.dispatch.planning import MeetingPlanner
from controller.link_limits import ASKED_AT_ONCE, WRONG_AT_ONCE
from controller.meetings.attendance import Attendance
from controller.meetings.guests import api
from controller.meetings.guests.links import MAX_LINKS, GuestLinks
from controller.meetings.guests.tables import GuestLink
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.meeting_state import Move
from controller.roles import Role
from controller.settings import RetentionSettings
from controller.web import api_events, csrf
from tests.integration.controller.centre import Centre, Person, meeting_body
from tests.integration.controller.guests import GuestBrowser, act, browser, invited
from tests.integration.controller.test_api_access import flat
from tests.integration.controller.test_revocation import documents
from tests.waiting import until


async def meeting(centre: Centre, office: Person) -> str:
    """Make a meeting in an hour."""
    made = await office.post("/api/v1/meetings", meeting_body(centre.time))
    return str(made.json()["meeting_id"])


def guest_id_of(shown: str) -> str:
    return shown.partition(".")[0]


def begin(centre: Centre, meeting_id: str) -> None:
    """Let the meeting's hour come."""
    centre.time.offset += timedelta(hours=1, minutes=1)
    centre.web.part(Lifecycle).move(meeting_id, Move.BEGIN, actor="")


def attend(centre: Centre, meeting_id: str, subject: str) -> None:
    """Let the relay say that somebody takes part."""
    now = centre.time.now()
    person = Attendee(
        subject=subject,
        participant_kind=ParticipantKind.PERSON,
        direction="publish",
        joined_at=now,
        is_connected=True,
        sends=("video",),
    )
    state = MeetingState(
        meeting_id=MeetingId(meeting_id),
        floor=FloorState(epoch=0),
        is_forwarding=True,
        attendees=(person,),
    )
    centre.web.part(Attendance).note_state(
        RelayId("relay-1"),
        RelayState(reported_at=now, meetings=(state,)),
    )


async def test_a_guest_waits_comes_in_asks_for_the_floor_and_is_withdrawn(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await meeting(centre, office)
    shown, guest = await invited(office, meeting_id), browser(centre)
    guest_id = guest_id_of(shown)
    assert (await guest.open(shown)).status_code == 204
    waiting = (await guest.client.get("/guest")).text
    assert await guest.standing() == "early"
    assert "vào họp được từ" in waiting
    assert "data-live-in=" in waiting
    early = await guest.post("token", {"direction": "play"})
    assert (early.status_code, early.json()["error"]["code"]) == (403, "guest_early")

    begin(centre, meeting_id)
    assert await guest.standing() == "open"
    page = (await guest.client.get("/parts/guest")).text
    assert 'token-url="/api/v1/guest/token"' in page
    assert "<dc-part" in page
    assert "/points/" not in page
    for direction in ("play", "publish"):
        given = (await guest.post("token", {"direction": direction})).json()
        token = tokens.verify(
            given["token"],
            centre.web.token_key.public_key(),
            meeting_id=MeetingId(meeting_id),
            direction="play" if direction == "play" else "publish",
            now=centre.time.now(),
        )
        assert (token.subject, token.role) == (guest_id, "participant")
    assert (await guest.post("token", {"direction": "share"})).status_code == 403

    assert (await guest.post("hand", {"is_up": True})).status_code == 409
    attend(centre, meeting_id, guest_id)
    assert (await guest.post("hand", {"is_up": True})).status_code == 204
    seen = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Bà Lò Thị Mai (khách)" in seen
    assert f'data-testid="hand-person:{guest_id}"' in seen
    assert "Đang trong cuộc họp" in seen
    move = {"action": "grant", "point_id": f"person:{guest_id}"}
    assert (await office.post(f"/api/v1/meetings/{meeting_id}/floor", move)).status_code == 200
    assert await screen_name(centre) == "Bà Lò Thị Mai (khách)"

    await act(office, f"{meeting_id}/guests/{guest_id}", action="withdraw")
    assert await guest.standing() == "withdrawn"
    assert Barred(subject=guest_id) in ((await documents(centre)).barred or ())
    refused = await guest.post("token", {})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "guest_withdrawn")
    await act(office, f"{meeting_id}/guests/{guest_id}", action="restore")
    assert not (await documents(centre)).barred
    assert await guest.standing() == "open"
    centre.web.part(Lifecycle).move(meeting_id, Move.END, actor="office")
    assert await guest.standing() == "over"
    late = await act(office, f"{meeting_id}/guests", name="Ai đó", may_speak="no")
    assert late.status_code == 409


async def screen_name(centre: Centre) -> str:
    """Return who speaks, as the rooms' screens say it."""
    planner, now = MeetingPlanner(centre.web.settings), centre.web.now()
    with reading(centre.web.state) as session:
        wanted = planner.plan(session, Pending(is_all=True), now=now, until=now)
    found = [one.document for one in wanted if isinstance(one.document, Live)]
    return next(one.speaker_name for one in found if one.speaker_name)


async def test_who_only_listens_publishes_nothing(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(sqlite_centre, office)
    guest = browser(sqlite_centre)
    await guest.open(await invited(office, meeting_id, may_speak=False))
    begin(sqlite_centre, meeting_id)
    assert (await guest.post("token", {"direction": "play"})).status_code == 200
    refused = await guest.post("token", {"direction": "publish"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_allowed")
    page = (await guest.client.get("/guest")).text
    assert "<dc-part" not in page
    assert 'data-testid="listens-only"' in page


async def test_no_guest_is_chair(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    shown = await invited(office, await meeting(sqlite_centre, office))
    body = meeting_body(sqlite_centre.time, chair_point_id=guest_id_of(shown))
    assert (await office.post("/api/v1/meetings", body)).status_code == 404


async def reached(
    centre: Centre, guest: GuestBrowser, cookies: dict[str, str], placed: dict[str, str]
) -> dict[tuple[str, str], tuple[int, str, str]]:
    """Ask every route of the application, as the guest's page would if it had a button for it."""
    app = centre.transport.app
    assert isinstance(app, FastAPI)
    found = {}
    headers = {"x-csrf-token": csrf.token_for(guest.cookie)}
    for route in flat(app.routes):
        if not isinstance(route, APIRoute) or route.path.endswith("/guest/events"):
            continue
        path = re.sub(r"{(\w+)(:\w+)?}", lambda match: placed.get(match[1], "1"), route.path)
        for method in route.methods or ():
            client = centre.client("203.0.113.5")
            client.cookies.update(cookies)
            answer = await client.request(method, path, json={}, headers=headers)
            is_json = answer.headers.get("content-type", "").startswith("application/json")
            error = answer.json().get("error", {}) if is_json and method != "HEAD" else {}
            place = answer.headers.get("location", "")
            found[method, route.path] = answer.status_code, error.get("code", ""), place
    return found


async def test_beyond_the_meeting_a_guest_is_nobody(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(sqlite_centre, office)
    guest = browser(sqlite_centre)
    await guest.open(await invited(office, meeting_id))
    begin(sqlite_centre, meeting_id)
    assert await guest.standing() == "open"
    shown = dict(guest.client.cookies.items())
    # As a session of the house, by the name that HTTPS has for it, it is none either.
    shown["__Host-diemcau_session"] = guest.cookie
    placed = {"meeting_id": meeting_id, "point_id": "p-b", "guest_id": guest.cookie.split(".")[0]}
    by_guest = await reached(sqlite_centre, guest, shown, placed)
    by_nobody = await reached(sqlite_centre, guest, {}, placed)
    assert len(by_nobody) > 60
    differing = {path for (_, path), _ in by_guest.items() ^ by_nobody.items()}
    assert {one for one in differing if not one.startswith("/api/v1/guest/")} == set()


async def test_a_guests_stream_tells_of_one_meeting_and_ends_with_the_link(
    sqlite_centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (api, api_events):
        monkeypatch.setattr(module, "ASK_EVERY_S", 0.05)
    office, hub = await sqlite_centre.sign_in(), sqlite_centre.web.hub
    meeting_id = await meeting(sqlite_centre, office)
    shown, guest = await invited(office, meeting_id), browser(sqlite_centre)
    await guest.open(shown)
    listening = asyncio.create_task(guest.client.get("/api/v1/guest/events"))
    async with asyncio.timeout(10):
        await until(lambda: hub.listeners == 1)
        hub.publish("attendance", {"meeting_id": meeting_id, "mine": True})
        hub.publish("attendance", {"meeting_id": "another"})
        hub.publish("point", {"point_id": "p-b", "kind": "report"})
        await act(office, f"{meeting_id}/guests/{guest_id_of(shown)}", action="withdraw")
        said = (await listening).text
    assert '"mine": true' in said
    assert "another" not in said
    assert "p-b" not in said
    assert (await guest.client.get("/api/v1/guest/events")).status_code == 401
    assert (await guest.client.get("/api/v1/guest/session")).status_code == 401


async def test_the_later_browser_takes_over_and_the_earlier_is_told(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(sqlite_centre, office)
    shown, first, second = await invited(office, meeting_id), *map(browser, [sqlite_centre] * 2)
    begin(sqlite_centre, meeting_id)
    await first.open(shown)
    ended = (await first.post("token", {})).json()["expires_at"]
    await first.open(shown)  # twice in one browser is once
    assert await first.standing() == "open"
    sqlite_centre.time.offset += timedelta(seconds=1)
    await second.open(shown)
    assert [await first.standing(), await second.standing()] == ["elsewhere", "open"]
    refused = await first.post("token", {})
    assert refused.json()["error"]["code"] == "guest_elsewhere"
    (barred,) = (await documents(sqlite_centre)).barred or ()
    assert (barred.subject, barred.until and barred.until.isoformat()[:19]) == (
        guest_id_of(shown),
        ended[:19],
    )
    later = (await second.post("token", {})).json()["expires_at"]
    assert later > ended
    await first.open(shown)
    assert [await first.standing(), await second.standing()] == ["open", "elsewhere"]


async def test_a_new_link_ends_the_one_before(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(sqlite_centre, office)
    lost, guest = await invited(office, meeting_id), browser(sqlite_centre)
    await guest.open(lost)
    made = await act(office, f"{meeting_id}/guests/{guest_id_of(lost)}", action="renew")
    assert "/guest#" in made.text
    assert lost not in made.text
    assert (await browser(sqlite_centre).open(lost)).status_code == 403
    assert await guest.standing() == "renewed"


async def test_the_names_of_guests_leave_with_the_log_of_their_meeting(centre: Centre) -> None:
    office = await centre.sign_in()
    held, coming = [await meeting(centre, office) for _ in range(2)]
    for one in (held, coming):
        await invited(office, one)
    assert (await office.post(f"/api/v1/meetings/{held}/cancel")).status_code == 200
    settings, state = RetentionSettings(meeting_log_days=10), centre.web.state
    for days, left in ((9, {held, coming}), (12, {coming})):
        await retention.prune(settings, state, now=centre.time.now() + timedelta(days=days))
        with reading(state) as session:
            assert {one.meeting_id for one in session.exec(select(GuestLink))} == left


async def test_who_was_put_out_by_the_console_is_told_so(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(sqlite_centre, office)
    shown, guest = await invited(office, meeting_id), browser(sqlite_centre)
    await guest.open(shown)
    path = f"/api/v1/meetings/{meeting_id}/expulsions"
    assert (await office.post(path, {"subject": guest_id_of(shown)})).status_code == 204
    assert await guest.standing() == "put_out"
    other = await meeting(sqlite_centre, office)
    elsewhere = f"/api/v1/meetings/{other}/expulsions"
    assert (await office.post(elsewhere, {"subject": guest_id_of(shown)})).status_code == 404


async def test_wrong_links_are_slowed_and_a_right_one_from_the_same_place_is_not(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    shown = await invited(office, await meeting(centre, office))
    guessing = browser(centre, "192.0.2.9")
    wrong = [shown[:-1] + ("A" if shown[-1] != "A" else "B"), "guest-000000000000.x", "x"]
    tries = [(await guessing.open(wrong[i % 3])).status_code for i in range(WRONG_AT_ONCE + 2)]
    assert tries == [403] * WRONG_AT_ONCE + [429] * 2
    assert (await browser(centre, "192.0.2.9").open(shown)).status_code == 204
    assert (await browser(centre, "192.0.2.10").open("x")).status_code == 403


async def test_a_right_link_is_slowed_too_and_for_nobody_else(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(sqlite_centre, office)
    shown, other = await invited(office, meeting_id), await invited(office, meeting_id, "An")
    begin(sqlite_centre, meeting_id)
    tries = [await browser(sqlite_centre).open(shown) for _ in range(ASKED_AT_ONCE + 1)]
    assert [one.status_code for one in tries] == [204] * ASKED_AT_ONCE + [429]
    assert tries[-1].headers["retry-after"] == "5"
    guest = browser(sqlite_centre)
    assert (await guest.open(other)).status_code == 204
    given = [(await guest.post("token", {})).status_code for _ in range(ASKED_AT_ONCE + 1)]
    assert given == [200] * ASKED_AT_ONCE + [429]


async def test_a_secret_is_kept_nowhere_and_every_act_is_written_down(
    sqlite_centre: Centre, tmp_path
) -> None:
    with structlog.testing.capture_logs() as logged:
        office = await sqlite_centre.sign_in()
        meeting_id = await meeting(sqlite_centre, office)
        shown, guest = await invited(office, meeting_id), browser(sqlite_centre)
        opened = await guest.open(shown)
        await act(office, f"{meeting_id}/guests/{guest_id_of(shown)}", action="withdraw")
        page = (await guest.client.get("/guest")).text
    secret, cookie = shown.partition(".")[2], guest.cookie.partition(".")[2]
    assert "HttpOnly; Path=/; SameSite=lax; Secure" in opened.headers["set-cookie"]
    with sqlite_centre.web.state.connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type='table'"))
        kept = str([connection.execute(text(f"SELECT * FROM {t}")).all() for (t,) in names])  # noqa: S608
    for one in (secret, cookie):
        for place in (kept, str(logged), page):
            assert one not in place
    assert "no-referrer" in page
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    log = (await admin.get("/audit")).text
    for said in ("tạo liên kết khách", "mở liên kết khách", "thu hồi liên kết khách"):
        assert said in log
    assert "198.51.100.7" in log


async def test_so_many_links_and_no_more(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(sqlite_centre, office)
    links = sqlite_centre.web.part(GuestLinks)
    for number in range(MAX_LINKS):
        links.make(meeting_id, f"Khách {number}", may_speak=False, actor="office")
    one_more = await act(office, f"{meeting_id}/guests", name="Nữa", may_speak="no")
    assert one_more.status_code == 409
    assert "100 liên kết" in one_more.text
    panel = (await office.get(f"/parts/meetings/{meeting_id}/guests")).text
    assert panel.count('data-key="guest-') == MAX_LINKS


@pytest.mark.parametrize("name", ["", "x" * 61, "a\nb"])
async def test_a_name_that_cannot_be_shown_is_refused(sqlite_centre: Centre, name: str) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await meeting(sqlite_centre, office)
    refused = await act(office, f"{meeting_id}/guests", name=name, may_speak="no")
    assert refused.status_code == 422


async def test_the_panel_is_the_offices_and_works_without_a_script(sqlite_centre: Centre) -> None:
    office, viewer = await sqlite_centre.sign_in(), await sqlite_centre.sign_in(Role.VIEWER)
    meeting_id = await meeting(sqlite_centre, office)
    assert 'data-testid="no-guests"' in (await office.get(f"/meetings/{meeting_id}")).text
    assert 'data-testid="guests"' not in (await viewer.get(f"/meetings/{meeting_id}")).text
    form = {"name": "An", "may_speak": "yes"}
    for person, status in ((viewer, 403), (office, 200)):
        sent = form | {"csrf_token": person.csrf_token}
        answer = await person.client.post(f"/meetings/{meeting_id}/guests", data=sent)
        assert answer.status_code == status
    assert "/guest#guest-" in answer.text
    assert "<html" in answer.text


async def test_nobody_signs_in_under_a_guests_name(sqlite_centre: Centre) -> None:
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    body = {"user_name": "guest-1", "role": "viewer", "password": "mat-khau-dai-du"}
    assert (await admin.post("/api/v1/people", body)).status_code == 400
