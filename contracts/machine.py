"""A point's machine as a thing: its parts, their serial numbers, and how they are."""

from typing import Annotated, Literal

from msgspec import Meta

from contracts.message import Count, Instant, Part, Ratio, ShortText
from contracts.section import Section

MAX_DISKS, MAX_FILE_SYSTEMS, MAX_SCREENS = 16, 32, 16
Year = Annotated[int, Meta(ge=1990, le=2245)]
Percent = Annotated[int, Meta(ge=0, le=255)]
DiskCelsius = Annotated[float, Meta(ge=-60, le=200)]


class FileSystemUse(Part, frozen=True):
    """One file system on a disk of the machine; a ratio None: it has no such limit."""

    path: ShortText
    kind: ShortText
    bytes_total: Count
    disk_ratio: Ratio | None = None
    inode_ratio: Ratio | None = None
    is_read_only: bool = False


FileSystems = Annotated[tuple[FileSystemUse, ...], Meta(max_length=MAX_FILE_SYSTEMS)]


class DiskHealth(Part, frozen=True):
    """How one disk says it is; None: it does not say, or nobody may ask it.

    `has_passed`: its own verdict. `warnings`: those of an NVMe disk that tell of its end, as the
    bits of its critical warning. `bad_sectors` waits to be read, `moved_sectors` was replaced.
    `worn_percent`: of the writes it is made for, above 100 where it has done more.
    `unsafe_stops`: how often it lost its power unasked.
    """

    name: ShortText
    has_passed: bool | None = None
    warnings: Count = 0
    temperature_c: DiskCelsius | None = None
    worn_percent: Percent | None = None
    spare_percent: Percent | None = None
    bad_sectors: Count | None = None
    moved_sectors: Count | None = None
    media_errors: Count | None = None
    on_hours: Count | None = None
    unsafe_stops: Count | None = None


class DisksSection(Section, frozen=True):
    """How the disks are. `is_asked`: somebody who may has asked them, within the last day."""

    disks: Annotated[tuple[DiskHealth, ...], Meta(max_length=MAX_DISKS)] = ()
    is_asked: bool = False


class ThrottlingSection(Section, frozen=True):
    """How much the processor held itself back for heat since the last time it was asked.

    `throttled_ratio` None: the processor says only how often.
    """

    throttled_ratio: Ratio | None = None
    throttles: Count | None = None


class ScreenState(Part, frozen=True):
    """One connector for a screen, and what the screen says of itself (EDID)."""

    connector: ShortText
    is_connected: bool
    maker: ShortText = ""
    model: ShortText = ""
    serial: ShortText = ""
    made_year: Year | None = None


class ScreensSection(Section, frozen=True):
    """Every connector of the machine."""

    screens: Annotated[tuple[ScreenState, ...], Meta(max_length=MAX_SCREENS)] = ()


class DiskFacts(Part, frozen=True):
    """What changes rarely about a disk."""

    name: ShortText
    model: ShortText = ""
    serial: ShortText = ""
    firmware: ShortText = ""
    bytes_total: Count = 0
    is_rotating: bool = False


class MachineFacts(Part, frozen=True):
    """What the machine's own firmware says of it; empty: nothing, or nobody may read it."""

    maker: ShortText = ""
    model: ShortText = ""
    serial: ShortText = ""
    board: ShortText = ""
    board_serial: ShortText = ""
    firmware: ShortText = ""
    disks: Annotated[tuple[DiskFacts, ...], Meta(max_length=MAX_DISKS)] = ()


class BootFacts(Part, frozen=True):
    """How the time before this boot ended, as far as the point knows.

    `before`: the agent was told to stop, or was cut off (power, a machine that hung, a reset).
    `seen_until`: when it was last known to run. `reset_by`: what the watchdog's chip says.
    """

    before: Literal["stopped", "cut", "unknown"] = "unknown"
    seen_until: Instant | None = None
    reset_by: Literal["watchdog", "heat", "power"] | None = None
