"""What a point's machine is made of, with names as long as makers give them."""

from typing import Any

from contracts.machine import (
    BootFacts,
    DiskFacts,
    DiskHealth,
    DisksSection,
    FileSystemUse,
    MachineFacts,
    ScreensSection,
    ScreenState,
    ThrottlingSection,
)
from contracts.reports import DiskSection

_GIB = 2**30
_DISKS = ("nvme0n1", "sda")


def sections() -> dict[str, Any]:
    """Return the sections of health: all is well, and nobody may ask the second disk."""
    return {
        "disk": DiskSection(
            disk_ratio=0.71,
            inode_ratio=0.12,
            file_systems=(
                FileSystemUse(
                    path="/", kind="ext4", bytes_total=120 * _GIB, disk_ratio=0.71, inode_ratio=0.12
                ),
                FileSystemUse(path="/boot/efi", kind="vfat", bytes_total=_GIB, disk_ratio=0.02),
                FileSystemUse(
                    path="/srv/luu-tru-ghi-hinh-hop-giao-ban-hang-tuan-nam-2026",
                    kind="xfs",
                    bytes_total=931 * _GIB,
                    disk_ratio=0.4,
                    inode_ratio=0.01,
                    is_read_only=True,
                ),
            ),
        ),
        "disks": DisksSection(
            figures={"disk_temperature_c": 41.0},
            disks=(
                DiskHealth(
                    name="nvme0n1", has_passed=True, temperature_c=41.0, worn_percent=12,
                    media_errors=0, on_hours=8761, unsafe_stops=27,
                ),
                DiskHealth(name="sda"),
            ),
            is_asked=True,
        ),
        "throttling": ThrottlingSection(throttled_ratio=0.0, throttles=0),
        "screens": ScreensSection(
            screens=(
                ScreenState(
                    connector="HDMI-A-1", is_connected=True, maker="SAM", model="LS27D366GA",
                    serial="HNTX900123", made_year=2024,
                ),
                ScreenState(connector="DP-1", is_connected=False),
            )
        ),
    }  # fmt: skip


def facts(number: int) -> dict[str, Any]:
    """Return what the inventory says besides."""
    return {
        "machine": MachineFacts(
            maker="ASUSTeK COMPUTER INC.",
            model="MINIPC PN53-S1 (ExpertCenter)",
            serial=f"R7MSCX00{number:04}AB123456789",
            board="ASUSTeK COMPUTER INC. PN53-S1",
            board_serial=f"MB-1234567890{number:04}",
            firmware="ASUSTeK COMPUTER INC. 1501 05/06/2025",
            disks=tuple(
                DiskFacts(
                    name=name,
                    model="SAMSUNG MZVL2256HCHQ-00B00",
                    serial=f"S640NX0T{number:04}{name.upper()}",
                    firmware="GXA7401Q",
                    bytes_total=238 * _GIB,
                )
                for name in _DISKS
            ),
        ),
        "boot": BootFacts(before="cut"),
    }
