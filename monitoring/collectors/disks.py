"""The machine's disks: which there are, and how each says it is.

Only root may ask a SATA or NVMe disk how it is. A small unit does and leaves what smartctl
wrote in a folder (systemd/hardware.sh, docs/decisions/0223-…); without it there is what the
kernel tells everybody: eMMC's wear, a controller that is dead, a temperature.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from contracts.machine import MAX_DISKS, DiskFacts, DiskHealth, DisksSection
from monitoring.collectors import smartctl
from monitoring.collectors.smartctl import SmartctlAnswer
from monitoring.collectors.sysfs import line, number, shown
from monitoring.errors import CollectorError

HOLDS_S = 24 * 3600.0
"""A disk that sleeps is not woken to be asked; what it said yesterday says nothing of today."""
_SECTOR = 512
_NO_DISKS = ("loop", "ram", "zram", "dm-", "md", "sr", "fd", "nbd")
_VPD_HEADER = 4
# JEDEC JESD84-B51, 7.4.42: 1 to 10 are tenths of the life, 11 is beyond it.
_EMMC_OVER = 11
_EMMC_URGENT = 3


class DisksCollector:
    """Files only: of the kernel, and of who asked the disks."""

    name = "disks"
    timeout_s = 5.0
    interval_s = 300.0

    def __init__(self, sys: Path, asked: Path, *, now_s: Callable[[], float] = time.time) -> None:
        self._sys = sys
        self._asked = asked
        self._now_s = now_s

    async def collect(self) -> DisksSection:
        """Return how the disks are.

        Raises:
            CollectorError: what smartctl wrote cannot be read; of one of several, that one is
                told as the kernel knows it.
        """
        found: list[DiskHealth] = []
        is_asked, unread = False, None
        for name in disk_names(self._sys):
            try:
                answer = answer_of(self._asked, name, now_s=self._now_s())
            except CollectorError as exc:
                answer, unread = None, exc
            is_asked = is_asked or answer is not None
            known = _by_kernel(self._sys, name)
            found.append(smartctl.health_of(name, answer) if answer else known)
        if unread is not None and not is_asked:
            raise unread
        warmth = [one.temperature_c for one in found if one.temperature_c is not None]
        figures = {"disk_temperature_c": max(warmth)} if warmth else {}
        return DisksSection(disks=tuple(found), is_asked=is_asked, figures=figures)


def disk_names(sys: Path) -> list[str]:
    """Return the disks that are built in: neither made by software nor put in and taken out."""
    found = sorted(path.name for path in (sys / "block").glob("*") if (path / "device").exists())
    return [one for one in found if _is_built_in(sys, one)][:MAX_DISKS]


def _is_built_in(sys: Path, name: str) -> bool:
    is_part = name.startswith("mmcblk") and "boot" in name
    is_removable = number(sys / "block" / name / "removable") == 1
    return not (name.startswith(_NO_DISKS) or is_part or is_removable)


def answer_of(asked: Path, name: str, *, now_s: float) -> SmartctlAnswer | None:
    """Return what a disk said of itself within the last day; None: nobody asked it.

    Raises:
        CollectorError: it cannot be read.
    """
    path = asked / f"{name}.json"
    try:
        if abs(now_s - path.stat().st_mtime) > HOLDS_S:
            return None
        return smartctl.read(path.read_bytes())
    except OSError:
        return None


def disk_facts(sys: Path, asked: Path, *, now_s: float) -> Iterator[DiskFacts]:
    """Give what changes rarely about each disk."""
    for name in disk_names(sys):
        known = _facts_by_kernel(sys, name)
        try:
            answer = answer_of(asked, name, now_s=now_s)
        except CollectorError:
            answer = None  # the section of the disks says so
        yield smartctl.facts_of(known, answer) if answer else known


def _facts_by_kernel(sys: Path, name: str) -> DiskFacts:
    block, device = sys / "block" / name, sys / "block" / name / "device"
    return DiskFacts(
        name=name,
        model=line(device / "model") or line(device / "name"),
        serial=line(device / "serial") or line(block / "serial") or _vital_serial(device),
        firmware=line(device / "firmware_rev") or line(device / "rev") or line(device / "fwrev"),
        bytes_total=max(0, number(block / "size") or 0) * _SECTOR,
        is_rotating=number(block / "queue/rotational") == 1 and not name.startswith("vd"),
    )


def _vital_serial(device: Path) -> str:
    """SCSI vital product data, page 0x80: four octets, then the serial number. SPC-4, 7.8.15."""
    try:
        page = (device / "vpd_pg80").read_bytes()
    except OSError:
        return ""
    return shown(page[_VPD_HEADER:].decode("ascii", "replace"))


def _by_kernel(sys: Path, name: str) -> DiskHealth:
    device = sys / "block" / name / "device"
    lives = [int(word, 16) for word in line(device / "life_time").split() if _is_hex(word)]
    is_dead = line(device / "state") == "dead" or number(device / "pre_eol_info") == _EMMC_URGENT
    is_said = bool(lives) or (device / "pre_eol_info").exists()
    return DiskHealth(
        name=name,
        has_passed=False if is_dead else True if is_said else None,
        worn_percent=_emmc_worn(lives),
        temperature_c=_temperature_c(device),
    )


def _is_hex(word: str) -> bool:
    return (
        word.startswith("0x")
        and len(word) == 4
        and all(c in "0123456789abcdefABCDEF" for c in word[2:])
    )


def _emmc_worn(lives: list[int]) -> int | None:
    told = [one for one in lives if 1 <= one <= _EMMC_OVER]
    return max(told) * 10 if told else None


def _temperature_c(device: Path) -> float | None:
    """Return what the kernel says of an NVMe disk's or (drivetemp) a SATA disk's warmth."""
    for path in sorted(device.glob("hwmon*/temp1_input")) + sorted(
        device.glob("hwmon/hwmon*/temp1_input")
    ):
        millis = number(path)
        if millis is not None and -60_000 <= millis <= 200_000:
            return millis / 1000
    return None
