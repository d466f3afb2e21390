"""A point's machine at the end of emulated lines: a namespace, and a process for each line.

with a_site(tmp_path) as site:
    site.lines[0].become(Shape(rate_bps=2e6, delay_ms=40, loss_ratio=0.02))
    site.run_inside(...), site.prefix, site.lines[0].read().up.queue_p95_ms

Needs root; tests that use it are marked `namespace`.
"""

import fcntl
import os
import secrets
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tests.fakes.namespace import Machine, run
from tests.lab.emulator import Command, Reading
from tests.lab.shape import Shape
from tests.waiting import until_blocking

ROOT = Path(__file__).parents[2]
KIOSK_ADDRESS = "10.99.0.1"
ANSWER_LIMIT_S = 5.0
CHECKS_AT_MOST = 8  # of two legs, between two looks of `until`
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h


@dataclass(slots=True)
class EmulatedLine:
    """One line of a site: `interface` is its name there, `address` the site's on it.

    `outside` is the name of its other end, at the centre.
    """

    interface: str
    outside: str
    net: str
    control: socket.socket
    address: str
    emulator: int
    """The process that is the line."""

    @property
    def host(self) -> str:
        """The centre's address on this line."""
        return f"{self.net}1"

    def become(self, up: Shape, down: Shape | None = None) -> Reading:
        """Take a shape, both ways alike where one is given; return what went before."""
        return self._ask(Command(up, down or up))

    def cut(self) -> None:
        """Carry nothing any more; nobody is told."""
        self.become(Shape(is_cut=True))

    def read(self) -> Reading:
        """Return what was carried since the last reading or change."""
        return self._ask(Command())

    def carries_media(self) -> bool:
        """Whether more than checks went both ways since the last reading; for `until`."""
        reading = self.read()
        return min(reading.up.packets, reading.down.packets) > CHECKS_AT_MOST

    def _ask(self, command: Command) -> Reading:
        self.control.send(msgspec.json.encode(command))
        return msgspec.json.decode(self.control.recv(65_535), type=Reading)


@dataclass(slots=True)
class Site:
    """The machine; its first line is the one it prefers."""

    name: str
    lines: list[EmulatedLine] = field(default_factory=list)

    @property
    def prefix(self) -> tuple[str, ...]:
        """What a command line begins with, to run there."""
        return ("ip", "netns", "exec", self.name)

    @property
    def machine(self) -> Machine:
        """The namespace, for sockets that are to be made there."""
        first = self.lines[0]
        return Machine(self.name, first.host, first.address, first.interface, "")

    def run_inside(self, *command: str) -> None:
        """Run a command that must succeed."""
        run(*self.prefix, *command)

    def move(self, line: EmulatedLine, address: str) -> None:
        """Give the site another address on a line, in place of the one it has, as 4G does."""
        self.run_inside("ip", "address", "del", f"{line.address}/24", "dev", line.interface)
        self.run_inside("ip", "address", "add", f"{address}/24", "dev", line.interface)
        line.address = address
        self._route(line)

    def _route(self, line: EmulatedLine) -> None:
        metric = str(10 * (self.lines.index(line) + 1))
        way = ("default", "via", line.host, "dev", line.interface, "metric", metric)
        self.run_inside("ip", "route", "replace", *way)

    def add(self, line: EmulatedLine) -> None:
        """Bring a line up there."""
        self.lines.append(line)
        self.run_inside("ip", "address", "add", f"{line.address}/24", "dev", line.interface)
        self.run_inside("ip", "link", "set", line.interface, "up")
        self._route(line)


def _tun(name: str) -> int:
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return device


@contextmanager
def a_site(
    folder: Path, *, lines: int = 1, seed: int = 1, record: Path | None = None
) -> Iterator[Site]:
    """Make a machine with lines that are clean so far; take all of it away afterwards.

    `record`: where the last line leaves what became of each of STAMP's probes, once it is gone.

    It has `kiosk0`, by which its browser reaches its own relay whatever the lines do.
    """
    tag = secrets.token_hex(3)
    site = Site(f"dcl-{tag}")
    run("ip", "netns", "add", site.name)
    with ExitStack() as stack:
        stack.callback(run, "ip", "netns", "delete", site.name)
        site.run_inside("ip", "link", "set", "lo", "up")
        kiosk = ("kiosk0", "type", "veth", "peer", "name", "kiosk1")
        site.run_inside("ip", "link", "add", *kiosk)
        site.run_inside("ip", "address", "add", f"{KIOSK_ADDRESS}/32", "dev", "kiosk0")
        for name in ("kiosk0", "kiosk1"):
            site.run_inside("ip", "link", "set", name, "up")
        for index in range(lines):
            site.add(
                stack.enter_context(
                    _a_line(folder, site, f"{tag}{index}", seed + 2 * index, record)
                )
            )
        yield site


@contextmanager
def _a_line(
    folder: Path, site: Site, tag: str, seed: int, record: Path | None
) -> Iterator[EmulatedLine]:
    net = f"10.{100 + secrets.randbelow(100)}.{secrets.randbelow(256)}."
    path = folder / f"line-{tag}.sock"
    inside_name, outside_name = f"dci{tag}", f"dco{tag}"
    inside, outside = _tun(inside_name), _tun(outside_name)
    try:
        run("ip", "link", "set", inside_name, "netns", site.name)
        run("ip", "address", "add", f"{net}1/24", "dev", outside_name)
        run("ip", "link", "set", outside_name, "up")
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.lab.emulator", "--socket", str(path)),
                *("--inside", str(inside), "--outside", str(outside), "--seed", str(seed)),
                *(("--record", str(record)) if record else ()),
            ],
            cwd=ROOT,
            pass_fds=(inside, outside),
            stdin=subprocess.PIPE,
        )
    finally:
        os.close(inside)
        os.close(outside)
    with process, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as control:
        control.settimeout(ANSWER_LIMIT_S)
        control.bind(f"{path}.client")
        assert until_blocking(path.exists), "the emulator does not begin"
        control.connect(str(path))
        yield EmulatedLine(inside_name, outside_name, net, control, f"{net}2", process.pid)
        process.communicate()
