"""Search from every page: points, devices, carriers, meetings, people; as a page, or typing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi import APIRouter

from contracts.machine import MachineFacts
from contracts.reports import InventoryBody
from controller.carriers import service as carriers
from controller.devices import service as devices
from controller.health import service as health
from controller.meetings import service as meetings
from controller.people.accounts import Accounts
from controller.places import service as places
from controller.roles import Role
from controller.search import finding
from controller.search.finding import Findable
from controller.web.i18n.language import N_
from controller.web.page_request import PageRequest
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)
ROLE_WORDS = {
    Role.VIEWER: N_("Viewer"),
    Role.OFFICE: N_("Office"),
    Role.ADMIN: N_("Administrator"),
}


@dataclass(frozen=True, slots=True)
class SearchGroup:
    """What was found of one kind."""

    title: str
    hits: tuple[Findable, ...]


@dataclass(frozen=True, slots=True)
class SearchView:
    """All that is shown of what was looked for. `summary`: how much it is, for who listens."""

    typed: str
    groups: tuple[SearchGroup, ...]
    summary: str


@live_page(router, "/search", "search/search.html", section="")
def search(asked: PageRequest) -> SearchView:
    """Return what is found, at most eight of a kind, of what the person may see elsewhere."""
    typed = asked.request.query_params.get("q", "")[: finding.MAX_SOUGHT_CHARS]
    words = finding.sought(typed)
    found = {title: finding.found(words, among) for title, among in _kinds(asked, words)}
    groups = tuple(
        SearchGroup(asked.words.gettext(title), tuple(hits))
        for title, hits in found.items()
        if hits
    )
    count = sum(len(group.hits) for group in groups)
    summary = asked.words.ngettext("%(n)s result", "%(n)s results", count) if groups else ""
    return SearchView(typed, groups, summary)


def _kinds(asked: PageRequest, words: tuple[str, ...]) -> Iterator[tuple[str, list[Findable]]]:
    """Give what there is of each kind; nothing is read where nothing is looked for."""
    if not words:
        return
    known = places.points(asked.state, at=asked.now)
    names = {one.point_id: one.name for one in known}
    yield N_("Points"), _points(asked, known)
    machines = _machines(asked, names) if _sees_serials(asked, words) else []
    yield N_("Devices"), _devices(asked, names) + machines
    if not asked.person.branches:
        yield N_("Carriers"), _carriers(asked, names)
    yield N_("Meetings"), _meetings(asked)
    if asked.person.may(Role.ADMIN) and not asked.person.branches:
        yield N_("People"), _people(asked)


def _sees_serials(asked: PageRequest, words: tuple[str, ...]) -> bool:
    """Whether the asset register, which is the office's, is read: it has a report a point."""
    return asked.person.may(Role.OFFICE) and finding.may_be_serial(words)


def _points(asked: PageRequest, known: list[places.Point]) -> list[Findable]:
    units = {one.unit_id: one.name for one in places.units(asked.state, at=asked.now)}
    return [
        Findable(
            one.name,
            f"/points/{one.point_id}",
            units.get(one.unit_id, ""),
            f"{one.point_id} {one.number} {units.get(one.unit_id, '')}",
        )
        for one in known
    ]


def _devices(asked: PageRequest, names: Mapping[str, str]) -> list[Findable]:
    return [
        Findable(
            one.name,
            f"/points/{one.point_id}#device-{one.device_id}",
            f"{names[one.point_id]} · {one.address}",
            one.address,
        )
        for own in devices.of_points(asked.state, None).values()
        for one in own
        if one.point_id in names
    ]


def _machines(asked: PageRequest, names: Mapping[str, str]) -> list[Findable]:
    """Return machines, disks and screens by their serial numbers."""
    parts = [
        (point_id, name, serial)
        for point_id, body in health.inventories(asked.series).items()
        for name, serial in _serials(body)
    ]
    parts += [
        (point_id, f"{one.maker} {one.model}".strip() or one.connector, one.serial)
        for point_id, screens in health.plugged_screens(asked.series).items()
        for one in screens
    ]
    return [
        Findable(name, f"/points/{point_id}", f"{names[point_id]} · {serial}", serial)
        for point_id, name, serial in parts
        if serial and point_id in names
    ]


def _serials(said: InventoryBody) -> Iterator[tuple[str, str]]:
    machine = said.machine or MachineFacts()
    name = f"{machine.maker} {machine.model}".strip() or said.hostname
    yield name, machine.serial
    yield machine.board or name, machine.board_serial
    yield from ((disk.model or disk.name, disk.serial) for disk in machine.disks)


def _carriers(asked: PageRequest, names: Mapping[str, str]) -> list[Findable]:
    """Return carriers by name, and contracts by number."""
    known = {one.carrier_id: one.name for one in carriers.carriers(asked.state)}
    found = [Findable(name, f"/carriers/{one}") for one, name in known.items()]
    return found + [
        Findable(
            one.number,
            f"/carriers/contracts/{one.contract_id}",
            f"{known[one.carrier_id]} · {names.get(one.point_id, one.point_id)}",
        )
        for one in carriers.numbers(asked.state)
        if one.carrier_id in known
    ]


def _meetings(asked: PageRequest) -> list[Findable]:
    words = asked.words
    return [
        Findable(
            one.title,
            f"/meetings/{one.meeting_id}",
            f"{words.time(one.begins_at)} {words.date(one.begins_at)}",
            one.document_number,
        )
        for one in meetings.newest_normal(asked.state)
    ]


def _people(asked: PageRequest) -> list[Findable]:
    roles = {role: asked.words.gettext(name) for role, name in ROLE_WORDS.items()}
    return [
        Findable(
            one.display_name or one.user_name,
            "/people",
            f"{roles[one.role]} · {one.user_name}",
            f"{one.user_name} {roles[one.role]}",
        )
        for one in asked.web.part(Accounts).listed()
    ]
