"""One GStreamer pipeline as a child: begun, listened to, told wishes, and ended for certain.

It has a process group of its own, few variables, and a pipe on which nobody else can send.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Collection
from pathlib import Path

import msgspec

from agent.room.gstreamer.pipelines import Pipeline
from media.wire.framing import Frames

SYSTEM_PYTHON = "/usr/bin/python3"
RUNNER = Path(__file__).with_name("runner.py")
END_LIMIT_S = 2.0
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "XDG_RUNTIME_DIR",
    "PULSE_SERVER",
    "WAYLAND_DISPLAY",
    "DISPLAY",
)
_READ_BYTES = 65_536
_LINE_LIMIT = 4_096


class ChildFault(msgspec.Struct, frozen=True):
    """Why a pipeline ended: GStreamer's name of it, and its sentence."""

    kind: str
    text: str = ""


class Child:
    """A running pipeline."""

    def __init__(self, process: asyncio.subprocess.Process, input_fd: int | None = None) -> None:
        self.dropped_total = 0
        self._process = process
        self._input = input_fd

    def tell(self, wish: str) -> None:
        """Send it a line; one that has ended hears nothing."""
        stdin = self._process.stdin
        if stdin is not None and not stdin.is_closing():
            stdin.write(wish.encode() + b"\n")

    def give(self, place: int, packet: bytes) -> None:
        """Give a packet to the element `in-PLACE`; one that it does not take in time is dropped."""
        if self._input is None:
            return
        try:  # up to PIPE_BUF bytes are written whole or not at all
            os.write(self._input, (len(packet) + 1).to_bytes(2) + bytes((place,)) + packet)
        except (BlockingIOError, BrokenPipeError):
            self.dropped_total += 1

    async def run(self, take: Callable[[bytes], None]) -> ChildFault:
        """Give each of its packets to `take` until it ends; return why it did.

        Raises:
            MalformedPacket: what it writes is no packets.
        """
        process, stdout = self._process, _opened(self._process.stdout)
        async with asyncio.TaskGroup() as group:
            told = group.create_task(self._listen(), name="gstreamer-errors")
            frames = Frames()
            while data := await stdout.read(_READ_BYTES):
                for packet in frames.feed(data):
                    take(packet)
        await process.wait()
        return told.result()

    async def _listen(self) -> ChildFault:
        """Return the first error of its own; what libraries write besides is passed over."""
        stderr = _opened(self._process.stderr)
        trouble: ChildFault | None = None
        while True:
            try:
                line = await stderr.readline()
            except ValueError:
                continue  # longer than any line of the runner's
            if not line:
                return trouble or ChildFault("ended")
            if trouble is None:
                with contextlib.suppress(msgspec.MsgspecError):
                    trouble = msgspec.json.decode(line, type=ChildFault)


def _opened(pipe: asyncio.StreamReader | None) -> asyncio.StreamReader:
    if pipe is None:
        raise OSError("a child without pipes")
    return pipe


@contextlib.asynccontextmanager
async def started(pipeline: Pipeline, *, is_fed: bool = False) -> AsyncIterator[Child]:
    """Run a pipeline for as long as the block lasts.

    Args:
        is_fed: it plays what it is given (`Child.give`).

    Raises:
        OSError: there is no Python of the system's to run it.
    """
    with contextlib.ExitStack() as pipe:
        ends: tuple[int, ...] = ()
        if is_fed:
            ends = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
            os.set_blocking(ends[0], True)
            pipe.callback(os.close, ends[1])
        try:
            process = await _begun(ends[:1])
        finally:
            for end in ends[:1]:
                os.close(end)
        child = Child(process, ends[1] if ends else None)
        told = {
            "pipeline": pipeline.description,
            "properties": pipeline.properties,
            "input": ends[0] if ends else None,
        }
        try:
            child.tell(msgspec.json.encode(told).decode())
            yield child
        finally:
            await _ended(process)


async def _begun(passed: Collection[int]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        SYSTEM_PYTHON,
        str(RUNNER),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        start_new_session=True,
        pass_fds=tuple(passed),
        limit=_LINE_LIMIT,
    )


async def _ended(process: asyncio.subprocess.Process) -> None:
    """End it: asked first, by the end of its stdin, so that devices are closed in order."""
    try:
        if process.stdin is not None:
            process.stdin.close()
        async with asyncio.timeout(END_LIMIT_S):
            await process.wait()
    except TimeoutError:
        pass
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
