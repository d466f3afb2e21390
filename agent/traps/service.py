"""`diemcau-traps run`: from datagrams of devices to reports in the point's outbox.

Datagrams are taken as they come and sorted by where from; whatever is from nobody of the list, or
more than one address may send, is only counted. The rest is looked into one at a time, each
address in its turn. What is told is confirmed to the device once it is on the disk.
"""

import asyncio
import socket
import time
from pathlib import Path

import structlog

from agent.point.desired_store import DesiredStore
from agent.point.identity import PointFolder
from agent.traps import engine_file
from agent.traps.hearing import DeviceHearing
from agent.traps.settings import TrapSettings
from agent.traps.telling import Telling
from contracts.ids import PointId
from monitoring import udp
from runtime import lean, notify
from runtime.guard import guarded, keep

_log = structlog.get_logger()

MAX_DATAGRAM_BYTES = 4096
WAITING_BYTES = 4 << 20
"""Half a second of 10,000 datagrams a second, where the kernel lets us (diemcau.sysctl.conf)."""
AT_ONCE = 256
"""Datagrams taken before the event loop has another turn."""
LOOK_S = 1.0
TOTALS_EVERY_S = 60.0


class TrapService:
    """Owns everything of the process. `run` ends only by being cancelled, or failing."""

    def __init__(self, settings: TrapSettings, point_id: PointId, folder: PointFolder) -> None:
        self._settings, self._folder = settings, folder
        self._telling = Telling(folder)
        self._hearing = DeviceHearing(
            point_id, folder.key_file, engine_file.begun(folder.trap_engine_file, point_id),
            self._telling.tell,
        )  # fmt: skip
        self._documents = DesiredStore(folder.desired_dir)
        self._read: tuple[int, int] | None = None
        self._logged: dict[str, int] = {}
        self._log_s = 0.0

    async def run(self) -> None:
        """Hear devices until cancelled.

        Raises:
            PortInUse: another program has the port.
            OSError: it cannot be had, as without a right to it.
        """
        listening = udp.open_socket(
            self._settings.bind, self._settings.port, waiting_bytes=WAITING_BYTES
        )
        loop = asyncio.get_running_loop()
        loop.add_reader(listening, self._readable, listening)
        _log.info("traps_listening", bind=self._settings.bind, port=listening.getsockname()[1])
        try:
            async with asyncio.TaskGroup() as tasks:
                keep(tasks, self._hearing.run, name="hearing")
                keep(tasks, self._telling.run, name="telling")
                keep(tasks, self._keep_looking, name="looking")
                notify.ready()
        finally:
            loop.remove_reader(listening)
            listening.close()
            self._log_totals()
            await self._telling.close()

    def _readable(self, listening: socket.socket) -> None:
        for _ in range(AT_ONCE):
            with guarded("datagram"):
                datagram = udp.receive(listening, MAX_DATAGRAM_BYTES)
                if datagram is None:
                    return
                self._hearing.take(listening, datagram, now_s=time.monotonic())

    async def _keep_looking(self) -> None:
        """Take over the list as the agent has put it down; tell what is told as a number."""
        while True:
            with guarded("devices"):
                await self._look()
            with guarded("totals"):
                self._hearing.tick(now_s=time.monotonic())
                if time.monotonic() - self._log_s > TOTALS_EVERY_S:
                    self._log_totals()
            notify.watchdog()
            await asyncio.sleep(LOOK_S)

    async def _look(self) -> None:
        folder = self._folder
        found = (_changed(folder.desired_dir / "devices.json"), _changed(folder.key_file))
        if found == self._read:
            return
        self._read = found
        self._documents.load()
        wanted = self._documents.devices
        takes = wanted is not None and wanted.takes_traps is True
        await self._hearing.hear(wanted.devices if wanted and takes else ())
        lean.settle()

    def _log_totals(self) -> None:
        self._log_s = time.monotonic()
        totals = {**self._hearing.totals, **self._telling.totals}
        if totals != self._logged:
            self._logged = totals
            _log.info("traps_totals", **totals)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
