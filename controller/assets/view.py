"""The asset register as a page: a row a point, by unit."""

from collections.abc import Sequence
from dataclasses import dataclass

from controller.assets import register
from controller.assets.register import Asset
from controller.devices.battery_view import date_of
from controller.places.tree import Branch
from controller.web.elements import Crumb
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class UnitOption:
    """One unit of the list."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class AssetRow:
    """One point. `machine` empty: it has not reported; `parts`: disks and screens, a line each."""

    point_id: str
    name: str
    second: str
    machine: str
    serial: str
    system: str
    parts: tuple[str, ...]
    year: str
    first_seen: str


@dataclass(frozen=True, slots=True)
class AssetsView:
    """All the page shows. `query`: what the files are asked with."""

    crumbs: tuple[Crumb, ...]
    units: tuple[UnitOption, ...]
    chosen: str
    rows: tuple[AssetRow, ...]
    summary: str
    query: str


def view(
    words: Language, tree: Sequence[Branch], found: Sequence[Asset], chosen: str
) -> AssetsView:
    """Return the page's view."""
    reported = sum(one.inventory is not None for one in found)
    return AssetsView(
        crumbs=(Crumb(words.gettext("Points"), "/points"), Crumb(words.gettext("Asset register"))),
        units=tuple(
            UnitOption(one.unit.unit_id, "\u2003" * one.depth + one.unit.name) for one in tree
        ),
        chosen=chosen,
        rows=tuple(_row(words, one) for one in found),
        summary=words.gettext(
            "%(points)s, %(reported)s with a machine that reported",
            points=words.ngettext("%(n)s point", "%(n)s points", len(found)),
            reported=words.number(reported),
        ),
        query=f"?unit={chosen}" if chosen else "",
    )


def _row(words: Language, one: Asset) -> AssetRow:
    said, machine = one.inventory, one.machine
    disks = ((register.disk_name(words, disk), disk.serial) for disk in machine.disks)
    screens = ((register.screen_name(screen), screen.serial) for screen in one.screens)
    parts = [_with_serial(words, name, serial) for name, serial in (*disks, *screens)]
    parts += [
        words.gettext("UPS battery replaced on %(date)s", date=date_of(words, battery))
        for battery in one.batteries
    ]
    return AssetRow(
        point_id=one.point.point_id,
        name=one.point.name,
        second=one.unit,
        machine=_machine(words, one) if said else "",
        serial=machine.serial or machine.board_serial,
        system=f"{said.system} · {said.agent_version}" if said else "",
        parts=tuple(part for part in parts if part),
        year=str(one.point.purchase_year or "–"),
        first_seen=words.date(one.first_seen_at) if one.first_seen_at else "–",
    )


def _machine(words: Language, one: Asset) -> str:
    said, machine = one.inventory, one.machine
    named = " ".join(part for part in (machine.maker, machine.model) if part)
    if said is None:
        return named
    memory = words.gettext("%(size)s of memory", size=words.size(said.memory_bytes))
    return " · ".join(part for part in (named or said.hostname, said.processor, memory) if part)


def _with_serial(words: Language, name: str, serial: str) -> str:
    if not name or not serial:
        return name
    return words.gettext("%(name)s, serial number %(serial)s", name=name, serial=serial)
