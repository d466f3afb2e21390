"""Who holds the cameras and microphones: the proof that closed means closed.

What needs no right is asked first: whether a camera's driver is in use (the count of its module),
and whether a sound card's input runs (ALSA's status, with the process). Whose open file a camera is
only its owner may see, or root, or whoever has CAP_SYS_PTRACE, by which all memory could be read
too; the agent does without, and says how many processes it could not look into. Sound servers are
asked where their socket is open to us; what they record from a card is in ALSA's book in any case.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from contracts.reports import MAX_DEVICES, DevicesSection, HeldDevice
from monitoring.errors import CollectorError

VIDEO = "video"
ASK_LIMIT_S = 2.0
MAX_NAME_CHARS = 60


@dataclass(frozen=True, slots=True)
class OpenFiles:
    """The processes that have a camera's file open, and how many could not be looked into."""

    held: tuple[HeldDevice, ...]
    unseen: int


class DevicesCollector:
    """Looks with each report; remembers since when something is open that nobody wants open."""

    name = "devices"
    timeout_s = 5.0
    interval_s = 0.0

    def __init__(
        self,
        proc: Path,
        sys: Path,
        is_wanted: Callable[[], bool],
        *,
        dev: Path = Path("/dev"),
        sockets: Path = Path("/run/user"),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._proc = proc
        self._sys = sys
        self._dev = dev
        self._sockets = sockets
        self._is_wanted = is_wanted
        self._monotonic = monotonic
        self._unwanted_since_s: float | None = None

    async def collect(self) -> DevicesSection:
        """Return what is held now.

        Raises:
            CollectorError: the processes cannot be listed.
        """
        files = await asyncio.to_thread(open_cameras, self._proc, self._dev)
        named = {one.device for one in files.held}
        busy = tuple(one for one in busy_cameras(self._sys) if one.device not in named)
        held = (*files.held, *busy, *running_inputs(self._proc))
        held += tuple([one async for one in recorded(self._sockets)])
        return DevicesSection(
            held=held[:MAX_DEVICES],
            unwanted_s=self._unwanted_s(is_held=bool(held)),
            unseen=files.unseen,
        )

    def _unwanted_s(self, *, is_held: bool) -> int:
        if not is_held or self._is_wanted():
            self._unwanted_since_s = None
            return 0
        now_s = self._monotonic()
        if self._unwanted_since_s is None:
            self._unwanted_since_s = now_s
        return int(now_s - self._unwanted_since_s)


def open_cameras(proc: Path, dev: Path) -> OpenFiles:
    """Return who has a file `video…` of `dev` open, as far as our rights reach.

    Raises:
        CollectorError: the processes cannot be listed.
    """
    held: dict[HeldDevice, None] = {}
    unseen = 0
    try:
        processes = [name for name in os.listdir(proc) if name.isdigit()]
    except OSError as exc:
        raise CollectorError(f"{proc} cannot be listed: {exc.strerror}") from exc
    wanted = f"{dev}/{VIDEO}"
    for process in processes:
        folder = f"{proc}/{process}/fd"  # thousands of them: no Path for each
        try:
            links = [os.readlink(f"{folder}/{number}") for number in os.listdir(folder)]
        except PermissionError:
            unseen += 1
            continue
        except OSError:  # it ended, or closed one, while we looked
            continue
        for link in links:
            if link.startswith(wanted):
                device = link.removeprefix(f"{dev}/")
                held[HeldDevice(device=device, holder=_holder(proc, process))] = None
    return OpenFiles(tuple(held), unseen)


def busy_cameras(sys: Path) -> Iterator[HeldDevice]:
    """Give the cameras whose driver counts somebody: each open file holds its module.

    One module may serve several cameras, so that all of them are named.
    """
    for camera in sorted((sys / "class/video4linux").glob(f"{VIDEO}*")):
        try:
            count = int((camera / "device/driver/module/refcnt").read_text("ascii"))
        except (OSError, ValueError):  # built into the kernel: it counts nothing
            continue
        if count > 0:
            yield HeldDevice(device=camera.name)


def running_inputs(proc: Path) -> Iterator[HeldDevice]:
    """Give the sound cards' inputs that are open. Kernel: sound/designs/procfile.rst."""
    for status in sorted((proc / "asound").glob("card*/pcm*c/sub*/status")):
        try:
            text = status.read_text("utf-8", "replace")
        except OSError:
            continue
        if text.strip() == "closed":
            continue
        lines = dict(line.partition(":")[::2] for line in text.splitlines())
        owner = {key.strip(): value.strip() for key, value in lines.items()}.get("owner_pid", "")
        card, stream = status.parts[-4], status.parts[-3]
        yield HeldDevice(device=f"{card} {stream}", holder=_holder(proc, owner))


async def recorded(sockets: Path) -> AsyncIterator[HeldDevice]:
    """Give what PulseAudio or PipeWire records, of the servers whose socket is open to us."""
    for socket in _reachable(sockets):
        for line in (await _asked(socket)).splitlines():
            key, _, name = line.strip().partition(" = ")
            if key == "application.name":
                holder = name.strip('"')[:MAX_NAME_CHARS]
                yield HeldDevice(device="sound server", holder=holder)


def _reachable(sockets: Path) -> list[Path]:
    found = sorted(sockets.glob("*/pulse/native"))
    return [one for one in found if os.access(one, os.W_OK)]


async def _asked(socket: Path) -> str:
    """Return a sound server's list of recordings; empty where it does not answer."""
    try:
        asked = await asyncio.create_subprocess_exec(
            "pactl", "--server", f"unix:{socket}", "list", "source-outputs",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except OSError:
        return ""
    try:
        async with asyncio.timeout(ASK_LIMIT_S):
            said, _ = await asked.communicate()
    except TimeoutError:
        asked.kill()
        await asked.wait()
        return ""
    return said.decode("utf-8", "replace")


def _holder(proc: Path, process: str) -> str:
    """Return a process' name and number; empty where there is none."""
    if not process.isdigit():
        return ""
    try:
        name = (proc / process / "comm").read_text("utf-8", "replace").strip()
    except OSError:
        name = "?"
    return f"{name[:MAX_NAME_CHARS]} ({process})"
