"""Who holds cameras and microphones: real open files, ALSA's book, a real sound server."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from contracts.reports import HeldDevice
from monitoring.collectors.devices import (
    DevicesCollector,
    busy_cameras,
    open_cameras,
    recorded,
    running_inputs,
)
from monitoring.errors import CollectorError
from tests.fakes.sound_server import HAS_SOUND_SERVER, start_sound_server
from tests.waiting import until


@pytest.fixture
def machine(tmp_path):
    """Make the folders of a machine with a camera that is shut and a sound card's input."""
    for folder in ("dev", "run", "sys/class/video4linux/video0/device/driver/module"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "dev/video0").touch()
    write_count(tmp_path, 0)
    status = tmp_path / "proc/asound/card1/pcm0c/sub0/status"
    status.parent.mkdir(parents=True)
    status.write_text("closed\n")
    return tmp_path


def write_count(machine, count):
    module = machine / "sys/class/video4linux/video0/device/driver/module"
    (module / "refcnt").write_text(f"{count}\n")


def collector(machine, *, is_wanted=bool, seconds=None):
    return DevicesCollector(
        machine / "proc", machine / "sys", is_wanted, dev=machine / "dev",
        sockets=machine / "run", monotonic=lambda: next(seconds or iter(())),
    )  # fmt: skip


def test_whoever_has_the_cameras_file_open_is_named(machine):
    with (machine / "dev/video0").open("rb") as camera:
        reader = subprocess.Popen(["/bin/sleep", "60"], stdin=camera)
    try:
        dev = machine / "dev"
        held = HeldDevice(device="video0", holder=f"sleep ({reader.pid})")
        found = open_cameras(Path("/proc"), dev)
        assert found.held == (held,)
    finally:
        reader.kill()
        reader.wait()
    assert open_cameras(Path("/proc"), dev).held == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="not checked: needs root, to become somebody else")
def test_what_may_not_be_looked_into_is_counted(machine):
    os.seteuid(65534)
    try:
        found = open_cameras(Path("/proc"), machine / "dev")
    finally:
        os.seteuid(0)
    assert found.unseen > 0


def test_a_camera_in_use_is_known_without_any_right(machine):
    assert list(busy_cameras(machine / "sys")) == []
    write_count(machine, 1)
    assert list(busy_cameras(machine / "sys")) == [HeldDevice(device="video0")]
    shutil.rmtree(machine / "sys/class/video4linux/video0/device")
    assert list(busy_cameras(machine / "sys")) == []


def test_a_sound_cards_input_is_open_with_its_process(machine):
    proc = machine / "proc"
    assert list(running_inputs(proc)) == []
    (proc / "asound/card1/pcm0c/sub0/status").write_text(
        "state: RUNNING\nowner_pid   : 77\ntrigger_time: 12.3\n"
    )
    (proc / "77").mkdir()
    (proc / "77/comm").write_text("pipewire\n")
    assert list(running_inputs(proc)) == [HeldDevice(device="card1 pcm0c", holder="pipewire (77)")]
    shutil.rmtree(proc / "77")
    assert list(running_inputs(proc)) == [HeldDevice(device="card1 pcm0c", holder="? (77)")]


async def test_how_long_it_has_been_open_unwanted_is_counted(machine):
    wanted = [True]
    seconds = iter((100.0, 112.5, 200.0))
    one = collector(machine, is_wanted=lambda: wanted[0], seconds=seconds)
    write_count(machine, 1)
    assert (await one.collect()).unwanted_s == 0
    wanted[0] = False
    found = [(await one.collect()).unwanted_s for _ in range(2)]
    assert found == [0, 12]
    write_count(machine, 0)
    assert (await one.collect()).unwanted_s == 0
    write_count(machine, 2)
    assert (await one.collect()).unwanted_s == 0


async def test_a_machine_without_processes_to_list_is_a_failure(tmp_path):
    with pytest.raises(CollectorError):
        await collector(tmp_path).collect()


@pytest.mark.skipif(not HAS_SOUND_SERVER, reason="not checked: PulseAudio is not installed")
async def test_what_a_sound_server_records_is_told(tmp_path):
    folder = tmp_path / "1000" / "pulse"
    folder.mkdir(parents=True)
    async with start_sound_server(folder) as server:
        (folder / "native").symlink_to(server.socket)

        async def names():
            return [one.holder async for one in recorded(tmp_path)]

        assert await names() == []
        recorder = await asyncio.create_subprocess_exec(
            *("parec", "--client-name=ghi-am", "--device=mic", "/dev/null"),
            env={**server.environment, "PATH": "/usr/bin:/bin"},
        )
        try:

            async def is_told():
                return await names() == ["ghi-am"]

            await until(is_told, 10, "the recording is told")
        finally:
            recorder.kill()
            await recorder.wait()
