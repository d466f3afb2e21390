"""Who made a device, by the first half of its hardware address: the table that Debian's udev has.

The table is large and wanted seldom: it is looked into where a device is new, and its pages are
given back at once. Where neither it nor the package ieee-data is installed, nobody is named.
"""

import mmap
from pathlib import Path

MAX_KNOWN = 512
MAX_NAME_CHARS = 60
_LOCAL = 0x02
"""IEEE 802: an address that no maker gave, as telephones make up."""
_UDEV = "usr/lib/udev/hwdb.d/20-OUI.hwdb"
_IEEE_DATA = "usr/share/ieee-data/oui.txt"
_DIGITS = (9, 7, 6)
"""Small makers have but a part of a block: the longest beginning counts."""


class Makers:
    """Looks up, and remembers what it found and what it did not."""

    def __init__(self, files: Path) -> None:
        self._files = files
        self._known: dict[str, str] = {}

    def look_up(self, macs: list[str]) -> None:
        """Look for those that are not known yet. Reads some megabytes of a file."""
        new = [mac for mac in macs if mac not in self._known]
        if not new:
            return
        if len(self._known) + len(new) > MAX_KNOWN:
            self._known.clear()
            new = macs[:MAX_KNOWN]
        self._known |= dict.fromkeys(new, "")
        named = {mac: mac.replace(":", "").upper() for mac in new if not is_made_up(mac)}
        for mac, name in self._found(named).items():
            self._known[mac] = name

    def of(self, mac: str) -> str:
        """Return who made it; empty where that is not known."""
        return self._known.get(mac, "")

    def _found(self, named: dict[str, str]) -> dict[str, str]:
        for path, find in ((_UDEV, _in_udev), (_IEEE_DATA, _in_ieee_data)):
            try:
                with (
                    (self._files / path).open("rb") as file,
                    mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as table,
                ):
                    return {mac: find(table, digits) for mac, digits in named.items()}
            except (OSError, ValueError):  # not there, or empty
                continue
        return {}


def is_made_up(mac: str) -> bool:
    """Return whether an address is one that no maker gave."""
    return bool(int(mac[:2], 16) & _LOCAL)


def _in_udev(table: mmap.mmap, digits: str) -> str:
    for count in _DIGITS:
        head = f"\nOUI:{digits[:count]}*\n ID_OUI_FROM_DATABASE=".encode()
        place = table.find(head)
        if place >= 0:
            return _line(table, place + len(head))
    return ""


def _in_ieee_data(table: mmap.mmap, digits: str) -> str:
    head = f"\n{digits[:2]}-{digits[2:4]}-{digits[4:6]}   (hex)".encode()
    place = table.find(head)
    return _line(table, place + len(head)) if place >= 0 else ""


def _line(table: mmap.mmap, place: int) -> str:
    end = table.find(b"\n", place)
    text = table[place : end if end >= 0 else len(table)].decode("utf-8", "replace")
    return " ".join(text.replace("\0", "").split())[:MAX_NAME_CHARS]
