"""All processes of the demo: siblings, kept alive, ended in the reverse order."""

import asyncio
import time
from collections.abc import Callable

from scripts.demo.errors import ProcessDied
from scripts.demo.process import Command, Process

Said = Callable[[str], None]


class Runner:
    """Starts and keeps processes; a process that ends by itself is said and brought back."""

    def __init__(self, tasks: asyncio.TaskGroup, say: Said) -> None:
        self._tasks = tasks
        self._say = say
        self._keepers: list[asyncio.Task[None]] = []
        self.processes: dict[str, Process] = {}

    async def start(self, command: Command) -> Process:
        """Start a process and keep it."""
        process = Process(command, self._say)
        self.processes[command.name] = process
        await process.start()
        keeper = self._tasks.create_task(process.keep(), name=f"keep:{command.name}")
        self._keepers.append(keeper)
        return process

    async def stop(self) -> None:
        """End all: points first, then the relay and the centre, the broker last."""
        for keeper in self._keepers:
            keeper.cancel()
        groups = self._in_order()
        for group in groups:
            await asyncio.gather(*(process.stop() for process in group))

    def alive(self) -> list[str]:
        """Return the names of processes that still run."""
        return [name for name, process in self.processes.items() if process.pid is not None]

    def table(self) -> list[tuple[str, ...]]:
        """Return one row per process: name, id, log file."""
        rows: list[tuple[str, ...]] = [("process", "pid", "log")]
        for name, process in self.processes.items():
            rows.append((name, str(process.pid or "-"), str(process.command.log_file)))
        return rows

    def _in_order(self) -> list[list[Process]]:
        def rank(name: str) -> int:
            if name == "broker":
                return 3
            return (
                2
                if name in ("web", "enrolment", "ingest")
                else 1
                if name.partition(":")[0] in ("relay", "reflector")
                else 0
            )

        groups: list[list[Process]] = [[], [], [], []]
        for name, process in self.processes.items():
            groups[rank(name)].append(process)
        return groups


async def ready(
    process: Process, condition: Callable[[], bool], *, within_s: float, what: str
) -> None:
    """Wait until a started process fulfils a condition.

    Raises:
        ProcessDied: it ended before, or did not get there in time.
    """
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise ProcessDied(f"{process.name} ({what})", -1, process.command.log_file,
                              process.last_lines())  # fmt: skip
        await asyncio.sleep(0.05)
