"""What a disk holds up: its own threads, so many waiting, and folders that are not let go early."""

import asyncio
import os
import threading

import pytest

from media.errors import DiskBusy
from media.recorder.disk_threads import DiskThreads
from media.recorder.file_writer import FileWriter
from media.recorder.open_folders import OpenFolders
from tests.waiting import until


async def test_a_disk_that_hangs_takes_its_own_threads_and_refuses_what_is_too_much():
    threads, goes_on = DiskThreads(1, most=3), threading.Event()
    waiting = [asyncio.create_task(threads.run(goes_on.wait)) for _ in range(3)]
    assert await asyncio.to_thread(lambda: "names are resolved") == "names are resolved"
    with pytest.raises(DiskBusy, match="3 acts wait"):
        await threads.run(list)
    waiting[2].cancel()  # nobody waits any more, and its place is free once it has been passed over
    goes_on.set()
    assert await asyncio.gather(*waiting[:2]) == [True, True]
    assert await until(lambda: _is_free(threads))


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
