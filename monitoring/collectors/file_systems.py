"""Which file systems lie on disks of the machine. proc(5), /proc/pid/mountinfo. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from contracts.machine import MAX_FILE_SYSTEMS

# Those of live media and snaps are full from the day they are made.
LOCAL_KINDS = frozenset((
    "bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fuseblk", "jfs", "ntfs", "ntfs3",
    "vfat", "xfs", "zfs",
))  # fmt: skip
_ESCAPED = re.compile(r"\\([0-7]{3})")
MAX_PATH_CHARS = 120


@dataclass(frozen=True, slots=True)
class Mounted:
    """One file system where it is first mounted; `is_read_only`: as a whole, not just here."""

    path: str
    kind: str
    is_read_only: bool


def local(mountinfo: str) -> list[Mounted]:
    """Return each file system once, the shortest of its paths that nothing covers."""
    on_top: dict[str, tuple[str, Mounted]] = {}
    for device, mounted in _rows(mountinfo):
        on_top.pop(mounted.path, None)
        on_top[mounted.path] = (device, mounted)
    found: dict[str, Mounted] = {}
    for device, mounted in sorted(on_top.values(), key=lambda one: len(one[1].path)):
        if mounted.kind in LOCAL_KINDS and len(mounted.path) <= MAX_PATH_CHARS:
            found.setdefault(device, mounted)
    return list(found.values())[:MAX_FILE_SYSTEMS]


def _rows(mountinfo: str) -> Iterator[tuple[str, Mounted]]:
    for row in mountinfo.splitlines():
        here, _, beyond = row.partition(" - ")
        words, whole = here.split(" "), beyond.split(" ")
        if len(words) >= 6 and len(whole) >= 3:
            path = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), words[4])
            is_read_only = "ro" in whole[2].split(",")
            if path.isprintable():
                yield words[2], Mounted(path, whole[0], is_read_only)
