"""Who may do what: every route has an access, roles are enforced, other sites are refused."""

from collections.abc import Iterable, Iterator
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import Mount

from controller.roles import Role
from controller.web.deps import Access, local, series_session, state_session, web_of
from tests.integration.controller.centre import PASSWORD, Centre, meeting_body

PUBLIC_WRITES = {
    ("POST", "/api/v1/renew"),
    ("POST", "/api/v1/session"),
    ("POST", "/api/v1/enrol"),
    ("POST", "/api/v1/time"),
    # A link's own cookie lets in: test_guests.py, test_wall.py.
    ("POST", "/api/v1/guest/session"),
    ("POST", "/api/v1/wall/session"),
    ("POST", "/api/v1/guest/token"),
    ("POST", "/api/v1/guest/hand"),
}
ADMIN_ONLY = {
    ("POST", "/api/v1/people"),
    ("POST", "/api/v1/people/{user_name}"),
    ("DELETE", "/api/v1/points/{point_id}/certificate"),
    ("PUT", "/api/v1/owner-roles/{owner}/{user_name}"),
    ("DELETE", "/api/v1/owner-roles/{owner}/{user_name}"),
    ("POST", "/api/v1/units"),
    ("POST", "/api/v1/tree/changes"),
    ("POST", "/api/v1/tree/changes/drawn"),
    ("POST", "/api/v1/tree/changes/{change_id}/take-back"),
    ("POST", "/api/v1/points"),
    ("POST", "/api/v1/points/{point_id}/enrol-codes"),
}

IDLE = (web_of, state_session, series_session, local)
"""What may be given before it is known who asks: nothing is read for it."""


def accesses(dependant: Dependant) -> Iterator[Access]:
    """Return every Access a route depends on."""
    if isinstance(dependant.call, Access):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from accesses(inner)


def flat(found: Iterable[object]) -> Iterator[object]:
    """Return routes with those of the routers among them, however they are nested."""
    for route in found:
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from flat(inner.routes)


def routes(app: FastAPI) -> list[APIRoute]:
    """Return every route of the application."""
    return [route for route in flat(app.routes) if isinstance(route, APIRoute)]


def without_one_access(app: FastAPI) -> list[tuple[str, frozenset[str]]]:
    """Return the routes that say nothing of who may use them, or two things."""
    return [
        (route.path, frozenset(route.methods or ()))
        for route in routes(app)
        if len({access.minimum for access in accesses(route.dependant)}) != 1
    ]


def before_access(dependant: Dependant) -> tuple[list[str], bool]:
    """Return what a route works out before it knows who asks, and whether it ever asks."""
    if isinstance(dependant.call, Access):
        return [], True
    early: list[str] = []
    for inner in dependant.dependencies:
        within, has_asked = before_access(inner)
        early += within
        if has_asked:
            return early, True
    if dependant.call not in IDLE:
        early.append(getattr(dependant.call, "__qualname__", repr(dependant.call)))
    return early, False


def early_ones(app: FastAPI) -> dict[str, list[str]]:
    """Return the routes that work before they know who asks, and what they work out."""
    found = {}
    for route in routes(app):
        early, has_asked = before_access(route.dependant)
        if early and has_asked:
            found[route.path] = early
    return found


def test_what_is_worked_out_before_anybody_is_asked_for_is_found() -> None:
    app = FastAPI()

    def count() -> int:
        return 1

    def asked(_: Annotated[None, Depends(Access(None))]) -> int:
        return 1

    Viewing = Annotated[None, Depends(Access(None))]

    @app.get("/late")
    def late(of: Annotated[int, Depends(count)], _: Viewing) -> None:
        return None

    @app.get("/first")
    def first(of: Annotated[int, Depends(asked)], _: Viewing) -> None:
        return None

    assert list(early_ones(app)) == ["/late"]


def test_no_route_works_before_it_knows_who_asks(centre: Centre) -> None:
    app = centre.transport.app
    assert isinstance(app, FastAPI)
    assert early_ones(app) == {}


def test_a_second_method_of_a_path_is_looked_at_too() -> None:
    app = FastAPI()
    app.delete("/a")(lambda: None)

    @app.get("/a")
    def read(_: Annotated[None, Depends(Access(None))]) -> None:
        return None

    assert without_one_access(app) == [("/a", frozenset({"DELETE"}))]


def test_every_route_says_who_may_use_it(centre: Centre) -> None:
    app = centre.transport.app
    assert isinstance(app, FastAPI)
    assert len(routes(app)) > 15
    assert without_one_access(app) == []
    others = [r for r in flat(app.routes) if not isinstance(r, APIRoute)]
    assert all(isinstance(r, Mount) or "openapi" in str(r) for r in others), others


async def test_each_role_reaches_what_it_may_and_nothing_above(centre: Centre) -> None:
    app = centre.transport.app
    assert isinstance(app, FastAPI)
    order = [None, *Role]
    people = {None: centre.client()} | {role: (await centre.sign_in(role)).client for role in Role}
    wrong = []
    for route in routes(app):
        minimum = next(accesses(route.dependant)).minimum
        for method in route.methods or ():
            for role, client in people.items():
                if minimum is None or order.index(role) >= order.index(minimum):
                    continue
                path = route.path.replace("{point_id}", "p-b").replace("{meeting_id}", "m1")
                answer = await client.request(method, path)
                expected = {401, 303} if role is None else {403}
                if answer.status_code not in expected:
                    wrong.append((method, path, role, answer.status_code))
    assert wrong == []


def test_what_is_public_or_for_administrators_is_a_short_list(centre: Centre) -> None:
    app = centre.transport.app
    assert isinstance(app, FastAPI)
    by_access: dict[Role | None, set[tuple[str, str]]] = {}
    for route in routes(app):
        minimum = next(accesses(route.dependant)).minimum
        if route.path.startswith("/api/"):
            for method in (route.methods or set()) - {"GET"}:
                by_access.setdefault(minimum, set()).add((method, route.path))
    assert by_access[None] == PUBLIC_WRITES
    assert by_access[Role.ADMIN] == ADMIN_ONLY


async def test_a_change_needs_the_sessions_token(centre: Centre) -> None:
    office = await centre.sign_in()
    body = meeting_body(centre.time)
    without = await office.client.post("/api/v1/meetings", json=body)
    wrong = await office.client.post(
        "/api/v1/meetings", json=body, headers={"x-csrf-token": "x" * 43}
    )
    assert [without.status_code, wrong.status_code] == [403, 403]
    assert without.json()["error"]["code"] == "csrf"
    assert (await office.post("/api/v1/meetings", body)).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_another_site_is_refused_even_with_the_token(
    centre: Centre, headers: dict[str, str]
) -> None:
    office = await centre.sign_in()
    answer = await office.client.post(
        "/api/v1/meetings",
        json=meeting_body(centre.time),
        headers={"x-csrf-token": office.csrf_token} | headers,
    )
    assert answer.status_code == 403
    signing_in = await centre.client().post(
        "/api/v1/session", json={"user_name": "office", "password": PASSWORD}, headers=headers
    )
    assert signing_in.status_code == 403
