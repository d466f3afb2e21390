"""Signing in and out: cookies, wrong passwords, ends of sessions."""

from datetime import timedelta

import httpx
from sqlmodel import Session, select

from controller.db.engine import open_engine
from controller.people.tables import WebSession
from controller.web.signed_in import COOKIE
from tests.integration.controller.centre import PASSWORD, Centre


async def test_the_cookie_is_out_of_reach_of_scripts_and_only_its_hash_is_kept(
    centre: Centre,
) -> None:
    client = centre.client()
    answer = await client.post(
        "/api/v1/session", json={"user_name": "office", "password": PASSWORD}
    )
    cookie = answer.headers["set-cookie"]
    for flag in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert flag in cookie
    token = client.cookies["__Host-diemcau_session"]
    engine = open_engine(centre.web.settings.state_database_url)
    with Session(engine) as database:
        stored = str([row.model_dump() for row in database.exec(select(WebSession))])
    engine.dispose()
    assert token not in stored
    assert answer.json()["role"] == "office"


async def test_wrong_name_and_wrong_password_say_the_same(centre: Centre) -> None:
    answers = [
        await centre.client().post(
            "/api/v1/session", json={"user_name": name, "password": "wrong-password"}
        )
        for name in ("office", "nobody")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["error"]["message_vi"] == "Tên đăng nhập hoặc mật khẩu chưa đúng."


async def attempt(client: httpx.AsyncClient, name: str, password: str = PASSWORD) -> int:
    """Try to sign in; return the status."""
    body = {"user_name": name, "password": password}
    return (await client.post("/api/v1/session", json=body)).status_code


async def waiting_s(client: httpx.AsyncClient, name: str) -> int:
    """Try to sign in; return in how many seconds one may again."""
    body = {"user_name": name, "password": PASSWORD}
    return int((await client.post("/api/v1/session", json=body)).headers["retry-after"])


async def test_guessing_is_stopped_and_a_right_password_does_not_help_then(
    centre: Centre,
) -> None:
    client = centre.client()
    assert [await attempt(client, "office", "wrong") for _ in range(10)] == [401] * 10
    assert await attempt(client, "office") == 429
    centre.time.offset = timedelta(days=-2200)  # the clock is set right: nobody waits six years
    waits_s = await waiting_s(client, "office")
    assert 0 < waits_s <= 900


async def test_who_guesses_elsewhere_locks_nobody_out(centre: Centre) -> None:
    own, stranger = centre.client(), centre.client("10.0.0.66")
    assert await attempt(own, "office") == 200
    assert [await attempt(stranger, "office", "wrong") for _ in range(11)] == [401] * 10 + [429]
    assert await attempt(own, "office") == 200
    # Nor does the address of the one keep another's name of the same house out.
    assert await attempt(own, "viewer") == 200


async def test_a_session_in_the_former_cookie_counts_no_more_and_ends(centre: Centre) -> None:
    office = await centre.sign_in()
    token = office.client.cookies[COOKIE.https_name]
    former = centre.client()
    former.cookies.set(COOKIE.name, token)
    assert (await former.get("/api/v1/session")).status_code == 401
    again = await centre.sign_in()
    again.client.cookies.set(COOKIE.name, token)
    gone = await again.client.delete("/api/v1/session", headers={"x-csrf-token": again.csrf_token})
    assert gone.status_code == 204
    assert (await office.get("/api/v1/session")).status_code == 401


async def test_signing_out_ends_the_session_at_the_centre(centre: Centre) -> None:
    office = await centre.sign_in()
    cookies = dict(office.client.cookies)
    gone = await office.client.delete(
        "/api/v1/session", headers={"x-csrf-token": office.csrf_token}
    )
    assert gone.status_code == 204
    office.client.cookies.update(cookies)
    assert (await office.get("/api/v1/session")).status_code == 401


async def test_a_session_lives_while_it_is_used_and_never_longer_than_a_week(
    centre: Centre,
) -> None:
    idle, used = await centre.sign_in(), await centre.sign_in()
    alive = []
    for hours in range(6, 7 * 24 + 12, 6):
        centre.time.offset = timedelta(hours=hours)
        alive.append((await used.get("/api/v1/session")).status_code == 200)
    assert alive == [True] * 27 + [False] * 2
    centre.time.offset = timedelta(hours=12)
    assert (await idle.get("/api/v1/session")).status_code == 401


async def test_the_way_back_after_signing_in_is_quoted(centre: Centre) -> None:
    answer = await centre.client().get("/meetings/a%26next=b%20%23c")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/meetings/a%26next%3Db%20%23c"


async def test_https_is_asked_for_over_https_alone(centre: Centre) -> None:
    over_https = await centre.client().get("/healthz")
    assert over_https.headers["strict-transport-security"] == "max-age=31536000"
    over_http = await centre.client().get("http://127.0.0.1/healthz")
    assert "strict-transport-security" not in over_http.headers


async def test_half_of_a_surrogate_pair_is_refused_without_an_error_of_ours(
    centre: Centre,
) -> None:
    part = 'Content-Disposition: form-data; name="{}"\r\n\r\n\\ud800\r\n'
    fields = "".join(f"--xx\r\n{part.format(name)}" for name in ("user_name", "password"))
    kind = "multipart/form-data; boundary=xx; charset=unicode_escape"
    answer = await centre.client().post(
        "/sign-in", content=f"{fields}--xx--\r\n", headers={"content-type": kind}
    )
    assert answer.status_code in (400, 401)
