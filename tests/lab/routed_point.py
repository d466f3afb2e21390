"""A point behind a router behind a carrier's line, each of which can be broken for real.

    centre (this machine)  ==line==  router (a namespace)  ==cable==  point (a namespace)

The point runs the real agent; its power is cut by taking its cable out, so that nothing more
leaves it, killing it, and starting it with another boot_id: a file bound over the kernel's own
in its mount namespace, since the kernel gives a new one only by a reboot.
"""

import os
import secrets
import signal
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agent.point.identity import PointFolder
from agent.point.journal import Journal
from agent.point.outbox import Outbox
from agent.point.stamp import stamp
from contracts.devices import SeenTrap, TrapKind, TrapsBody
from runtime.clock import Clock
from tests.fakes.namespace import run
from tests.fakes.point import AgentProcess, write_config

_BOUND = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"'


@dataclass(slots=True)
class RoutedPoint:
    """`net` begins the addresses of both nets: `.1.` of the line, `.2.` of the room."""

    folder: PointFolder
    tag: str
    net: str
    boot_file: Path
    agent: AgentProcess | None = None
    log_files: list[Path] = field(default_factory=list)

    @property
    def router(self) -> str:
        """The router's namespace."""
        return f"dcr-{self.tag}"

    @property
    def machine(self) -> str:
        """The point's namespace."""
        return f"dcp-{self.tag}"

    @property
    def line(self) -> str:
        """The carrier's line, by its end at the centre."""
        return f"dcl{self.tag}"

    def switch_on(self) -> None:
        """Start the agent."""
        inside = ("ip", "netns", "exec", self.machine, "sh", "-c", _BOUND, str(self.boot_file))
        self.agent = AgentProcess(
            self.folder, write_config(self.folder, time="{ start_limit_s = 1 }"), prefix=inside
        )

    def reboot(self) -> None:
        """Start it on what it takes for another boot of its machine."""
        self.boot_file.write_text(f"{uuid.uuid4()}\n")
        self.switch_on()

    def kill(self) -> None:
        """Kill the agent as nothing warns it of."""
        assert self.agent is not None
        self.agent.kill()

    def stop(self) -> None:
        """End the agent in order, as a machine that shuts down does."""
        assert self.agent is not None
        self.agent.stop()

    def freeze(self) -> None:
        """Have the agent hang."""
        assert self.agent is not None
        os.kill(self.agent.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self.agent is not None
        os.kill(self.agent.pid, signal.SIGCONT)

    def pull_cable(self) -> None:
        """Take the point's cable out of the router."""
        run("ip", "-n", self.router, "link", "set", "lan", "down")

    def plug_cable(self) -> None:
        """Put it in again."""
        run("ip", "-n", self.router, "link", "set", "lan", "up")

    def hang_router(self) -> None:
        """Have the router forward nothing and answer nobody, its ports staying up."""
        self._router_set(forward=0, mute=1)

    def restart_router(self) -> None:
        """Have it work again."""
        self._router_set(forward=1, mute=0)

    def cut_line(self) -> None:
        """Cut the line behind the router."""
        run("ip", "link", "set", self.line, "down")

    def mend_line(self) -> None:
        """Put it together again; the kernel has forgotten the way over it."""
        run("ip", "link", "set", self.line, "up")
        run("ip", "route", "replace", f"{self.net}.2.0/24", "via", f"{self.net}.1.2")

    def say(self, kind: TrapKind) -> None:
        """Put into the outbox what a UPS said, as diemcau-traps does."""
        journal = Journal(Outbox(self.folder.outbox_file))
        body = TrapsBody(traps=(SeenTrap(device_id="ups1", kind=kind),))
        journal.append(body, stamp(Clock()))
        journal.close()

    def _router_set(self, *, forward: int, mute: int) -> None:
        values = (f"net.ipv4.ip_forward={forward}", f"net.ipv4.icmp_echo_ignore_all={mute}")
        run("ip", "netns", "exec", self.router, "sysctl", "-q", "-w", *values)


@contextmanager
def a_routed_point(folder: PointFolder) -> Iterator[RoutedPoint]:
    """Make the namespaces and what lies between them; take all of it away afterwards."""
    net = f"10.{100 + secrets.randbelow(100)}"
    boot_file = folder.root / "boot_id"
    boot_file.write_text(f"{uuid.uuid4()}\n")
    point = RoutedPoint(folder, secrets.token_hex(3), net, boot_file)
    router, machine = point.router, point.machine
    run("ip", "netns", "add", router)
    run("ip", "netns", "add", machine)
    try:
        of_line = ("type", "veth", "peer", "name", "wan", "netns", router)
        run("ip", "link", "add", point.line, *of_line)
        of_cable = ("type", "veth", "peer", "name", "uplink", "netns", machine)
        run("ip", "-n", router, "link", "add", "lan", *of_cable)
        run("ip", "address", "add", f"{net}.1.1/24", "dev", point.line)
        run("ip", "-n", router, "address", "add", f"{net}.1.2/24", "dev", "wan")
        run("ip", "-n", router, "address", "add", f"{net}.2.1/24", "dev", "lan")
        run("ip", "-n", machine, "address", "add", f"{net}.2.2/24", "dev", "uplink")
        for where, what in ((router, "lo"), (router, "wan"), (machine, "lo"), (machine, "uplink")):
            run("ip", "-n", where, "link", "set", what, "up")
        point.plug_cable()
        point.mend_line()
        run("ip", "-n", router, "route", "add", "default", "via", f"{net}.1.1")
        run("ip", "-n", machine, "route", "add", "default", "via", f"{net}.2.1")
        point.restart_router()
        point.switch_on()
        yield point
    finally:
        if point.agent is not None and point.agent.exit_code is None:
            point.thaw()
            point.kill()
        for name in (machine, router):
            run("ip", "netns", "delete", name)
        subprocess.run(["ip", "link", "delete", point.line], capture_output=True, check=False)


@contextmanager
def an_address_of_the_centre() -> Iterator[str]:
    """Give this machine an address that no line takes with it when it is cut."""
    address = f"10.98.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"
    run("ip", "address", "add", f"{address}/32", "dev", "lo")
    try:
        yield address
    finally:
        run("ip", "address", "delete", f"{address}/32", "dev", "lo")
