"""One process of the demo: started as its systemd unit would, and brought back like it.

States: stopped → running → (ended by itself) waiting → running …; a process that
`hold` or `stop` ended stays stopped until `start`. Each is a session of its own, so
that none goes down with another; the kernel ends it should the runner be killed.
"""

import asyncio
import ctypes
import functools
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts.demo import units
from scripts.demo.errors import ProcessDied

STOP_LIMIT_S = 12.0
QUICK_DEATHS = 5
QUICK_DEATHS_WITHIN_S = 40.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _prepare(nice: int) -> None:
    """Runs in the new process: it ends with the runner, and is as urgent as its unit says."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(nice)


@dataclass(frozen=True, slots=True)
class Command:
    """How a process is started; `netns` names the network namespace it lives in."""

    name: str
    arguments: tuple[str, ...]
    log_file: Path
    netns: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def argv(self) -> tuple[str, ...]:
        """The whole command line."""
        if self.netns is None:
            return self.arguments
        return ("ip", "netns", "exec", self.netns, *self.arguments)


class Process:
    """A command that runs, and is started again after the units' RestartSec once it ended."""

    def __init__(
        self, command: Command, say: Callable[[str], None], *, pause_s: float | None = None
    ) -> None:
        self.command = command
        self._say = say
        self._child: asyncio.subprocess.Process | None = None
        self._is_wanted = False
        self._deaths_s: list[float] = []
        self._pause_s = units.restart_delay_s(command.name) if pause_s is None else pause_s

    @property
    def name(self) -> str:
        """The name in tables and log files."""
        return self.command.name

    @property
    def pid(self) -> int | None:
        """The process' id while it runs."""
        child = self._child
        return child.pid if child is not None and child.returncode is None else None

    async def start(self) -> None:
        """Start it now."""
        self._is_wanted = True
        await self._spawn()

    async def keep(self) -> None:
        """Bring it back whenever it ends by itself.

        Raises:
            ProcessDied: it ended five times within forty seconds.
        """
        while True:
            child = self._child
            if child is None or child.returncode is not None:
                await asyncio.sleep(0.05)
                continue
            code = await child.wait()
            if not self._is_wanted or child is not self._child:
                continue
            self._note_death(code)
            await asyncio.sleep(self._pause_s)
            if self._is_wanted and child is self._child:
                self._say(f"{self.name} ended with code {code} and was started again")
                if code != -signal.SIGKILL:
                    self._say(f"its last lines:\n{self.last_lines(6)}")
                await self._spawn()

    async def kill(self, *, is_held: bool = False) -> None:
        """Kill it as a fault would (SIGKILL); held, it stays away until `start`."""
        self._is_wanted = self._is_wanted and not is_held
        self._deaths_s.clear()
        child = self._child
        if child is not None and child.returncode is None:
            child.kill()
            await child.wait()

    def reload(self) -> None:
        """Let it read its files again, as `systemctl reload` does."""
        if self._child is not None and self._child.returncode is None:
            self._child.send_signal(signal.SIGHUP)

    async def stop(self) -> None:
        """Ask it to end; kill it if it does not within twelve seconds."""
        self._is_wanted = False
        child = self._child
        if child is None or child.returncode is not None:
            return
        child.terminate()
        try:
            async with asyncio.timeout(STOP_LIMIT_S):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the running process."""
        if self._child is not None and self._child.returncode is None:
            self._child.send_signal(number)

    def last_lines(self, count: int = 12) -> str:
        """Return the end of its log file."""
        try:
            text = self.command.log_file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return "    (it wrote no log)"
        return "\n".join(f"    {line[:400]}" for line in text.splitlines()[-count:])

    async def _spawn(self) -> None:
        command = self.command
        command.log_file.parent.mkdir(parents=True, exist_ok=True)
        with command.log_file.open("ab") as log:
            self._child = await asyncio.create_subprocess_exec(
                *command.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **command.environment},
                start_new_session=True,
                preexec_fn=functools.partial(_prepare, units.nice(command.name)),
            )

    def _note_death(self, code: int) -> None:
        now = time.monotonic()
        self._deaths_s = [t for t in self._deaths_s if now - t < QUICK_DEATHS_WITHIN_S] + [now]
        if len(self._deaths_s) >= QUICK_DEATHS:
            raise ProcessDied(self.name, code, self.command.log_file, self.last_lines())
