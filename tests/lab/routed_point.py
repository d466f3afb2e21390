"""A point behind a router behind a carrier's line, each of which can be broken for real.

    centre (this machine)  ==line==  router (a namespace)  ==cable==  point (a namespace)
                           ==4G, hung up=====================

The point runs the real agent; its power is cut by letting nothing more leave it, killing it, and
starting it with another boot_id: a file bound over the kernel's own in its mount namespace, since
the kernel gives a new one only by a reboot. What breaks for two reasons works again once neither
is there any more.
"""

import itertools
import os
import secrets
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator, Mapping
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
from tests.waiting import until_blocking

_ESTABLISHED = "01"
_BOUND = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"'


@dataclass(slots=True)
class RoutedPoint:
    """`net` begins the addresses: `.1.` of the line, `.2.` of the room, `.3.` of 4G."""

    folder: PointFolder
    tag: str
    net: str
    boot_file: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    agent: AgentProcess | None = None
    _off: set[str] = field(default_factory=set)
    _out: set[str] = field(default_factory=set)
    _spoilt: set[str] = field(default_factory=set)

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

    @property
    def mobile(self) -> str:
        """The second line, by its end at the centre."""
        return f"dcm{self.tag}"

    def switch_on(self, why: str = "") -> None:
        """Start the agent, unless something else keeps it from running."""
        self._off.discard(why)
        if self._off or (self.agent is not None and self.agent.exit_code is None):
            return
        inside = ("ip", "netns", "exec", self.machine, "sh", "-c", _BOUND, str(self.boot_file))
        lines = {"time": "{ start_limit_s = 1 }", **self.settings}
        self.agent = AgentProcess(self.folder, write_config(self.folder, **lines), prefix=inside)

    def reboot(self, why: str = "") -> None:
        """Start it on what it takes for another boot of its machine."""
        self.boot_file.write_text(f"{uuid.uuid4()}\n")
        self.switch_on(why)

    def kill(self, why: str = "kill") -> None:
        """Kill the agent as nothing warns it of."""
        self._off.add(why)
        assert self.agent is not None
        self.agent.kill()

    def stop(self, why: str = "stop") -> None:
        """End the agent in order, as a machine that shuts down does."""
        self._off.add(why)
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

    def pull_cable(self, why: str = "") -> None:
        """Take the point's cable out of the router."""
        self._out.add(why)
        run("ip", "-n", self.router, "link", "set", "lan", "down")

    def plug_cable(self, why: str = "") -> None:
        """Put it in again."""
        self._out.discard(why)
        if not self._out:
            run("ip", "-n", self.router, "link", "set", "lan", "up")

    def spoil_uplink(self, why: str, *commands: str) -> None:
        """Have something wrong with the fixed way out, inside the machine, by commands of ip."""
        self._spoilt.add(why)
        for command in commands:
            run("ip", "-n", self.machine, *command.split())

    def restore_uplink(self, why: str = "") -> None:
        """Make it what it was."""
        self._spoilt.discard(why)
        if self._spoilt:
            return
        inside = ("ip", "-n", self.machine)
        run(*inside, "link", "set", "uplink", "up")
        run(*inside, "address", "replace", f"{self.net}.2.2/24", "dev", "uplink")
        way = ("default", "via", f"{self.net}.2.1", "dev", "uplink", "metric", "100")
        run(*inside, "route", "replace", *way)

    def dial(self) -> None:
        """Have the second line, which leads out as well."""
        inside = ("ip", "-n", self.machine)
        run(*inside, "link", "set", "wwan0", "up")
        way = ("default", "via", f"{self.net}.3.1", "dev", "wwan0", "metric", "700")
        run(*inside, "route", "replace", *way)

    def hang_up(self) -> None:
        """Have it no more."""
        run("ip", "-n", self.machine, "link", "set", "wwan0", "down")

    def block(self, place: str, name: str, *rules: str) -> None:
        """Have the point, the router or the centre treat packets by rules of nft.

        Args:
            rules: each its hook (input, output, forward) and what nft calls a rule.
        """
        lines = [f"table ip {self._table(name)} {{"]
        for hook in sorted({rule.split(" ", 1)[0] for rule in rules}):
            lines += [f"chain {hook} {{", f"type filter hook {hook} priority 0; policy accept;"]
            lines += [rule.split(" ", 1)[1] for rule in rules if rule.startswith(f"{hook} ")]
            lines.append("}")
        run(*self._place(place), "nft", "\n".join((*lines, "}", "")))

    def unblock(self, place: str, name: str) -> None:
        """Have it treat them as before."""
        run(*self._place(place), "nft", "delete", "table", "ip", self._table(name))

    def end_sessions(self, port: int) -> None:
        """Have the network end the machine's connections to a port, and let new ones begin."""
        self.block("point", "ended", f"output tcp dport {port} reject with tcp reset")
        shown = ["ip", "netns", "exec", self.machine, "cat", "/proc/net/tcp"]

        def is_over() -> bool:
            found = subprocess.run(shown, capture_output=True, text=True, check=True).stdout
            rows = [line.split() for line in found.splitlines()[1:]]
            far = f":{port:04X}"
            return not any(row[2].endswith(far) and row[3] == _ESTABLISHED for row in rows)

        assert until_blocking(is_over, 20)
        self.unblock("point", "ended")

    def _table(self, name: str) -> str:
        return f"lab_{self.tag}_{name.replace(' ', '_')}".replace("'", "")

    def _place(self, place: str) -> tuple[str, ...]:
        names = {"point": self.machine, "router": self.router}
        return ("ip", "netns", "exec", names[place]) if place in names else ()

    def modem_off(self) -> None:
        """Have the router's own end of the line dead."""
        run("ip", "-n", self.router, "link", "set", "wan", "down")

    def modem_on(self) -> None:
        """Have it work again; its kernel has forgotten the way over it."""
        run("ip", "-n", self.router, "link", "set", "wan", "up")
        way = ("default", "via", f"{self.net}.1.1", "dev", "wan")
        run("ip", "-n", self.router, "route", "replace", *way)

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


_nets = itertools.count(secrets.randbelow(20_000))
"""Of each point of this process another one: several are there at once."""


@contextmanager
def a_routed_point(
    folder: PointFolder, *, resolver: str = "", settings: Mapping[str, str] | None = None
) -> Iterator[RoutedPoint]:
    """Make the namespaces and what lies between them; take all of it away afterwards.

    Args:
        resolver: the address of its name server.
        settings: more of the agent's configuration, values as TOML.
    """
    net = f"10.{100 + next(_nets) % 90}"
    boot_file = folder.root / "boot_id"
    boot_file.write_text(f"{uuid.uuid4()}\n")
    point = RoutedPoint(folder, secrets.token_hex(3), net, boot_file, settings or {})
    router, machine, mobile = point.router, point.machine, point.mobile
    run("ip", "netns", "add", router)
    run("ip", "netns", "add", machine)
    own_files = Path("/etc/netns") / machine
    try:
        own_files.mkdir(parents=True)
        asked = f"nameserver {resolver}\noptions timeout:1 attempts:2\n" if resolver else ""
        (own_files / "resolv.conf").write_text(asked)
        of_line = ("type", "veth", "peer", "name", "wan", "netns", router)
        run("ip", "link", "add", point.line, *of_line)
        of_cable = ("type", "veth", "peer", "name", "uplink", "netns", machine)
        run("ip", "-n", router, "link", "add", "lan", *of_cable)
        run("ip", "link", "add", mobile, "type", "veth", "peer", "name", "wwan0", "netns", machine)
        run("ip", "address", "add", f"{net}.1.1/24", "dev", point.line)
        run("ip", "address", "add", f"{net}.3.1/24", "dev", mobile)
        run("ip", "link", "set", mobile, "up")
        run("ip", "-n", router, "address", "add", f"{net}.1.2/24", "dev", "wan")
        run("ip", "-n", router, "address", "add", f"{net}.2.1/24", "dev", "lan")
        run("ip", "-n", machine, "address", "add", f"{net}.3.2/24", "dev", "wwan0")
        for where, what in ((router, "lo"), (router, "wan"), (machine, "lo")):
            run("ip", "-n", where, "link", "set", what, "up")
        point.plug_cable()
        point.mend_line()
        point.modem_on()
        point.restore_uplink()
        point.restart_router()
        point.switch_on()
        yield point
    finally:
        if point.agent is not None and point.agent.exit_code is None:
            point.thaw()
            point.kill()
        for name in (machine, router):
            run("ip", "netns", "delete", name)
        shutil.rmtree(own_files, ignore_errors=True)
        for name in (point.line, mobile):
            subprocess.run(["ip", "link", "delete", name], capture_output=True, check=False)
        _forget_tables(point.tag)


def _forget_tables(tag: str) -> None:
    """Remove the centre's rules for a point that is gone."""
    shown = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=False)
    for line in shown.stdout.splitlines():
        if f" lab_{tag}_" in line:
            run("nft", "delete", *line.split())


@contextmanager
def an_address_of_the_centre() -> Iterator[str]:
    """Give this machine an address that no line takes with it when it is cut."""
    address = f"10.98.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"
    run("ip", "address", "add", f"{address}/32", "dev", "lo")
    try:
        yield address
    finally:
        run("ip", "address", "delete", f"{address}/32", "dev", "lo")
