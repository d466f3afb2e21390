"""File systems: how full, in bytes and files, and what happens where one does not answer."""

import os
import threading
from pathlib import Path

import pytest

from contracts.reports import DiskSection
from monitoring.collectors.disk import DiskCollector, FileSystem, bytes_ratio, inode_ratio
from monitoring.errors import CollectorError
from tests.waiting import until


def stat(*, blocks=100, free=60, available=50, files=1000, files_free=900):
    return os.statvfs_result(
        (4096, 4096, blocks, free, available, files, files_free, files_free, 0, 255)
    )


def test_space_is_counted_as_df_does_and_files_likewise():
    assert bytes_ratio(stat()) == round(40 / 90, 3)
    assert inode_ratio(stat()) == 0.1
    assert inode_ratio(stat(files_free=0)) == 1.0
    assert inode_ratio(stat(files=0, files_free=0)) is None  # btrfs makes them as it goes
    assert bytes_ratio(stat(blocks=0, free=0, available=0)) is None


async def test_the_fuller_of_machine_and_data_folder_is_told():
    stats = {Path("/"): stat(), Path("/data"): stat(free=0, available=0, files_free=20)}
    disk = DiskCollector(tuple(stats), statvfs=stats.__getitem__)
    assert await disk.collect() == DiskSection(disk_ratio=1.0, inode_ratio=0.98)
    assert disk.bytes_total == 100 * 4096


class Hanging:
    """A file system that answers when it is told to, and counts who waits in the kernel."""

    def __init__(self):
        self.asked_total = 0
        self.may_answer = threading.Event()

    def __call__(self, path):
        self.asked_total += 1
        self.may_answer.wait(30)
        return stat()


async def test_a_file_system_that_hangs_is_asked_once_and_its_late_answer_counts():
    hanging = Hanging()
    system = FileSystem(Path("/mnt/nfs"), statvfs=hanging)
    for _ in range(20):
        with pytest.raises(CollectorError, match="/mnt/nfs: the file system has not answered"):
            await system.ask(timeout_s=0.005)
    assert hanging.asked_total == 1
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("statvfs /mnt/nfs") == 1
    hanging.may_answer.set()
    assert await system.ask(timeout_s=5) == stat()
    assert await system.ask(timeout_s=5) == stat()
    assert hanging.asked_total == 2


async def test_what_the_kernel_refuses_is_said_with_the_path(tmp_path):
    with pytest.raises(CollectorError, match=r"gone: No such file"):
        await FileSystem(tmp_path / "gone").ask(timeout_s=5)


async def test_a_question_that_was_given_up_does_not_disturb_the_loop():
    hanging = Hanging()
    system = FileSystem(Path("/mnt/nfs"), statvfs=hanging)
    with pytest.raises(CollectorError):
        await system.ask(timeout_s=0.005)
    assert system._under_way is not None
    system._under_way.cancel()
    hanging.may_answer.set()
    await until(lambda: "statvfs /mnt/nfs" not in [t.name for t in threading.enumerate()])
    assert hanging.asked_total == 1
