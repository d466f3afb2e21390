"""A machine behind a line of its own: a network namespace at the end of a veth pair.

Needs root; tests that use it are marked `namespace`.
"""

import ctypes
import os
import secrets
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
_ETHERNET_BYTES = 14
_CLONE_NEWNET = 0x40000000  # linux/sched.h
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Machine:
    """`host` is this side's address, `address` the other's, `interface` its name there."""

    name: str
    host: str
    address: str
    interface: str
    host_interface: str

    @property
    def prefix(self) -> tuple[str, ...]:
        """What a command line begins with, to run there."""
        return ("ip", "netns", "exec", self.name)

    def cut(self) -> None:
        """Take the cable out."""
        run("ip", "link", "set", self.host_interface, "down")

    def mend(self) -> None:
        """Put it in again."""
        run("ip", "link", "set", self.host_interface, "up")

    def also_at(self, address: str) -> None:
        """Give this side another address on the same line."""
        width = "64" if ":" in address else "24"
        options = ("nodad",) if ":" in address else ()
        added = f"{address}/{width}"
        run("ip", "address", "add", added, "dev", self.host_interface, *options)

    def inside(self, make: Callable[[], T]) -> T:
        """Return what `make` makes there: a socket belongs to where it was made."""
        made: list[T] = []

        def enter_and_make() -> None:
            with open(f"/run/netns/{self.name}") as entrance:
                _checked(_LIBC.setns(entrance.fileno(), _CLONE_NEWNET))
            made.append(make())

        thread = threading.Thread(target=enter_and_make)
        thread.start()
        thread.join()
        return made[0]

    def bytes_total(self) -> int:
        """Return what has gone over the interface, both directions together."""
        return self._counted("bytes")

    def ip_bytes_total(self) -> int:
        """Return the same without what Ethernet adds."""
        return self.bytes_total() - _ETHERNET_BYTES * self._counted("packets")

    def _counted(self, what: str) -> int:
        found = 0
        for way in ("rx", "tx"):
            path = f"/sys/class/net/{self.host_interface}/statistics/{way}_{what}"
            with open(path) as file:
                found += int(file.read())
        return found


def run(*command: str) -> None:
    """Run a command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"


def _checked(result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@contextmanager
def without_ipv4() -> Iterator[None]:
    """Put the test, and what it starts, where nobody has an IPv4 address but the loopback's.

    A machine that is made meanwhile hangs on there.
    """
    with open("/proc/thread-self/ns/net") as home:
        _checked(_LIBC.unshare(_CLONE_NEWNET))
        try:
            run("ip", "link", "set", "lo", "up")
            yield
        finally:
            _checked(_LIBC.setns(home.fileno(), _CLONE_NEWNET))


def _wait_for_carrier(interface: str) -> None:
    """Wait until the kernel has noticed the line, before which it does nothing with IPv6."""
    deadline_s = time.monotonic() + 5
    while time.monotonic() < deadline_s:
        shown = subprocess.run(["ip", "link", "show", interface], capture_output=True, check=True)
        if b" state UP " in shown.stdout:
            return
        time.sleep(0.02)


@contextmanager
def a_machine(*, is_v6: bool = False) -> Iterator[Machine]:
    """Make a namespace and its line, of one family; take both away afterwards."""
    tag = secrets.token_hex(3)
    net = f"10.{100 + secrets.randbelow(100)}.{secrets.randbelow(256)}."
    width, options = "24", tuple[str, ...]()
    if is_v6:
        net, width, options = f"fd77:{1 + secrets.randbelow(0xFFFE):x}::", "64", ("nodad",)
    made = Machine(f"dct-{tag}", f"{net}1", f"{net}2", "uplink", f"dct{tag}")
    run("ip", "netns", "add", made.name)
    try:
        run(
            "ip", "link", "add", made.host_interface, "type", "veth",
            "peer", "name", made.interface, "netns", made.name,
        )  # fmt: skip
        run("ip", "address", "add", f"{made.host}/{width}", "dev", made.host_interface, *options)
        run("ip", "link", "set", made.host_interface, "up")
        run(*made.prefix, "ip", "link", "set", "lo", "up")
        inside = (
            "ip",
            "address",
            "add",
            f"{made.address}/{width}",
            "dev",
            made.interface,
            *options,
        )
        run(*made.prefix, *inside)
        run(*made.prefix, "ip", "link", "set", made.interface, "up")
        run(*made.prefix, "ip", "route", "add", "default", "via", made.host)
        _wait_for_carrier(made.host_interface)
        yield made
    finally:
        run("ip", "netns", "delete", made.name)
        subprocess.run(
            ["ip", "link", "delete", made.host_interface], capture_output=True, check=False
        )
