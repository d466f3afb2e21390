"""How long whoever asks the recordings' disk waits for one that hangs."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from controller.errors import RecordingsBusy
from controller.recordings.disk import THREADS, ShelfDisk

WAIT_S = 3.0


@contextmanager
def hanging(disk: ShelfDisk) -> Iterator[threading.Event]:
    """Hold every place by an act that ends when it may."""
    may_end, held = threading.Event(), threading.Barrier(THREADS + 1)

    def act() -> None:
        held.wait()
        may_end.wait()

    asking = [threading.Thread(target=_asked, args=(disk, act)) for _ in range(THREADS)]
    for one in asking:
        one.start()
    held.wait()
    try:
        yield may_end
    finally:
        may_end.set()
        for one in asking:
            one.join()


def _asked(disk: ShelfDisk, act) -> bool:
    try:
        disk.ask_patiently(act)
    except RecordingsBusy:
        return False
    return True


def test_once_one_has_waited_in_vain_nobody_waits_until_the_disk_goes_on() -> None:
    disk = ShelfDisk(wait_s=1.0, long_wait_s=20.0)
    with hanging(disk) as may_end:
        assert not _asked_briefly(disk, int)
        began_s = time.monotonic()
        assert not any(_asked_briefly(disk, int) for _ in range(30))
        assert time.monotonic() - began_s < 10, "none of thirty waited a second"
        may_end.set()
        assert disk.ask_patiently(int) == 0
        assert disk.ask(int) == 0


def _asked_briefly(disk: ShelfDisk, act) -> bool:
    try:
        disk.ask(act)
    except RecordingsBusy:
        return False
    return True


def test_waiting_for_a_place_and_for_the_answer_has_one_end() -> None:
    disk, never = ShelfDisk(wait_s=WAIT_S, long_wait_s=20.0), threading.Event()
    with hanging(disk) as may_end:
        late = threading.Timer(WAIT_S - 0.5, may_end.set)
        late.start()
        began_s = time.monotonic()
        with pytest.raises(RecordingsBusy):
            disk.ask(never.wait)
        assert time.monotonic() - began_s < 1.6 * WAIT_S
        late.join()
    never.set()


def test_who_plays_waits_longer_than_a_page_and_so_do_few() -> None:
    disk = ShelfDisk(wait_s=0.1, long_wait_s=20.0, most_patient=1)
    goes_on, began = threading.Event(), threading.Event()

    def slow() -> bool:
        began.set()
        return goes_on.wait()

    with pytest.raises(RecordingsBusy):
        disk.ask(slow)
    began.clear()
    plays = threading.Thread(target=partial(disk.ask_patiently, slow))
    plays.start()
    began.wait()
    with pytest.raises(RecordingsBusy):
        disk.ask_patiently(slow)
    assert plays.is_alive(), "who plays waits on"
    goes_on.set()
    plays.join(5)
    assert not plays.is_alive()
