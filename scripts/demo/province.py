"""The province of the demo: real names of units, in a small data file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DATA_FILE = Path(__file__).with_name("province.json")
Role = Literal["chair", "commune", "bystander"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the tree; `parent` None: the top."""

    key: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Point:
    """A conference point; a bystander is invited to none of the demo's meetings.

    `has_devices`: a switch and a power supply are watched there.
    """

    point_id: str
    number: int
    name: str
    unit: str
    role: Role
    has_own_network: bool = False
    has_devices: bool = False


@dataclass(frozen=True, slots=True)
class Province:
    """All units, parents before children, and all points in the order of their numbers."""

    name: str
    units: tuple[Unit, ...]
    points: tuple[Point, ...]

    @property
    def first(self) -> Point:
        """The point whose room is a real browser."""
        return self.points[0]

    @property
    def chair(self) -> Point:
        """The point that chairs every meeting."""
        return next(point for point in self.points if point.role == "chair")

    @property
    def communes(self) -> tuple[Point, ...]:
        """The points that take part without chairing."""
        return tuple(point for point in self.points if point.role == "commune")

    @property
    def invited(self) -> tuple[Point, ...]:
        """The chair's point and the communes."""
        return (self.chair, *self.communes)

    @property
    def bystander(self) -> Point:
        """The point that is in no meeting: its line is cut and its idle bytes are counted."""
        return next(point for point in self.points if point.role == "bystander")

    @property
    def equipped(self) -> Point:
        """The point with a switch and a power supply."""
        return next(point for point in self.points if point.has_devices)

    @property
    def with_own_network(self) -> list[str]:
        """Ids of the points that get a network namespace where possible."""
        return [point.point_id for point in self.points if point.has_own_network]


def load(file: Path = DATA_FILE) -> Province:
    """Return the province of a data file."""
    table = json.loads(file.read_text(encoding="utf-8"))
    units = tuple(Unit(u["id"], u["name"], u["parent"]) for u in table["units"])
    points = tuple(
        Point(
            p["id"], p["number"], p["name"], p["unit"], p["role"],
            p.get("has_own_network", False), p.get("has_devices", False),
        )
        for p in table["points"]
    )  # fmt: skip
    return Province(table["province"], units, points)
