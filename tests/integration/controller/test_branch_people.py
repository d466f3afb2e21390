"""People of a branch see and do what concerns it, and meet nothing of others on any route."""

import re
from collections.abc import Iterator

from fastapi import FastAPI

from controller.people.accounts import Accounts
from controller.roles import Role
from controller.web import branch_routes
from tests.integration.controller.centre import Centre, Person
from tests.integration.controller.test_api_access import accesses, routes

FOREIGN = {
    "point_id": "p-c",
    "unit_id": "xa-c",
    "place_id": "{place}-c",
}
OTHERS = ("Xã C", "p-c", "xa-c", "Văn phòng UBND tỉnh", "p-chair")
"""What of others is told nowhere: their points and their units."""


async def admin_of_branch(centre: Centre) -> Person:
    """Return an administrator who is bounded to xa-b; another one stays for the province."""
    centre.web.part(Accounts).add("second", "", Role.ADMIN, "mat-khau-thu")
    return await of_branch(centre, Role.ADMIN)


async def of_branch(centre: Centre, role: Role = Role.OFFICE, *units: str) -> Person:
    """Return a person of this role who is bounded to units; xa-b where none are named."""
    centre.web.part(Accounts).set_branches(role.value, units or ("xa-b",))
    return await centre.sign_in(role)


def asked(app: FastAPI) -> Iterator[tuple[str, str, bool]]:
    """Return each method and path of who is signed in, and whether it is open to a branch."""
    for route in routes(app):
        if next(accesses(route.dependant)).minimum is None:
            continue
        for method in sorted(route.methods or ()):
            name = f"{method} {route.path}"
            yield method, route.path, name in branch_routes.OPEN


def app_of(centre: Centre) -> FastAPI:
    app = centre.transport.app
    assert isinstance(app, FastAPI)
    return app


def named(path: str, ids: dict[str, str]) -> str:
    """Return a path with what its parameters name; what nobody has where they name other things."""
    place = "p" if "/points/" in path else "xa"
    found = re.sub(r"\{(\w+)\}", lambda of: ids.get(of[1], "none"), path)
    return found.replace("{place}", place)


def test_what_is_open_is_there(sqlite_centre: Centre) -> None:
    known = {f"{method} {path}" for method, path, _ in asked(app_of(sqlite_centre))}
    assert branch_routes.OPEN - known == set()
    assert branch_routes.LOOKS | branch_routes.FORMS <= branch_routes.OPEN


async def test_whatever_is_not_open_is_refused(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    person = await admin_of_branch(centre)
    wrong = []
    for method, path, is_open in asked(app_of(centre)):
        if is_open:
            continue
        answer = await person.client.request(
            method, named(path, {"point_id": "p-b"}), headers={"x-csrf-token": person.csrf_token}
        )
        if answer.status_code != 403:
            wrong.append((method, path, answer.status_code))
    assert wrong == []


async def test_no_route_knows_a_point_or_unit_of_others(sqlite_centre: Centre) -> None:
    person = await of_branch(sqlite_centre)
    wrong = []
    for method, path, is_open in asked(app_of(sqlite_centre)):
        if is_open and set(re.findall(r"\{(\w+)\}", path)) & FOREIGN.keys():
            answer = await person.client.request(
                method, named(path, FOREIGN), headers={"x-csrf-token": person.csrf_token}
            )
            if answer.status_code not in (403, 404):
                wrong.append((method, path, answer.status_code))
    assert wrong == []


async def test_no_list_names_a_point_or_unit_of_others(centre: Centre) -> None:
    person, whole = await admin_of_branch(centre), await centre.sign_in(Role.OFFICE)
    own = FOREIGN | {"point_id": "p-b", "unit_id": "xa-b", "place_id": "{place}-b"}
    told, reached = [], 0
    for method, path, is_open in asked(app_of(centre)):
        if method != "GET" or not is_open or path == "/api/v1/events":
            continue
        answer = await person.get(named(path, own))
        assert answer.status_code in (200, 404, 422), (path, answer.status_code)
        reached += answer.status_code == 200
        if answer.headers["content-type"].startswith(("text/", "application/json")):
            told += [(path, one) for one in OTHERS if one in answer.text]
    assert told == []
    assert reached > 15
    assert "Xã C" in (await whole.get("/points")).text
