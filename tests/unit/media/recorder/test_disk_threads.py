"""What a disk holds up: its own threads, so many waiting, and folders that are not let go early."""

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from media.errors import DiskBusy
from media.recorder.disk_threads import DiskThreads
from media.recorder.file_writer import FileWriter
from media.recorder.open_folders import OpenFolders
from tests.waiting import until


class HangingDisk:
    """Takes what is written once it goes on."""

    def __init__(self) -> None:
        self.is_hanging, self.goes_on = threading.Event(), threading.Event()

    def write(self) -> bool:
        """Return once it has gone on."""
        self.is_hanging.set()
        return self.goes_on.wait()


async def test_a_disk_that_hangs_takes_its_own_threads_and_refuses_what_is_too_much():
    asyncio.get_running_loop().set_default_executor(
        ThreadPoolExecutor(1)
    )  # the process' common one
    threads, disk = DiskThreads(1, most=3), HangingDisk()
    waiting = [asyncio.create_task(threads.run(disk.write)) for _ in range(3)]
    await until(disk.is_hanging.is_set)
    try:
        async with asyncio.timeout(5):
            assert await asyncio.to_thread(str, "names are resolved") == "names are resolved"
        with pytest.raises(DiskBusy, match="3 acts wait"):
            await threads.run(list)
    finally:
        disk.goes_on.set()
    assert await asyncio.gather(*waiting) == [True] * 3
    assert await threads.run(str, "free") == "free"


async def test_an_act_for_which_nobody_waits_any_more_keeps_its_place_until_it_is_passed_over():
    threads, disk, done = DiskThreads(1, most=2), HangingDisk(), []
    hung = asyncio.create_task(threads.run(disk.write))
    left = asyncio.create_task(threads.run(done.append, "for nobody"))
    await until(disk.is_hanging.is_set)
    left.cancel()
    await asyncio.wait({left})
    try:
        with pytest.raises(DiskBusy):  # or a disk that hangs for a day fills the memory
            async with asyncio.timeout(1):
                await threads.run(list)
    finally:
        disk.goes_on.set()
    assert await hung
    assert await until(lambda: _is_free(threads))
    assert done == []


async def _is_free(threads: DiskThreads) -> bool:
    try:
        return await threads.run(str, "free") == "free"
    except DiskBusy:
        return False


async def test_what_an_act_raises_is_raised():
    with pytest.raises(FileNotFoundError):
        await DiskThreads(1).run(os.stat, "/nowhere")


async def test_a_folder_that_was_left_is_open_until_its_last_piece_is_on_the_disk(tmp_path):
    pipe = tmp_path / "blocked" / "recording.mkv"
    pipe.parent.mkdir()
    os.mkfifo(pipe)  # opening it waits for a reader, as a disk that hangs
    folders, writer = OpenFolders(), FileWriter()
    folders.open(pipe.parent, writer)
    assert pipe.parent in folders
    writer.append(pipe, b"x")
    assert not writer.close(0.05)
    folders.leave(pipe.parent)
    assert pipe.parent in folders, "its writer is not done"
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    await until(lambda: pipe.parent not in folders, 10, "the writer gives it up")
    os.close(reader)
    assert writer.is_done


def test_a_folder_that_is_begun_anew_is_open_again(tmp_path):
    folders, first, second = OpenFolders(), FileWriter(), FileWriter()
    folders.open(tmp_path, first)
    folders.leave(tmp_path)
    first.close(5)
    folders.open(tmp_path, second)
    assert tmp_path in folders
    folders.leave(tmp_path)
    second.close(5)
    assert tmp_path not in folders
