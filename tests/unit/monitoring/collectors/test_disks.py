"""Disks on made folders of the kernel, with answers as smartctl 7.3 writes them.

No machine of the tests has a SATA or NVMe disk: the answers are written by hand after smartctl's
own source and documents, not recorded.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.machine import DiskFacts, DiskHealth
from monitoring.collectors import smartctl
from monitoring.collectors.disks import HOLDS_S, DisksCollector, disk_facts, disk_names
from monitoring.errors import CollectorError

ROOT = Path(__file__).parents[4]
ANSWERS = ROOT / "tests/data/smartctl"
SCRIPT = ROOT / "systemd/hardware.sh"


def write(folder, **values):
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in values.items():
        path = folder / name
        path.write_bytes(value) if isinstance(value, bytes) else path.write_text(f"{value}\n")


@pytest.fixture
def machine(tmp_path):
    """Make a machine with NVMe, SATA and eMMC, and what is no disk of it."""
    block = tmp_path / "sys/block"
    write(block / "nvme0n1", size=500118192, removable=0)
    write(block / "nvme0n1/queue", rotational=0)
    write(
        block / "nvme0n1/device",
        model="MAU SSD 256GB   ", serial="MAU01  ", firmware_rev="V1", state="live",
    )  # fmt: skip
    write(block / "nvme0n1/device/hwmon1", temp1_input=38850)
    write(block / "sda", size=976773168, removable=0)
    write(block / "sda/queue", rotational=1)
    write(block / "sda/device", model="MAU HDD 1TB", rev="0001", vpd_pg80=b"\0\x80\0\x08 WD-77\0\0")
    write(block / "mmcblk0", size=122142720, removable=0)
    write(
        block / "mmcblk0/device",
        name="MAU64G", serial="0x1234abcd", fwrev="0x07", life_time="0x02 0x04",
        pre_eol_info="0x01",
    )  # fmt: skip
    write(block / "mmcblk0boot0/device", name="MAU64G")
    write(block / "sdb", removable=1)
    write(block / "sdb/device", model="USB stick")
    write(block / "loop0", size=8)
    (tmp_path / "asked").mkdir()
    return tmp_path


def answer(machine, disk, name, *, age_s=0.0):
    path = machine / "asked" / f"{disk}.json"
    shutil.copy(ANSWERS / f"{name}.json", path)
    os.utime(path, (1_000_000 - age_s, 1_000_000 - age_s))


def collector(machine):
    return DisksCollector(machine / "sys", machine / "asked", now_s=lambda: 1_000_000.0)


def test_only_what_is_built_in_is_a_disk(machine):
    assert disk_names(machine / "sys") == ["mmcblk0", "nvme0n1", "sda"]


async def test_without_anybody_who_may_ask_there_is_what_the_kernel_tells_all(machine):
    found = await collector(machine).collect()
    assert not found.is_asked
    assert found.disks == (
        DiskHealth(name="mmcblk0", has_passed=True, worn_percent=40),
        DiskHealth(name="nvme0n1", temperature_c=38.85),
        DiskHealth(name="sda"),
    )
    assert found.figures == {"disk_temperature_c": 38.85}


async def test_what_disks_say_of_themselves(machine):
    answer(machine, "nvme0n1", "nvme-good")
    answer(machine, "sda", "sata-bad")
    found = await collector(machine).collect()
    assert found.is_asked
    assert found.disks[1:] == (
        DiskHealth(
            name="nvme0n1", has_passed=True, temperature_c=41, worn_percent=3, spare_percent=100,
            media_errors=0, on_hours=8761, unsafe_stops=27,
        ),
        DiskHealth(
            name="sda", has_passed=True, temperature_c=33, bad_sectors=8, moved_sectors=16,
            on_hours=12405,
        ),
    )  # fmt: skip
    assert found.figures == {"disk_temperature_c": 41}


def test_a_disk_that_ends_says_so_and_flash_how_worn_it_is():
    dying = smartctl.health_of("n", smartctl.read((ANSWERS / "nvme-dying.json").read_bytes()))
    assert (dying.has_passed, dying.warnings, dying.worn_percent) == (False, 0b101, 112)
    worn = smartctl.health_of("s", smartctl.read((ANSWERS / "sata-ssd.json").read_bytes()))
    assert (worn.has_passed, worn.worn_percent, worn.bad_sectors) == (True, 12, None)


@pytest.mark.parametrize(("age_s", "is_asked"), [(HOLDS_S, True), (HOLDS_S + 1, False)])
async def test_what_was_said_holds_for_a_day(machine, age_s, is_asked):
    answer(machine, "nvme0n1", "nvme-good", age_s=age_s)
    assert (await collector(machine).collect()).is_asked is is_asked


async def test_a_broken_answer_is_a_failed_measurement_and_costs_the_inventory_nothing(machine):
    answer(machine, "nvme0n1", "nvme-good")
    path = machine / "asked/nvme0n1.json"
    path.write_text(path.read_text()[:100])
    os.utime(path, (1_000_000, 1_000_000))
    with pytest.raises(CollectorError, match="smartctl"):
        await collector(machine).collect()
    facts = list(disk_facts(machine / "sys", machine / "asked", now_s=1_000_000))
    assert [one.serial for one in facts] == ["0x1234abcd", "MAU01", "WD-77"]
    answer(machine, "sda", "sata-bad")
    told = {one.name: one for one in (await collector(machine).collect()).disks}
    assert (told["sda"].bad_sectors or 0) > 0  # another disk's answer costs it nothing
    assert told["nvme0n1"].has_passed is None


def test_facts_are_the_disks_own_where_it_was_asked(machine):
    answer(machine, "sda", "sata-bad")
    found = list(disk_facts(machine / "sys", machine / "asked", now_s=1_000_000))
    assert found[1:] == [
        DiskFacts(
            name="nvme0n1", model="MAU SSD 256GB", serial="MAU01", firmware="V1",
            bytes_total=256060514304,
        ),
        DiskFacts(
            name="sda", model="MAU HDD 1TB", serial="S5MAU0R123456", firmware="SVT02B6Q",
            bytes_total=500107862016, is_rotating=True,
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [("pre_eol_info", "0x03"), ("state", "dead")])
async def test_the_kernel_knows_of_some_that_end(machine, name, value):
    write(machine / "sys/block/mmcblk0/device", **{name: value})
    assert (await collector(machine).collect()).disks[0].has_passed is False


@given(st.binary(max_size=400) | st.sampled_from(list(ANSWERS.glob("*.json"))).flatmap(
    lambda path: st.integers(0, 2000).map(lambda cut: path.read_bytes()[:cut])
))  # fmt: skip
def test_whatever_comes_is_an_answer_or_our_own_error(data):
    try:
        found = smartctl.health_of("sda", smartctl.read(data))
    except CollectorError:
        return
    assert found.name == "sda"


def ask(machine, *, code, says):
    """Run the script of the unit with a program in smartctl's place."""
    program = machine / "smartctl"
    program.write_text(f'#!/bin/sh\ncat {says}\necho "$@" >{machine}/arguments\nexit {code}\n')
    program.chmod(0o755)
    env = {**os.environ, "SYS_ROOT": str(machine / "sys"), "SMARTCTL": str(program)}
    subprocess.run([SCRIPT, machine / "asked"], env=env, check=True)
    return sorted(path.name for path in (machine / "asked").iterdir())


def test_the_unit_leaves_answers_and_serial_numbers(machine):
    write(machine / "sys/class/dmi/id", product_serial="MAU-PC-1", board_serial="MAU-B-1")
    # Bits 3 to 7 of the code tell of the disk; the first two, that there is no answer.
    left = ask(machine, code=8, says=ANSWERS / "nvme-dying.json")
    assert left == ["board_serial", "nvme0n1.json", "product_serial", "sda.json", "sdb.json"]
    assert (machine / "asked/product_serial").read_text() == "MAU-PC-1\n"
    assert (machine / "arguments").read_text().split()[-1] == "/dev/nvme0n1"


def test_a_disk_that_is_gone_leaves_nothing_to_one_that_comes_under_its_name(machine):
    answer(machine, "sda", "sata-bad")
    shutil.rmtree(machine / "sys/block/sda")
    assert "sda.json" not in ask(machine, code=0, says=ANSWERS / "nvme-good.json")


@pytest.mark.parametrize("code", [1, 2, 3, 124])
def test_a_disk_that_sleeps_or_cannot_be_asked_leaves_what_it_said_last(machine, code):
    answer(machine, "sda", "sata-bad")
    assert ask(machine, code=code, says="/dev/null") == ["sda.json"]
    assert (machine / "asked/sda.json").read_bytes() == (ANSWERS / "sata-bad.json").read_bytes()
