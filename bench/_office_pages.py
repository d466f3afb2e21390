"""Which addresses stand for each page of the application, and which routes are no page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi import FastAPI

from bench._office_today import COMING, IN_PERSON, LIVE, SERIES
from tests.integration.controller.test_api_access import routes

# A point of the province, and one with a year of figures; the outage's moment is found by asking.
POINT = "y-001"

NO_PAGES = (
    "/api/",  # for programs
    "/metrics", "/healthz", "/readyz",  # for the machine
    "/language/", "/take/", "/calendar/", "/guest", "/parts/guest", "/sign-in",  # nobody signs in
)  # fmt: skip
NOT_FILLED = {
    "/points/{point_id}/devices/{device_id}/battery": "a device that was heard",
    "/incidents/channels/{channel_id}": "a channel with its secret",
    "/meetings/{meeting_id}/recordings/{run}/play": "files of a recorder",
    "/meetings/{meeting_id}/recordings/{run}/delete": "files of a recorder",
    "/meetings/{meeting_id}/recordings/{run}/{name}": "files of a recorder",
    "/meetings/{meeting_id}/minutes/files/{file_id}": "a file that was handed out",
    "/meetings/{meeting_id}/handouts/{handout_id}.pdf": "a file that was brought",
    "/meetings/{meeting_id}/tasks/{task_id}.ics": "a task with a deadline",
    "/approvals/{meeting_id}/{owner}": "a room that waits for its owner",
    "/carriers/{carrier_id}/evidence/{month}/{edition}.{kind}": "a file that was issued",
    "/tree/changes/{change_id}": "a change of the tree that is in force from a date",
    "/points/{point_id}/links.json": "a link of a device that was heard",
    "/points/{point_id}/links.csv": "a link of a device that was heard",
}
FILES = (".csv", ".xlsx", ".docx", ".pdf", ".ics", ".{kind}")


@dataclass(frozen=True, slots=True)
class AskedPage:
    """An address, with the route that answers it and what its kind may take."""

    route: str
    address: str
    kind: str


def addresses(past: str, began: str) -> Mapping[str, tuple[str, ...]]:
    """Return the addresses of each route whose address names something.

    Args:
        past: a meeting of all points that is over.
        began: when an outage of the point began, as addresses name it.
    """
    meetings = (LIVE, COMING, past, IN_PERSON)
    of_meeting = {
        f"{part}/meetings/{{meeting_id}}{rest}": tuple(
            f"{part}/meetings/{one}{rest}" for one in ids
        )
        for part in ("", "/parts")
        for rest, ids in {
            "": meetings, "/lines": (LIVE, COMING, past), "/log": (LIVE, past),
            "/roll-call": (LIVE, past), "/after": (past,), "/rehearsals": (COMING, past),
            "/minutes": (LIVE, past), "/heard": (past,), "/heard/{point_id}": (past,),
        }.items()
    }  # fmt: skip
    named = {
        route: tuple(one.replace("{point_id}", POINT) for one in found)
        for route, found in of_meeting.items()
    }
    return named | _of_the_office(past) | _of_points(began)


def _of_the_office(past: str) -> dict[str, tuple[str, ...]]:
    return {
        "/meetings": ("/meetings", "/meetings?kind=voters"),
        "/meetings/over": ("/meetings/over", "/meetings/over?kind=study"),
        "/incidents": ("/incidents",),
        "/people/branches": ("/people/branches?name=office",),
        "/maintenance/new": (f"/maintenance/new?point={POINT}",),
        "/meetings/new": (
            "/meetings/new", f"/meetings/new?like={COMING}", "/meetings/new?group=nhom-24",
            "/meetings/new?template=mau-3",
        ),
        "/meetings/emergency": ("/meetings/emergency", "/meetings/emergency?group=nhom-24"),
        "/meetings/templates/new": (f"/meetings/templates/new?like={COMING}",),
        "/meetings/tasks": ("/meetings/tasks", "/meetings/tasks?state=all"),
        "/meetings/{meeting_id}/tasks": (f"/meetings/{past}/tasks",),
        "/meetings/{meeting_id}/change": (f"/meetings/{COMING}/change",),
        "/meetings/{meeting_id}/lines.csv": (f"/meetings/{past}/lines.csv",),
        "/meetings/{meeting_id}/roll-call/sheet": (f"/meetings/{past}/roll-call/sheet",),
        "/meetings/{meeting_id}/minutes/edits/{version}": (f"/meetings/{past}/minutes/edits/3",),
        "/parts/meetings/{meeting_id}/lines-now": (f"/parts/meetings/{LIVE}/lines-now",),
        "/parts/meetings/{meeting_id}/guests": (f"/parts/meetings/{LIVE}/guests",),
        "/parts/meetings/{meeting_id}/invitations": (f"/parts/meetings/{COMING}/invitations",),
    }  # fmt: skip


def _of_points(began: str) -> dict[str, tuple[str, ...]]:
    return {
        "/": ("/",),
        "/points": ("/points", "/points?order=worst"),
        "/compare": (f"/compare?point={POINT}&point=y-002",),
        "/availability": ("/availability", "/availability?unit=half-a"),
        "/availability/days": ("/availability/days", "/availability/days?month=year"),
        "/assets": ("/assets", "/assets?unit=half-a"),
        "/search": ("/search?q=xa", "/search?q=giao+ban", "/search?q=y-1"),
        "/parts/search": ("/parts/search?q=t", "/parts/search?q=giao+ban+thu+4"),
        "/audit": ("/audit", "/audit?who=office", "/audit?who=kh%C3%B4ng+c%C3%B3", "/audit?who=X"),
        "/points/{point_id}": (f"/points/{POINT}", f"/points/{POINT}?span=1y"),
        "/points/{point_id}/series.json": (f"/points/{POINT}/series.json?span=1y",),
        "/carriers/contracts/{contract_id}/outages/{began}": (
            f"/carriers/contracts/hd001/outages/{began}",
        ),
        "/carriers/{carrier_id}/evidence.{kind}": ("/carriers/nm1/evidence.pdf",),
        "/series/dates/{meeting_id}/change": ("/series/dates/date-30/change",),
        "/meetings/papers/{kind}": ("/meetings/papers/invitation",),
        "/incidents/{number}": ("/incidents/2990", "/incidents/400"),
        "/parts/incidents/{number}": ("/parts/incidents/2990",),
    }  # fmt: skip


FILLED = {
    "point_id": POINT, "series_id": SERIES, "group_id": "nhom-24", "template_id": "mau-3",
    "maintenance_id": "bt001", "carrier_id": "nm1", "contract_id": "hd001", "card_id": "k1-clerk",
    "device_id": "d1-ups", "person_id": "truc-1", "kind": "invitation", "table": "meetings",
}  # fmt: skip
PLACES = {"/contacts/points/{place_id}": POINT, "/contacts/units/{place_id}": "half-a"}


def pages(app: FastAPI, past: str, began: str) -> Iterator[AskedPage]:
    """Give every page that the application has.

    Raises:
        SystemExit: of a page nobody said what stands for it.
    """
    known = addresses(past, began)
    for route in routes(app):
        path = route.path
        if "GET" not in (route.methods or ()) or path.startswith(NO_PAGES) or path in NOT_FILLED:
            continue
        for address in known.get(path) or (_filled(path, past),):
            yield AskedPage(path, address, kind_of(path))


def looked_at(app: FastAPI, past: str, began: str) -> Iterator[str]:
    """Give the addresses of what a person sees whole: no parts, no files, nothing for scripts."""
    for page in pages(app, past, began):
        if page.kind != "file" and not page.route.startswith("/parts/"):
            if not page.route.endswith(".json"):
                yield page.address


def kind_of(path: str) -> str:
    """Return what a route answers: a page, a report, or a file."""
    if path.endswith(FILES):
        return "file"
    return "report" if path.startswith("/reports") else "page"


def _filled(path: str, past: str) -> str:
    if path in PLACES:
        return path.replace("{place_id}", PLACES[path])
    address = path
    for name, value in (FILLED | {"meeting_id": past}).items():
        address = address.replace(f"{{{name}}}", value)
    if "{" in address:
        raise SystemExit(f"nobody said what stands for {path}: bench/_office_pages.py")
    return address
