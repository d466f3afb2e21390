"""The shapes that the map is drawn of."""

from dataclasses import dataclass

from controller.web.elements import Badge


@dataclass(frozen=True, slots=True)
class MapMark:
    """One point. `label` is beside it, where it has one."""

    key: str
    href: str
    x: float
    y: float
    size: float
    badge: Badge
    title: str
    is_wrong: bool
    is_found: bool
    label: str = ""
    label_x: float = 0.0


@dataclass(frozen=True, slots=True)
class MapText:
    """A line of a plate: what it says, where it stands, and how it looks."""

    text: str
    x: float
    y: float
    font: float
    css: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class MapPlate:
    """A group; everything in it is placed from its middle. `css`: of its worst state."""

    key: str
    href: str
    x: float
    y: float
    width: float
    height: float
    css: str
    title: str
    texts: tuple[MapText, ...]
    marks: tuple[MapMark, ...]
    is_found: bool


@dataclass(frozen=True, slots=True)
class MapLine:
    """What joins a group to the centre. `css`: whether it is cut, and its worst state."""

    key: str
    x1: float
    y1: float
    x2: float
    y2: float
    css: str


@dataclass(frozen=True, slots=True)
class MapShared:
    """A line that was learned, from one group to another; it bends at `bend`, between frames."""

    key: str
    x1: float
    y1: float
    bend_x: float
    bend_y: float
    x2: float
    y2: float
    title: str


@dataclass(frozen=True, slots=True)
class MapCut:
    """An incident's words at its line."""

    key: str
    href: str
    x: float
    y: float
    text: str
    width: float
    font: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map as it is drawn once. `alone`: points that stand on no plate."""

    name: str
    width: float
    height: float
    lines: tuple[MapLine, ...]
    shared: tuple[MapShared, ...]
    plates: tuple[MapPlate, ...]
    alone: tuple[MapMark, ...]
    cuts: tuple[MapCut, ...]
    centre: MapPlate
    font: float
