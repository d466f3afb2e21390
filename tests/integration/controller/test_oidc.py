"""Signing in at a provider of OpenID Connect: who is let in, and every lie that is not believed."""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from sqlalchemy import event, update
from sqlmodel import col

from controller.audit.service import AuditLog
from controller.db.engine import writing
from controller.oidc_settings import OidcSettings
from controller.people import people_queries
from controller.people.accounts import Accounts
from controller.people.oidc.id_token import Claimed
from controller.people.oidc.identities import MAX_WAITING, NO_PASSWORD, IdentityDesk
from controller.people.oidc.provider import KEYS_AGAIN_S, Provider
from controller.people.oidc.provider_http import MAX_BODY_BYTES
from controller.people.oidc.refused import ProviderRefusal, ProviderRefused
from controller.people.oidc.tries import MAX_FAILURES
from controller.people.tables import User
from controller.roles import Role
from tests.fakes.identity_provider import CLIENT_ID, SECRET, IdentityProvider, identity_provider
from tests.integration.controller.centre import PASSWORD, Centre, Installation, serving

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[IdentityProvider]:
    with identity_provider(tmp_path) as running:
        yield running


def told_of(
    installation: Installation, provider: IdentityProvider, **other: object
) -> Installation:
    """Return an installation that lets people sign in at the provider."""
    secret = installation.settings.data_dir / "oidc.secret"
    secret.write_text(SECRET + "\n")
    secret.chmod(0o640)
    values: dict[str, Any] = {
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "secret_file": secret,
        "ca_file": provider.ca_file,
        "name": "Tài khoản tỉnh",
        "timeout_s": 2.0,
    }
    oidc = OidcSettings(**(values | other))
    return Installation(msgspec.structs.replace(installation.settings, oidc=oidc))


@pytest.fixture
async def site(installation: Installation, provider: IdentityProvider) -> AsyncIterator[Centre]:
    async with serving(told_of(installation, provider)) as running:
        provider.now = lambda: running.web.now().timestamp()
        yield running


@pytest.fixture
async def both(installed: Installation, provider: IdentityProvider) -> AsyncIterator[Centre]:
    """The same over each database engine in turn; unknown people are made."""
    async with serving(told_of(installed, provider, unknown_people="make")) as running:
        yield running


async def there(client: httpx.AsyncClient, provider: IdentityProvider, path: str = "/") -> str:
    """Begin, and be led back by the provider; return the address on our side."""
    begun = await client.get("/sign-in/oidc", params={"next": path})
    assert begun.status_code == 303
    assert begun.headers["location"].startswith(f"{provider.issuer}/authorize?tenant=tinh&")
    back = urlsplit(provider.authorize(urlsplit(begun.headers["location"]).query))
    assert back.path == "/sign-in/oidc/back"
    return f"{back.path}?{back.query}"


async def tried(
    site: Centre, provider: IdentityProvider, path: str = "/"
) -> tuple[httpx.AsyncClient, httpx.Response]:
    client = site.client()
    return client, await client.get(await there(client, provider, path))


def problem_of(answer: httpx.Response) -> str:
    assert answer.status_code == 303
    where = urlsplit(answer.headers["location"])
    assert where.path == "/sign-in"
    return parse_qs(where.query)["problem"][0]


async def is_signed_in(client: httpx.AsyncClient) -> str:
    answer = await client.get("/api/v1/session")
    return str(answer.json()["user_name"]) if answer.status_code == 200 else ""


async def test_a_person_of_the_provider_is_their_account_here(
    both: Centre, provider: IdentityProvider
) -> None:
    client, answer = await tried(both, provider, "/meetings?past=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/meetings?past=1"
    assert await is_signed_in(client) == "office"
    written = both.web.part(AuditLog).newest(limit=2)
    assert [(one.action, one.actor, one.detail) for one in written] == [
        ("sign_in", "office", "Tài khoản tỉnh"),
        ("link_identity", "office", "s-1"),
    ]
    # From now on the identity counts, whatever it is called, and the name is nobody else's.
    provider.who = {"sub": "s-1", "preferred_username": "renamed"}
    client, _ = await tried(both, provider)
    assert await is_signed_in(client) == "office"
    provider.who = {"sub": "s-2", "preferred_username": "office"}
    client, answer = await tried(both, provider)
    assert (problem_of(answer), await is_signed_in(client)) == ("another_identity", "")


async def test_an_account_that_is_made_may_do_nothing_until_it_is_enabled(
    both: Centre, provider: IdentityProvider
) -> None:
    provider.who = {"sub": "s-9", "preferred_username": "tran.thi.b", "name": "Trần Thị B"}
    provider.who |= {"role": "admin", "roles": ["admin"], "groups": ["admin"]}
    clients = [both.client() for _ in range(4)]
    ways = [await there(one, provider) for one in clients]
    answers = await asyncio.gather(*(one.get(way) for one, way in zip(clients, ways, strict=True)))
    assert {problem_of(one) for one in answers} == {"person_waiting"}
    assert not any([await is_signed_in(one) for one in clients])
    [made] = [one for one in both.web.part(Accounts).listed() if one.user_name == "tran.thi.b"]
    assert (made.display_name, made.role, made.disabled_at is None) == (
        "Trần Thị B",
        Role.VIEWER,
        False,
    )
    assert not both.web.part(Accounts).has_password("tran.thi.b", NO_PASSWORD)
    both.web.part(Accounts).enable("tran.thi.b")
    assert not both.web.part(Accounts).has_password("tran.thi.b", NO_PASSWORD)
    client, _ = await tried(both, provider)
    assert await is_signed_in(client) == "tran.thi.b"
    assert (await client.get("/people")).status_code == 403


async def test_whoever_is_made_between_two_looks_waits_too(
    both: Centre, provider: IdentityProvider
) -> None:
    desk = both.web.part(IdentityDesk)
    if desk.state.dialect.name == "sqlite":
        return  # who writes there waits for whoever writes already
    claimed = Claimed("s-9", "tran.thi.b")
    others: list[ProviderRefusal] = []

    def come(*statement: object) -> None:
        if "count(" in str(statement[2]) and not others:
            others.append(ProviderRefusal.DOWN)
            with pytest.raises(ProviderRefused) as first:
                desk.come(claimed)
            others[:] = [first.value.refusal]

    event.listen(desk.state, "before_cursor_execute", come)
    with pytest.raises(ProviderRefused) as second:
        desk.come(claimed)
    assert [*others, second.value.refusal] == [ProviderRefusal.WAITING] * 2


async def test_strangers_of_the_provider_fill_no_table(
    both: Centre, provider: IdentityProvider
) -> None:
    with writing(both.web.state) as session:
        for number in range(MAX_WAITING):
            people_queries.add_user(
                session,
                f"n{number}",
                display_name="",
                password_hash=NO_PASSWORD,
                role=Role.VIEWER,
                now=both.web.now(),
            )
        session.flush()
        session.execute(
            update(User)
            .where(col(User.password_hash) == NO_PASSWORD)
            .values(disabled_at=both.web.now())
        )
    provider.who = {"sub": "s-9", "preferred_username": "one.more"}
    _, answer = await tried(both, provider)
    assert problem_of(answer) == "person_unknown"


@pytest.mark.parametrize("name", ["", " ", "khach:1", "a" * 61, "x\u202ey", 7, None, ["office"]])
async def test_a_name_that_cannot_be_one_is_nobodys(
    site: Centre, provider: IdentityProvider, name: object
) -> None:
    provider.who = {"sub": "s-1", "preferred_username": name}
    client, answer = await tried(site, provider)
    assert problem_of(answer) in ("person_unknown", "provider_setup")
    assert await is_signed_in(client) == ""


async def test_whoever_is_unknown_or_disabled_stays_outside(
    site: Centre, provider: IdentityProvider
) -> None:
    provider.who = {"sub": "s-9", "preferred_username": "nobody"}
    _, answer = await tried(site, provider)
    assert problem_of(answer) == "person_unknown"
    provider.who = {"sub": "s-1", "preferred_username": "office"}
    await tried(site, provider)
    site.web.part(Accounts).disable("office")
    client, answer = await tried(site, provider)
    assert (problem_of(answer), await is_signed_in(client)) == ("person_disabled", "")


async def test_an_administrators_account_is_allowed_first(
    site: Centre, provider: IdentityProvider
) -> None:
    provider.who = {"sub": "s-7", "preferred_username": "admin"}
    _, answer = await tried(site, provider)
    assert problem_of(answer) == "person_not_allowed"
    admin = await site.sign_in(Role.ADMIN)
    form = {"user_name": "admin", "action": "allow", "csrf_token": admin.csrf_token}
    assert (await admin.client.post("/people/identity", data=form)).status_code == 303
    assert "được phép đăng nhập bằng hệ thống khác" in (await admin.get("/people")).text
    client, _ = await tried(site, provider)
    assert await is_signed_in(client) == "admin"
    assert "đăng nhập bằng hệ thống khác từ" in (await admin.get("/people")).text
    forget = form | {"action": "forget"}
    assert (await admin.client.post("/people/identity", data=forget)).status_code == 303
    assert await is_signed_in(client) == ""
    assert not site.web.part(IdentityDesk).is_linked("admin")
    viewer = await site.sign_in(Role.OFFICE)
    mine = form | {"csrf_token": viewer.csrf_token}
    assert (await viewer.client.post("/people/identity", data=mine)).status_code == 403


def unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none", "kid": "k1"}, claims)
    said = (base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in parts)
    return b".".join((*said, b"")).decode()


def by_public_key(provider: IdentityProvider) -> Callable[[dict[str, Any]], str]:
    """Return HMAC under the public key, which everybody knows (RFC 8725, section 2.1)."""
    raw = provider.key.public_key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    key = OctKey.import_key(base64.urlsafe_b64encode(raw).decode())
    return lambda claims: jwt.encode({"alg": "HS256", "kid": "k1"}, claims, key)


def by_another(claims: dict[str, Any]) -> str:
    key = RSAKey.generate_key(2048, parameters={"kid": "k1"})
    return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)


def with_its_own_key(claims: dict[str, Any]) -> str:
    key = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "jwk": key.as_dict(private=False)}
    return jwt.encode(header, claims, key)


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": None, "nonce_supported": False},
        {"nonce": 5},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": [CLIENT_ID, "another"]},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"azp": "another"},
        {"aud": None},
        {"iss": "https://evil.test/realms/tinh"},
        {"iss": None},
        {"exp": 5},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": 99_999_999_999},
        {"nbf": 99_999_999_999},
        {"sub": None},
        {"sub": ""},
        {"sub": "s" * 256},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
)
async def test_a_token_that_is_not_for_us_now_is_not_believed(
    site: Centre, provider: IdentityProvider, lies: dict[str, object]
) -> None:
    provider.lies = lies
    client, answer = await tried(site, provider)
    assert (problem_of(answer), await is_signed_in(client)) == ("not_believed", "")


@pytest.mark.parametrize("kind", ["none", "hmac", "foreign", "own", "garbage", "parts"])
async def test_a_signature_that_is_not_the_providers_is_not_believed(
    site: Centre, provider: IdentityProvider, kind: str
) -> None:
    tokens: dict[str, Callable[[dict[str, Any]], str]] = {
        "none": unsigned,
        "hmac": by_public_key(provider),
        "foreign": by_another,
        "own": with_its_own_key,
        "garbage": lambda claims: "\u0000.é.%",
        "parts": lambda claims: "a.b",
    }
    provider.token = tokens.get(kind)
    client, answer = await tried(site, provider)
    assert (problem_of(answer), await is_signed_in(client)) == ("not_believed", "")


async def test_a_new_key_is_fetched_once_and_not_for_every_token(
    site: Centre, provider: IdentityProvider
) -> None:
    clock = [0.0]
    site.web.part(Provider).monotonic = lambda: clock[0]
    client, _ = await tried(site, provider)
    assert await is_signed_in(client) == "office"
    provider.change_key(ECKey.generate_key("P-256", parameters={"kid": "e1"}), "ES256")
    clock[0] = KEYS_AGAIN_S - 1
    _, answer = await tried(site, provider)
    assert problem_of(answer) == "not_believed"
    clock[0] = KEYS_AGAIN_S
    client, _ = await tried(site, provider)
    assert await is_signed_in(client) == "office"
    fetched = sum(one.endswith("/keys") for one in provider.asked)
    assert fetched == 2
    provider.header = {"kid": None}  # the only key of its kind
    client, _ = await tried(site, provider)
    assert await is_signed_in(client) == "office"


async def test_an_answer_belongs_to_the_browser_that_asked_and_once(
    site: Centre, provider: IdentityProvider
) -> None:
    mine, others = site.client(), site.client()
    way = await there(mine, provider)
    assert problem_of(await others.get(way)) == "attempt_lost"
    await there(others, provider)
    assert problem_of(await others.get(way)) == "attempt_lost"
    assert (await mine.get(way)).headers["location"] == "/"
    assert problem_of(await mine.get(way)) == "attempt_lost"
    late = site.client()
    way = await there(late, provider)
    site.time.offset = timedelta(minutes=11)
    assert problem_of(await late.get(way)) == "attempt_lost"


async def test_another_issuers_answer_is_not_taken(
    site: Centre, provider: IdentityProvider
) -> None:
    provider.iss = "https://evil.test"
    _, answer = await tried(site, provider)
    assert problem_of(answer) == "not_believed"
    assert not any(one.endswith("/token") for one in provider.asked)
    provider.iss = provider.issuer
    client, _ = await tried(site, provider)
    assert await is_signed_in(client) == "office"


async def test_no_answer_is_taken_without_its_issuer_where_one_is_promised(
    site: Centre, provider: IdentityProvider
) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    _, answer = await tried(site, provider)
    assert problem_of(answer) == "not_believed"


def slow(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(600):  # drips until the other side has enough
            handler.wfile.write(b" " * 16)
            Event().wait(0.1)
    except OSError:
        return


def giant(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(64):
            handler.wfile.write(b" " * (MAX_BODY_BYTES // 16))
    except OSError:
        return


def looping(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def deep(handler: BaseHTTPRequestHandler) -> None:
    body = b"[" * 100_000
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def gone(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


@pytest.mark.parametrize("how", [slow, giant, looping, deep, gone])
@pytest.mark.parametrize("where", ["/.well-known/openid-configuration", "/keys", "/token"])
async def test_a_provider_that_does_not_answer_rightly_costs_nobody_anything(
    site: Centre,
    provider: IdentityProvider,
    how: Callable[[BaseHTTPRequestHandler], None],
    where: str,
) -> None:
    provider.answers[f"/realms/tinh{where}"] = how
    client = site.client()
    async with asyncio.timeout(10):
        begun = await client.get("/sign-in/oidc")
        if where.startswith("/."):
            answer = begun
        else:
            way = provider.authorize(urlsplit(begun.headers["location"]).query)
            answer = await client.get(way[way.index("/sign-in") :])
    assert problem_of(answer) == "provider_down"
    page = (await client.get(answer.headers["location"])).text
    assert "Tài khoản tỉnh không trả lời." in page
    assert "Đăng nhập bằng tài khoản của trung tâm ở dưới" in page
    again = (await client.get("/sign-in")).text
    assert "vẫn dùng như thường" in again
    local = await client.post("/sign-in", data={"user_name": "office", "password": PASSWORD})
    assert local.status_code == 303
    assert await is_signed_in(client) == "office"


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.test"},
        {"token_endpoint": "http://localhost/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
async def test_a_provider_that_says_odd_things_of_itself_is_not_used(
    site: Centre, provider: IdentityProvider, metadata: dict[str, object]
) -> None:
    provider.metadata = metadata
    assert problem_of(await site.client().get("/sign-in/oidc")) == "provider_setup"


async def test_the_secret_is_read_by_few_and_the_provider_has_to_take_it(
    site: Centre, provider: IdentityProvider
) -> None:
    secret = site.web.settings.oidc.secret_file
    assert secret is not None
    secret.chmod(0o644)
    _, answer = await tried(site, provider)
    assert problem_of(answer) == "provider_setup"
    secret.chmod(0o600)
    provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    client, _ = await tried(site, provider)
    assert await is_signed_in(client) == "office"
    secret.write_text("another")
    _, answer = await tried(site, provider)
    assert problem_of(answer) == "provider_setup"


@pytest.mark.parametrize("path", ["https://evil.test/", "//evil.test", "/\\evil.test", "/x\ny"])
async def test_nobody_is_led_elsewhere(site: Centre, provider: IdentityProvider, path: str) -> None:
    _, answer = await tried(site, provider, path)
    assert answer.headers["location"] == "/"


async def test_what_the_provider_says_no_to_is_said_without_its_words(
    site: Centre, provider: IdentityProvider
) -> None:
    provider.error = "<script>alert(1)</script>"
    client, answer = await tried(site, provider)
    assert problem_of(answer) == "provider_declined"
    page = (await client.get(answer.headers["location"])).text
    assert "Tài khoản tỉnh không cho đăng nhập." in page
    assert "alert(1)" not in page
    odd = (await client.get("/sign-in", params={"problem": "<b>odd</b>"})).text
    assert "odd" not in odd


async def test_an_address_that_fails_too_often_is_slowed(
    site: Centre, provider: IdentityProvider
) -> None:
    provider.lies = {"aud": "another"}
    found = [problem_of((await tried(site, provider))[1]) for _ in range(MAX_FAILURES)]
    assert set(found) == {"not_believed"}
    assert problem_of(await site.client().get("/sign-in/oidc")) == "too_many_tries"
    elsewhere = await site.client("10.0.0.9").get("/sign-in/oidc")
    assert elsewhere.headers["location"].startswith(provider.issuer)


async def test_whoever_signs_out_is_told_that_the_provider_still_knows_them(
    site: Centre, provider: IdentityProvider
) -> None:
    client, _ = await tried(site, provider)
    csrf = (await client.get("/api/v1/session")).json()["csrf_token"]
    left = await client.post("/sign-out", data={"csrf_token": csrf})
    assert left.headers["location"] == "/sign-in?left=1"
    page = (await client.get("/sign-in?left=1")).text
    [end] = re.findall(r'href="([^"]*)" data-testid="end"', page)
    assert end.startswith(f"{provider.issuer}/leave?client_id={CLIENT_ID}&amp;post_logout")
    office = await site.sign_in(Role.VIEWER)
    form = {"csrf_token": office.csrf_token}
    assert (await office.client.post("/sign-out", data=form)).headers["location"] == "/sign-in"


async def test_without_a_provider_there_is_nothing_of_it(sqlite_centre: Centre) -> None:
    client = sqlite_centre.client()
    assert "/sign-in/oidc" not in (await client.get("/sign-in")).text
    for path in ("/sign-in/oidc", "/sign-in/oidc/back"):
        assert (await client.get(path)).status_code == 404


async def test_no_secret_code_or_token_is_in_a_log(
    site: Centre, provider: IdentityProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    await tried(site, provider)
    provider.lies = {"aud": "another"}
    await tried(site, provider)
    said = "".join(capsys.readouterr()) + "".join(
        one.detail for one in site.web.part(AuditLog).newest(limit=9)
    )
    assert "code-" not in said and "bi-mat" not in said and "eyJ" not in said
    assert "provider_sign_in_refused" in said
