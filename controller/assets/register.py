"""The asset register: of every point what its machine is, as it said last."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts.local_days import day_of
from contracts.machine import DiskFacts, MachineFacts, ScreenState
from contracts.reports import InventoryBody
from controller.devices.batteries import YEAR_DAYS, BatteryChange, age_of, newest_of_each
from controller.places.service import Point
from controller.places.tree import Branch, at_and_below
from controller.spreadsheet import Cell
from controller.web.i18n.language import N_, Language

_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Asset:
    """One point. `inventory` None: no machine of it has reported yet.

    `batteries`: those that its power supplies have now, as people said.
    """

    point: Point
    unit: str
    inventory: InventoryBody | None = None
    screens: tuple[ScreenState, ...] = ()
    first_seen_at: datetime | None = None
    batteries: tuple[BatteryChange, ...] = ()

    @property
    def machine(self) -> MachineFacts:
        """What its firmware says; nothing where it does not."""
        return (self.inventory and self.inventory.machine) or MachineFacts()


@dataclass(frozen=True, slots=True)
class Said:
    """What points have said, by their ids."""

    inventories: Mapping[str, InventoryBody]
    screens: Mapping[str, tuple[ScreenState, ...]]
    first_seen: Mapping[str, datetime]
    batteries: Mapping[str, list[BatteryChange]] = field(default_factory=dict)


def assets(tree: Sequence[Branch], said: Said, *, below: str = "") -> list[Asset]:
    """Return the points of all units, or of one and those under it, as the tree has them."""
    return [
        Asset(
            point,
            branch.unit.name,
            said.inventories.get(point.point_id),
            said.screens.get(point.point_id, ()),
            said.first_seen.get(point.point_id),
            tuple(newest_of_each(said.batteries.get(point.point_id, []))),
        )
        for branch in at_and_below(tree, below)
        for point in branch.points
    ]


COLUMNS = (
    N_("Unit"), N_("Number"), N_("Point"), N_("Purchase year"), N_("First seen"), N_("Maker"),
    N_("Model"), N_("Serial number"), N_("Mainboard"), N_("Mainboard's serial number"),
    N_("Firmware"), N_("Processor"), N_("Memory, GiB"), N_("Disks"), N_("Disks' serial numbers"),
    N_("Screens"), N_("Screens' serial numbers"), N_("Network cards (MAC)"), N_("Machine"),
    N_("System"), N_("Agent version"), N_("Batteries replaced on"),
    N_("Age of the oldest battery, years"),
)  # fmt: skip


def table(words: Language, found: Iterable[Asset], now: datetime) -> list[tuple[Cell, ...]]:
    """Return the rows of the register as a file, in the order of `COLUMNS`."""
    return [_row(words, one, now) for one in found]


def _row(words: Language, one: Asset, now: datetime) -> tuple[Cell, ...]:
    said, machine = one.inventory, one.machine
    seen = one.first_seen_at
    cards = (card.mac for card in said.interfaces if card.mac) if said else ()
    return (
        one.unit,
        one.point.number,
        one.point.name,
        one.point.purchase_year,
        day_of(seen).isoformat() if seen else None,
        machine.maker,
        machine.model,
        machine.serial,
        machine.board,
        machine.board_serial,
        machine.firmware,
        said.processor if said else "",
        round(said.memory_bytes / _GIB, 1) if said else None,
        _listed(disk_name(words, disk) for disk in machine.disks),
        _listed(disk.serial for disk in machine.disks),
        _listed(screen_name(screen) for screen in one.screens),
        _listed(screen.serial for screen in one.screens),
        _listed(cards),
        said.hostname if said else "",
        said.system if said else "",
        said.agent_version if said else "",
        _listed(battery.replaced_on for battery in one.batteries),
        oldest_years(one.batteries, now),
    )


def oldest_years(found: Iterable[BatteryChange], now: datetime) -> float | None:
    """Return how old the oldest battery is; None: nobody has said of any."""
    return max((round(age_of(one, now).days / YEAR_DAYS, 1) for one in found), default=None)


def disk_name(words: Language, disk: DiskFacts) -> str:
    """Return what a disk is: its model and size."""
    return f"{disk.model or disk.name} {words.size(disk.bytes_total)}"


def screen_name(screen: ScreenState) -> str:
    """Return what a screen is, with its year."""
    year = str(screen.made_year or "")
    return " ".join(part for part in (screen.maker, screen.model, year) if part)


def _listed(parts: Iterable[str] | Iterator[str]) -> str:
    return "; ".join(part for part in parts if part)
