"""Throttling, screens, firmware, resets and file systems on made folders of the kernel.

The machines of the tests have no screens, no firmware to ask and no such counters; file systems
are asked for real besides.
"""

from pathlib import Path

import pytest

from contracts.machine import MachineFacts, ScreenState, ThrottlingSection
from monitoring.collectors.boot import reset_by
from monitoring.collectors.disk import DiskCollector
from monitoring.collectors.file_systems import Mounted, local
from monitoring.collectors.hardware import machine_facts
from monitoring.collectors.screens import ScreensCollector
from monitoring.collectors.throttling import ThrottlingCollector
from tests.fakes.edid import block


def write(folder, **values):
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in values.items():
        path = folder / name
        path.write_bytes(value) if isinstance(value, bytes) else path.write_text(f"{value}\n")


async def test_throttling_is_what_the_worst_core_was_held_back(tmp_path):
    seconds = iter((0.0, 60.0, 120.0))
    collector = ThrottlingCollector(tmp_path, monotonic=lambda: next(seconds))
    cpu = tmp_path / "devices/system/cpu"
    for core in range(2):
        write(
            cpu / f"cpu{core}/thermal_throttle",
            core_throttle_count=5, core_throttle_total_time_ms=100,
            package_throttle_count=9, package_throttle_total_time_ms=900,
        )  # fmt: skip
    assert await collector.collect() == ThrottlingSection()
    write(cpu / "cpu0/thermal_throttle", package_throttle_count=12)
    write(cpu / "cpu1/thermal_throttle", core_throttle_total_time_ms=6100, core_throttle_count=0)
    assert await collector.collect() == ThrottlingSection(throttles=3, throttled_ratio=0.1)
    assert await collector.collect() == ThrottlingSection(throttles=0, throttled_ratio=0.0)


async def test_a_processor_that_does_not_tell_is_not_cool(tmp_path):
    collector = ThrottlingCollector(tmp_path)
    await collector.collect()
    assert await collector.collect() == ThrottlingSection()


async def test_screens_are_told_with_what_they_say_of_themselves(tmp_path):
    drm = tmp_path / "class/drm"
    told = block(maker="GSM", number=4, year=2020, name="LG TV")
    write(drm / "card1-HDMI-A-1", status="connected", edid=told)
    write(drm / "card1-HDMI-A-2", status="disconnected", edid=b"")
    write(drm / "card1-DP-1", status="connected", edid=told[:-1])
    write(drm / "card1-VGA-1", status="unknown")
    write(drm / "card1-Writeback-1", status="disconnected")
    write(drm / "version", none="")
    assert (await ScreensCollector(tmp_path).collect()).screens == (
        ScreenState(connector="DP-1", is_connected=True),
        ScreenState(
            connector="HDMI-A-1", is_connected=True, maker="GSM", model="LG TV", serial="4",
            made_year=2020,
        ),
        ScreenState(connector="HDMI-A-2", is_connected=False),
    )  # fmt: skip


def test_firmware_is_told_without_what_nobody_filled_in(tmp_path):
    write(
        tmp_path / "sys/class/dmi/id",
        sys_vendor="MAU  Computer\x07", product_name="To Be Filled By O.E.M.", board_vendor="MAU",
        board_name="N100-ITX", bios_vendor="AMI", bios_version="5.27", bios_date="03/14/2025",
    )  # fmt: skip
    write(tmp_path / "asked", product_serial="0000000000", board_serial="B-77")
    assert machine_facts(tmp_path / "sys", tmp_path / "asked", now_s=0) == MachineFacts(
        maker="MAU Computer",
        board="MAU N100-ITX",
        board_serial="B-77",
        firmware="AMI 5.27 03/14/2025",
    )


def test_a_board_without_firmware_says_its_model_in_the_device_tree(tmp_path):
    write(
        tmp_path / "sys/firmware/devicetree/base",
        **{"model": b"Mau Pi 5\0", "serial-number": b"10ab\0"},
    )
    found = machine_facts(tmp_path / "sys", tmp_path / "asked", now_s=0)
    assert (found.model, found.serial) == ("Mau Pi 5", "10ab")


@pytest.mark.parametrize(
    ("states", "why"),
    [((), None), ((0,), None), ((0, 0x20), "watchdog"), ((0x21,), "heat"), ((0x10,), "power")],
)
def test_the_watchdogs_chip_says_what_reset_the_machine(tmp_path, states, why):
    for index, state in enumerate(states):
        write(tmp_path / f"class/watchdog/watchdog{index}", bootstatus=state)
    assert reset_by(tmp_path) == why


MOUNTS = r"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / ro,relatime - ext4 /dev/vda rw,discard
31 27 254:0 /var/lib/x /var/lib/x rw - ext4 /dev/vda rw
32 27 254:2 / /boot/efi rw shared:3 - vfat /dev/vda2 rw,umask=0077
33 27 7:1 / /snap/core/1 ro - squashfs /dev/loop1 ro
34 27 254:3 / /home rw - ext4 /dev/vda3 rw
35 27 0:40 / /home ro - tmpfs tmpfs ro
36 27 254:4 / /srv/dữ\040liệu rw - xfs /dev/vda4 ro,errors=x
37 27 0:41 / /net rw - nfs4 server:/x rw
nonsense
"""


def test_file_systems_on_disks_are_named_once_where_nothing_covers_them():
    assert local(MOUNTS) == [
        Mounted("/", "ext4", is_read_only=False),
        Mounted("/boot/efi", "vfat", is_read_only=False),
        Mounted("/srv/dữ liệu", "xfs", is_read_only=True),
    ]


async def test_this_machines_own_file_systems_are_told():
    found = await DiskCollector((Path("/"),), proc=Path("/proc")).collect()
    root = next((one for one in found.file_systems if one.path == "/"), None)
    if root is not None:  # in a container it may be an overlay, which is no disk's
        assert (root.disk_ratio, root.is_read_only) == (found.disk_ratio, False)
    assert all(one.bytes_total > 0 for one in found.file_systems)


async def test_a_further_file_system_that_is_gone_costs_the_others_nothing(tmp_path):
    write(tmp_path / "self", mountinfo=f"9 1 8:1 / {tmp_path}/gone rw - ext4 /dev/sda1 rw\n"
          "10 1 8:2 / / rw - ext4 /dev/sda2 rw")  # fmt: skip
    found = await DiskCollector((tmp_path,), proc=tmp_path).collect()
    assert [one.path for one in found.file_systems] == ["/"]
    assert found.disk_ratio is not None
