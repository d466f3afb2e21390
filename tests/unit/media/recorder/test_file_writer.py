"""The thread that writes: order, limits, a disk that hangs, a disk that is full."""

import errno
import os

from media.recorder.file_writer import FileWriter
from tests.fakes.small_disk import mounted
from tests.waiting import until_blocking


def test_pieces_are_appended_in_order_to_each_file(tmp_path) -> None:
    writer = FileWriter()
    for index in range(100):
        assert writer.append(tmp_path / "m" / f"{index % 2}", bytes([index]))
    assert writer.close(5)
    assert (tmp_path / "m" / "0").read_bytes() == bytes(range(0, 100, 2))
    assert (tmp_path / "m" / "1").read_bytes() == bytes(range(1, 100, 2))
    assert not writer.append(tmp_path / "m" / "0", b"x"), "it is closed"


def test_a_disk_that_hangs_costs_whole_pieces_that_are_counted_and_nobody_waits(tmp_path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = FileWriter(most_bytes=1000)
    taken = [writer.append(pipe, bytes(300)) for _ in range(5)]  # nobody reads: it blocks
    assert taken == [True, True, True, False, False]
    assert writer.dropped == 2
    assert until_blocking(lambda: writer.blocked_s() > 0.05, timeout_s=5)
    assert not writer.close(0.05)
    reader = os.open(pipe, os.O_RDONLY)  # it goes on
    assert until_blocking(lambda: writer.close(0.1), timeout_s=5)
    os.close(reader)


def test_a_piece_that_does_not_fit_is_taken_back_whole(tmp_path) -> None:
    with mounted(tmp_path / "disk", "size=100k") as disk:
        writer = FileWriter()
        path = disk / "file"
        writer.append(path, b"a" * 60_000)
        writer.append(path, b"b" * 60_000)
        assert until_blocking(lambda: writer.failure is not None, timeout_s=5)
        assert writer.failure is not None and writer.failure.errno == errno.ENOSPC
        assert not writer.append(path, b"c")
        assert path.read_bytes() == b"a" * 60_000
